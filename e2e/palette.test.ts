// What leads everywhere: the guide of the first run, the command palette, keys that people change, the
// notification centre and the quick-ask page, over the real `aetheria serve` in a real browser.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { desktop, PageRig, phone, type Served } from "./page-rig.ts";
import { findings, picture, show } from "./show.ts";

let rig: PageRig;
const open: Page[] = [];
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  await mkdir(join(rig.workspace, "charts"));
  await writeFile(join(rig.workspace, "growth.py"), "print(18.4)\n");
  await writeFile(join(rig.workspace, "charts", "growth-2025.md"), "# Growth\n");
  await writeFile(join(rig.workspace, "notes.md"), "# Notes\n");
  script();
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

const grown = `## Growth

Revenue grew **18.4 %**, that is \`growth\` of the index.

| Region | Growth |
|---|---|
| EMEA | 31 % |`;

/** What the model says, by what it is asked. */
function script(): void {
  const { model } = rig;
  model.addFixture({
    match: {
      userMessage: "delete the notes",
      predicate: ({ messages }) => messages.at(-1)?.role === "user",
    },
    response: {
      toolCalls: [{ name: "delete_file", arguments: JSON.stringify({ path: "notes.md" }) }],
    },
  });
  model.addFixture({
    match: {
      userMessage: "delete the notes",
      predicate: ({ messages }) => messages.at(-1)?.role === "tool",
    },
    response: { content: "That is settled." },
  });
  model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a word. ".repeat(40) },
    chunkSize: 12,
    latency: 20,
  });
  model.onMessage("grow", { content: grown });
  model.onMessage("in this folder", { content: "Three files." });
  model.onMessage("hello", { content: "Hello to you." });
}

async function visit(address: string, options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(address, options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  return page;
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const log = (page: Page) => page.getByRole("log");
const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
const theme = (page: Page) => page.evaluate("document.documentElement.dataset.theme");

async function say(page: Page, text: string): Promise<void> {
  await message(page).fill(text);
  await message(page).press("Enter");
}

async function showOnBoth(page: Page, name: string): Promise<void> {
  await show(page, name);
  await page.setViewportSize(phone);
  await show(page, `${name}-phone`);
  await page.setViewportSize(desktop);
}

async function chooseWorkspace(page: Page): Promise<void> {
  await button(page, "Choose folder").click();
  await page.getByRole("textbox", { name: "Folder" }).fill(rig.workspace);
  await button(page, "Use this folder").click();
  await page.getByRole("button", { name: "Change", exact: true }).waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

const palette = (page: Page) => page.getByRole("dialog", { name: "Search and commands" });
const option = (page: Page, name: string | RegExp) => palette(page).getByRole("option", { name });

async function type(page: Page, text: string): Promise<void> {
  if (!(await palette(page).isVisible())) await page.keyboard.press("Control+k");
  await page.getByRole("combobox").fill(text);
}

describe("the guide of the first run", () => {
  it("goes through its four steps without a model and ends at a tool by hand", async () => {
    const served = await rig.serve("guide", {}, 0, { isNew: true });
    const page = await visit(served.address);
    await page.getByRole("heading", { name: "Pick a look" }).waitFor();
    await page.getByText("1 of 4").waitFor();
    await showOnBoth(page, "guide-look");
    await button(page, "Contrast").click();
    await expect.poll(() => theme(page)).toBe("contrast");
    await picture(page, "guide-look-contrast");
    expect(await findings(page)).toEqual([]);
    await button(page, "System").click();
    await button(page, "Larger").click();
    await page.getByText("110 %").waitFor();
    await button(page, "Smaller").click();

    await button(page, "Next").click();
    await page.getByRole("heading", { name: "Here is what I found" }).waitFor();
    await page.getByText("Ollama is not running").waitFor();
    await page
      .getByText(/sandbox/i)
      .first()
      .waitFor();
    await showOnBoth(page, "guide-found");
    await button(page, "Back").click();
    await page.getByRole("heading", { name: "Pick a look" }).waitFor();
    await button(page, "Next").click();
    await button(page, "Next").click();

    await page.getByRole("heading", { name: "Where it may work" }).waitFor();
    await chooseWorkspace(page);
    await button(page, /^Ask/).click();
    await showOnBoth(page, "guide-trust");
    await button(page, "Next").click();

    await page.getByText(/Every tool also works by hand/).waitFor();
    await showOnBoth(page, "guide-try");
    await button(page, "List a folder").click();
    await page
      .getByRole("dialog", { name: "List a folder" })
      .getByRole("button", { name: "Run" })
      .click();
    await log(page).getByText("list_files").waitFor();
    await button(page, "Permission Ask").waitFor();

    await page.goto(served.url);
    await message(page).waitFor();
    await type(page, "first steps");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Pick a look" }).waitFor();
    await button(page, "Skip the guide").click();
    await message(page).waitFor();
  });

  it("ends with a first question, and is seen once", async () => {
    const served = await rig.serve("guide-model", rig.withModel, 0, { isNew: true });
    const page = await visit(served.address);
    for (const title of ["Pick a look", "Here is what I found", "Where it may work"]) {
      await page.getByRole("heading", { name: title }).waitFor();
      await page.keyboard.press("Tab");
      await button(page, "Next").click();
    }
    await page.getByRole("heading", { name: "Try it" }).waitFor();
    await page.getByText("What is in this folder?").click();
    await show(page, "guide-try-model");
    await button(page, "Start").click();
    await log(page).getByText("Three files.").waitFor();
    const other = await visit(served.address);
    await message(other).waitFor();
    expect(await other.getByRole("heading", { name: "Pick a look" }).count()).toBe(0);
  });
});

describe("the desk", () => {
  let served: Served;
  beforeAll(async () => {
    served = await rig.serve("desk", rig.withModel);
    const page = await visit(served.address);
    await chooseWorkspace(page);
    await say(page, "How much did we grow?");
    await log(page).getByText("of the index").waitFor();
  });

  it("finds commands, messages, files, sessions and places, with the keyboard alone", async () => {
    const page = await visit(served.address);
    await page.goto(`${served.url}/${await firstSession(page)}`);
    await log(page).getByText("of the index").waitFor();
    await type(page, "growth");
    await option(page, /growth-2025\.md/).waitFor();
    await option(page, /Revenue grew/).waitFor();
    expect(await palette(page).textContent()).not.toMatch(/\*\*|`|\||##/);
    await showOnBoth(page, "palette");
    await palette(page)
      .getByText(/^\d+ results$/)
      .waitFor();

    await type(page, "");
    for (const group of ["Do", "Sessions", "Go to"])
      await palette(page).getByRole("group", { name: group }).waitFor();
    await show(page, "palette-empty");

    await type(page, "growth.py");
    await page.keyboard.press("Enter");
    expect(await palette(page).isVisible()).toBe(true);
    await option(page, /^growth\.py/).waitFor();
    await page.keyboard.press("Enter");
    await palette(page).waitFor({ state: "detached" });
    await page.getByText("print(18.4)").first().waitFor();
    await picture(page, "palette-file");

    await type(page, "budg");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "US dollars per day" }).waitFor();

    await type(page, "list folder");
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "List a folder" }).waitFor();
    await page.keyboard.press("Escape");

    await type(page, "hello there");
    await page.keyboard.press("Control+Enter");
    await log(page).getByText("Hello to you.").waitFor();

    await type(page, "look dark");
    await page.keyboard.press("Enter");
    await expect.poll(() => theme(page)).toBe("dark");
    await type(page, "as the system");
    await page.keyboard.press("Enter");
    await expect.poll(() => theme(page)).toBe("system");
  });

  it("moves through its list with the arrows, says how much was found, and closes on Esc", async () => {
    const page = await visit(served.address);
    await message(page).waitFor();
    await page.keyboard.press("Control+k");
    const chosen = () => palette(page).locator("[aria-selected=true]").getAttribute("id");
    const first = await chosen();
    await page.keyboard.press("ArrowDown");
    expect(await chosen()).not.toBe(first);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    const last = await palette(page).getByRole("option").last().getAttribute("id");
    expect(await chosen()).toBe(last);
    expect(await page.getByRole("combobox").getAttribute("aria-activedescendant")).toBe(last);
    await type(page, "qqqqzzzz");
    await palette(page).getByRole("status").getByText("1 result").waitFor();
    await page.keyboard.press("Escape");
    await palette(page).waitFor({ state: "detached" });
  });

  it("runs keys, shows them all, and takes other ones", async () => {
    const page = await visit(served.address);
    await message(page).waitFor();
    await message(page).fill("what?");
    await message(page).press("?");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await message(page).fill("");
    await message(page).blur();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "All keys" });
    await help.getByText("New session").waitFor();
    await showOnBoth(page, "keys");
    await help.getByRole("button", { name: "Change keys" }).click();

    const change = (title: string) => button(page, `Change the key of “${title}”`);
    await change("Notifications").click();
    await page.keyboard.press("Control+k");
    await page
      .getByRole("alert")
      .getByText(/belongs to “Search and commands”/)
      .waitFor();
    await show(page, "settings-shortcuts");
    await page.keyboard.press("a");
    await page
      .getByRole("alert")
      .getByText(/needed for writing/)
      .waitFor();
    await page.keyboard.press("Control+Shift+Y");
    await page.getByText("Notifications: Ctrl Shift Y").waitFor({ state: "attached" });
    await page.keyboard.press("Control+Shift+Y");
    await page.getByRole("dialog", { name: "Notifications" }).waitFor();
    await page.keyboard.press("Escape");

    await change("All keys").click();
    await page.keyboard.press("Control+k");
    await button(page, "Take it").click();
    await page.getByText("All keys: Ctrl K").waitFor({ state: "attached" });
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog", { name: "All keys" }).waitFor();
    await page.keyboard.press("Escape");
    await button(page, "Reset all").click();
    await button(page, "Reset all").and(page.locator(":disabled")).waitFor();
    await page.keyboard.press("Control+k");
    await palette(page).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Alt+ArrowDown");
    await message(page).waitFor();
    expect(new URL(page.url()).hash).not.toBe("");
    await page.keyboard.press("Control+Comma");
    await page.getByRole("heading", { name: "Settings" }).first().waitFor();
  });

  it("tells of what waits and of what ended elsewhere, and leads there", async () => {
    const page = await visit(served.address);
    await say(page, "delete the notes please");
    await button(page, "Allow once").waitFor();
    await page.keyboard.press("Control+Shift+O");
    await log(page).or(page.getByText("Hello to you.")).first().waitFor({ state: "detached" });
    await say(page, "tell me a long story");
    await log(page)
      .getByText(/Once upon a time/)
      .first()
      .waitFor();
    await page.keyboard.press("Control+Comma");
    await button(page, /^Notifications, /).waitFor();
    await button(page, "Notifications, 2 new").waitFor();
    await button(page, "Notifications").click();
    const centre = page.getByRole("dialog", { name: "Notifications" });
    await centre.getByText("Finished").waitFor();
    await showOnBoth(page, "notifications");
    await centre.getByRole("button", { name: /^Answer in/ }).click();
    await button(page, "Deny").click();
    await log(page).getByText("That is settled.").waitFor();

    await button(page, "Notifications").click();
    await centre.getByText("Finished").waitFor();
    expect(await centre.getByText("1 question").count()).toBe(0);
    await centre.getByRole("button", { name: "Clear all" }).click();
    await centre.getByText("Nothing waits for you.").waitFor();
    await show(page, "notifications-empty");
  });
});

async function firstSession(page: Page): Promise<string> {
  await message(page).waitFor();
  await page.keyboard.press("Control+k");
  await palette(page).getByRole("group", { name: "Sessions" }).getByRole("option").first().click();
  await log(page).waitFor();
  return new URL(page.url()).hash;
}

describe("quick-ask", () => {
  it("answers in a small window and leads into the large one", async () => {
    const served = await rig.serve("quick", rig.withModel);
    const first = await visit(served.address);
    await message(first).waitFor();
    const page = await first.context().newPage();
    page.on("pageerror", (error) => thrown.push(error.message));
    await page.setViewportSize({ width: 720, height: 480 });
    await page.goto(`${served.url}/?quick`);
    const field = page.getByRole("textbox", { name: "Ask Aetheria" });
    await field.waitFor();
    await show(page, "quick");
    await page.keyboard.type("How much did we grow?");
    await page.keyboard.press("Enter");
    const answer = page.getByRole("region", { name: "Answer" });
    await answer.getByText("of the index").waitFor();
    await answer.getByRole("table").waitFor();
    await show(page, "quick-answer");
    expect(await field.inputValue()).toBe("");
    await button(page, "Open in the window").click();
    await log(page).getByText("of the index").waitFor();
    expect(page.url()).not.toContain("quick");
  });

  it("says why it cannot answer, and keeps the question", async () => {
    const served = await rig.serve("quick-none");
    const page = await visit(served.address.replace("/#", "/?quick#"), {
      viewport: { width: 720, height: 480 },
    });
    const field = page.getByRole("textbox", { name: "Ask Aetheria" });
    await field.fill("hello");
    await field.press("Enter");
    await page.getByText("There is no model yet.").waitFor();
    expect(await field.inputValue()).toBe("hello");
    await show(page, "quick-trouble");
  });
});
