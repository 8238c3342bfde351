// The tour of the whole shell without a pointer, over `serve` and in the desktop app: from the guide to
// the settings, and every stop of the Tab key on the way has a name, is seen, and is left again.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playScenarios } from "./scenario-model.ts";
import { shellRigs, type Shell, type ShellRig } from "./shells.ts";

const log = (page: Page) => page.getByRole("log");
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 });

interface Stop {
  name: string;
  role: string;
  isSeen: boolean;
  hasRing: boolean;
  /** Where it lies on the page, to tell equal names apart. */
  path: string;
}

/** Runs in the page: where the focus is. */
function focused(): Stop | null {
  const one = document.activeElement;
  if (!(one instanceof HTMLElement) || one === document.body) return null;
  const named = (ids: string | null) =>
    (ids ?? "")
      .split(" ")
      .map((id) => document.getElementById(id)?.textContent ?? "")
      .join(" ");
  const labels = "labels" in one && one.labels instanceof NodeList ? [...one.labels] : [];
  const name = [
    named(one.getAttribute("aria-labelledby")),
    one.getAttribute("aria-label"),
    labels.map((label) => label.textContent).join(" "),
    one.textContent,
    one.title,
  ].find((text) => text?.trim());
  const { width, height } = (one.closest("label") ?? one).getBoundingClientRect();
  const places: number[] = [];
  for (let at: Element | null = one; at?.parentElement; at = at.parentElement)
    places.unshift([...at.parentElement.children].indexOf(at));
  // The ring may be on what holds a hidden radio or a field, and in a tree on its active row.
  const active = document.getElementById(one.getAttribute("aria-activedescendant") ?? "");
  const around = [one, active, one.parentElement, one.parentElement?.parentElement];
  const siblings = [...(one.parentElement?.children ?? [])];
  const hasRing = [...around, ...siblings].some((element) => {
    if (!element) return false;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  return {
    name: (name ?? "").trim().replace(/\s+/g, " "),
    role: one.getAttribute("role") ?? one.tagName.toLowerCase(),
    isSeen: width > 1 && height > 1,
    hasRing,
    path: places.join("."),
  };
}

const stop = (page: Page): Promise<Stop | null> => page.evaluate(focused);

/** Presses Tab until it stands on what has this name. */
async function reach(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  const isIt = (at: Stop | null) =>
    at !== null && (typeof name === "string" ? at.name === name : name.test(at.name));
  const seen: string[] = [];
  for (let presses = 0; presses < 120; presses += 1) {
    const at = await stop(page);
    if (isIt(at)) return;
    seen.push(at?.name ?? "–");
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not reach ${name}: ${seen.join(" | ")}`);
}

async function press(page: Page, name: string | RegExp, key = "Tab"): Promise<void> {
  await reach(page, name, key);
  await page.keyboard.press("Enter");
}

const command = async (page: Page, text: string) => {
  await page.keyboard.press("Control+k");
  await page.getByRole("dialog", { name: "Search and commands" }).waitFor();
  await page.keyboard.type(text);
  await page
    .getByRole("option", { name: new RegExp(text, "i") })
    .first()
    .waitFor();
  await page.keyboard.press("Enter");
};

describe.each(shellRigs)("the keyboard alone, %s", (_name, openRig) => {
  let rig: ShellRig;
  let shell: Shell;
  let page: Page;

  beforeAll(async () => {
    rig = await openRig();
    await writeFile(join(rig.workspace, "report.csv"), "region,q2,q3\nEMEA,4.10,5.37\n");
    await writeFile(join(rig.workspace, "notes.md"), "# Notes\n");
    playScenarios(rig.model);
    shell = await rig.open("keys", { isNew: true });
    page = shell.page;
    await page.evaluate(() => {
      for (const type of ["pointerdown", "mousedown", "touchstart"])
        addEventListener(type, () => (document.documentElement.dataset["pointed"] = type), true);
    });
  });
  afterAll(() => rig?.close());

  it("leads through the guide to a first answer", async () => {
    for (const title of ["Pick a look", "Here is what I found"]) {
      await page.getByRole("heading", { name: title }).waitFor();
      await press(page, "Next");
    }
    await page.getByRole("heading", { name: "Where it may work" }).waitFor();
    await press(page, "Choose folder");
    await page.getByRole("textbox", { name: "Folder" }).waitFor();
    await reach(page, /^Folder/);
    await page.keyboard.press("Control+a");
    await page.keyboard.type(rig.workspace);
    await press(page, "Use this folder");
    await page.getByRole("button", { name: "Change", exact: true }).waitFor();
    await press(page, "Next");
    await page.getByRole("heading", { name: "Try it" }).waitFor();
    await reach(page, /What is in this folder\?/);
    await page.keyboard.press("Space");
    await press(page, "Start");
    await log(page).getByText("There is one report.").waitFor();
  });

  it("reads steps, writes, and answers what is asked", async () => {
    await reach(page, "Message");
    await press(page, /list_files/, "Shift+Tab");
    await log(page).getByText("Why it was allowed").waitFor();
    await page.keyboard.press("Enter");
    await log(page).getByText("Why it was allowed").waitFor({ state: "detached" });
    await reach(page, "Message");
    await page.keyboard.type("delete the notes please");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Deny" }).waitFor();
    await press(page, "Deny", "Shift+Tab");
    await log(page).getByText("That is settled.").waitFor();
  });

  it("stops on every control of the shell once, with a name and a ring, and is trapped nowhere", async () => {
    await page.keyboard.press("Control+2");
    await page.getByRole("tree", { name: "What was done" }).waitFor();
    await page.keyboard.press("Control+1");
    await eventually(async () => (await stop(page))?.name).toBe("Message");
    const first = await stop(page);
    const stops: Stop[] = [];
    for (let presses = 0; presses < 200; presses += 1) {
      await page.keyboard.press("Tab");
      const at = await stop(page);
      if (at?.path === first?.path) break;
      if (at) stops.push(at);
    }
    expect(stops.length).toBeGreaterThan(20);
    expect(stops.length).toBeLessThan(150);
    expect(stops.filter(({ name }) => name === "")).toEqual([]);
    expect(stops.filter(({ isSeen, role }) => !isSeen && role !== "input")).toEqual([]);
    expect(stops.filter(({ hasRing }) => !hasRing)).toEqual([]);
    expect(new Set(stops.map(({ path }) => path)).size).toBe(stops.length);
    const names = stops.map(({ name }) => name).join(" | ");
    const wanted = [
      "Switch session",
      "Model",
      "Permission",
      "Go offline",
      "Search",
      "Notifications",
    ];
    for (const name of [...wanted, "Activity", "Files", "Settings", "Export", "Attach files"])
      expect(names).toContain(name);
  });

  it("opens every app, every section of the settings, and every small window", async () => {
    await page.keyboard.press("Control+5");
    await eventually(async () => (await stop(page))?.name).toMatch(/^Files/);
    await reach(page, "Files of the workspace");
    await page.keyboard.press("End");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+,");
    const sections = page.getByRole("navigation", { name: "Sections" });
    await sections.waitFor();
    for (const section of await sections.getByRole("button").allInnerTexts()) {
      await press(page, section.trim(), "Tab");
      await page.getByRole("heading", { name: `Settings — ${section.trim()}` }).waitFor();
    }
    await press(page, "Appearance");
    await reach(page, /^System/);
    await page.keyboard.press("ArrowRight");
    const theme = () => page.locator("html").getAttribute("data-theme");
    await eventually(theme).not.toBe("system");
    await page.keyboard.press("ArrowLeft");
    await eventually(theme).toBe("system");
    await page.keyboard.press("Control+w");
    await sections.waitFor({ state: "detached" });

    for (const [title, name] of [
      ["Notifications", "Notifications"],
      ["All keys", "All keys"],
    ] as const) {
      await command(page, title);
      await page.getByRole("dialog", { name }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    // The event of a dialog's end comes late: it must not end the one opened in its place.
    await command(page, "All keys");
    await page.getByRole("dialog", { name: "All keys" }).waitFor();
    await page.evaluate(async () => {
      document.querySelector<HTMLDialogElement>("dialog[open]")?.close();
      const init = { key: "M", code: "KeyM", ctrlKey: true, shiftKey: true, bubbles: true };
      document.body.dispatchEvent(new KeyboardEvent("keydown", init));
      for (let frame = 0; frame < 3; frame += 1) await new Promise(requestAnimationFrame);
    });
    expect(await page.getByRole("dialog", { name: "Notifications" }).isVisible()).toBe(true);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    for (const name of ["Permission", "Model"]) {
      await press(page, new RegExp(`^${name}`));
      await page.getByRole("menu", { name }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("menu").waitFor({ state: "detached" });
      expect((await stop(page))?.name).toMatch(new RegExp(`^${name}`));
    }
  });

  it("goes from session to session and ends where one writes", async () => {
    const session = () => new URL(page.url()).hash;
    const first = session();
    await page.keyboard.press("Control+Shift+O");
    await eventually(session).not.toBe(first);
    await eventually(async () => (await stop(page))?.name).toBe("Message");
    await page.keyboard.type("hello, by keys");
    await page.keyboard.press("Enter");
    await log(page).getByText("Hello to you.").waitFor();
    await command(page, "in this folder");
    await eventually(session).toBe(first);
    await reach(page, "Message");
    await page.keyboard.type("hello");
    await page.keyboard.press("Enter");
    await log(page).getByText("Hello to you.").waitFor();
    expect(await page.locator("html").getAttribute("data-pointed")).toBeNull();
  });
});
