// The activity over the real `aetheria serve`: the tree of an imported session and of a run that
// works, walked by keyboard, played again, searched, handed out, in every width it can have.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { emptyReport, quarterlyReport } from "./quarterly-report.ts";
import { findings, picture, show } from "./show.ts";

let rig: PageRig;
let served: Served;
const open: Page[] = [];
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  await writeFile(join(rig.workspace, "quarterly.json"), quarterlyReport);
  await writeFile(join(rig.workspace, "empty.json"), emptyReport);
  rig.model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a word. ".repeat(150) },
    chunkSize: 6,
    latency: 20,
  });
  served = await rig.serve("activity", rig.withModel);
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

async function visit(options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(served.address, options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  return page;
}

const dock = (page: Page) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name: /^Activity/ });
const frame = (page: Page) => page.getByRole("region", { name: "Activity", exact: true });
const tree = (page: Page) => page.getByRole("tree", { name: "What was done" });
const row = (page: Page, name: string | RegExp) =>
  tree(page).getByRole("treeitem").filter({ hasText: name });
const details = (page: Page) => page.getByRole("region", { name: /^Details of/ });
const slider = (page: Page) => page.getByRole("slider", { name: "Time line" });

async function importFile(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Switch session" }).click();
  await page.locator("input[accept*=json]").first().setInputFiles(join(rig.workspace, name));
}

async function importReport(page: Page): Promise<void> {
  await importFile(page, "quarterly.json");
  await page
    .getByText(/Revenue grew/)
    .first()
    .waitFor();
}

/** The imported report with its activity over the whole desk. */
async function report(options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await visit(options);
  await importReport(page);
  await dock(page).click();
  await row(page, "gmail.send").waitFor();
  const maximise = frame(page).getByRole("button", { name: "Maximise" });
  if (await maximise.isVisible()) await maximise.click();
  return page;
}

const names = async (items: Locator): Promise<string[]> =>
  (await items.allInnerTexts()).map((text) => text.split("\n")[0]?.trim() ?? "");

describe("the activity of a session", () => {
  it("is a tree of what was done, with its time and cost, and opens each step", async () => {
    const page = await report();
    for (const total of ["18.2k tokens", "$0.11"])
      await frame(page).getByText(total).first().waitFor();
    expect(await names(tree(page).getByRole("treeitem"))).toEqual(
      ["You", "Thought", "Plan", "web_fetch", "Together", "read_table", "read_file"]
        .concat(["Answer", "gmail.send", "Approval", "Answer", "Done"])
        .map((name) => expect.stringContaining(name) as string),
    );
    await show(page, "activity");
    await row(page, "web_fetch").click();
    const pane = details(page);
    await pane.getByRole("button", { name: /Show all/ }).click();
    await pane.getByText("row 399").waitFor();
    await pane.getByRole("button", { name: "Show less" }).click();
    await pane.getByText("holds untrusted text from outside").waitFor();
    await pane.getByText("balanced.reads").waitFor();
    await show(page, "activity-details");
    await row(page, "budget.csv").click();
    await pane.getByText("There is no file budget.csv.").waitFor();
    await row(page, "Approval").click();
    await pane.getByText("The summary would leave this machine.").waitFor();
    await pane.getByText("42 s").waitFor();
    await pane.getByRole("button", { name: "Show in chat" }).click();
    await page.getByRole("log").getByText("gmail").first().waitFor();
  });

  it("is walked by keyboard as a tree", async () => {
    const page = await report();
    await tree(page).focus();
    await page.keyboard.press("Home");
    await page.keyboard.press("ArrowLeft");
    expect(await tree(page).getByRole("treeitem").count()).toBe(1);
    await row(page, "18.2k").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await details(page).getByRole("heading", { name: "Thought" }).first().waitFor();
    await page.keyboard.press("End");
    await details(page).getByRole("heading", { name: "Done" }).waitFor();
    expect(await tree(page).getAttribute("aria-activedescendant")).toBe(
      await row(page, "Done").getAttribute("id"),
    );
    for (let times = 0; times < 5; times += 1) await page.keyboard.press("ArrowUp");
    await details(page).getByRole("heading", { name: "read_file" }).waitFor();
    await page.keyboard.press("ArrowLeft");
    await details(page).getByRole("heading", { name: "Together" }).first().waitFor();
    await page.keyboard.press("Escape");
    await details(page).waitFor({ state: "detached" });
    expect(await tree(page).evaluate((element) => element.matches(":focus"))).toBe(true);
  });

  it("plays again what happened as it was then, by slider, by step and at speed", async () => {
    const page = await report();
    const count = () => tree(page).getByRole("treeitem").count();
    await slider(page).focus();
    await page.keyboard.press("Home");
    await expect.poll(count).toBe(1);
    await page.getByText("Long waits are cut to 2 s.").waitFor();
    const waiting = row(page, "gmail.send").filter({ hasText: "waiting" });
    while ((await waiting.count()) === 0) await page.keyboard.press("ArrowRight");
    await waiting.click();
    await details(page).getByText("It was not over at this moment.").waitFor();
    expect(await row(page, "Done").count()).toBe(0);
    expect(await frame(page).getByText("18.2k tokens").count()).toBe(0);
    await show(page, "activity-replay");
    await page.getByRole("button", { name: "One moment back" }).click();
    await expect.poll(() => waiting.count()).toBe(0);
    await page.getByRole("button", { name: /^Speed/ }).click();
    await page.getByRole("menuitemradio", { name: "max" }).click();
    await page.getByRole("button", { name: "Go on" }).click();
    await row(page, "Done").waitFor();
    await page.getByRole("button", { name: "Again" }).waitFor();
    await page.getByRole("button", { name: "Back to now" }).click();
    await expect.poll(count).toBe(12);
    const box = await slider(page).boundingBox();
    if (!box) throw new Error("The time line is not on the screen.");
    await page.mouse.click(box.x + 2, box.y + box.height / 2);
    await expect.poll(count).toBeLessThan(4);
    await page.keyboard.press("Escape");
    await expect.poll(count).toBe(12);
  });

  it("shows only what a filter asks for, and says when nothing fits", async () => {
    const page = await report();
    await page.getByRole("button", { name: "Filter", exact: true }).click();
    await page.getByRole("button", { name: "failed" }).click();
    await expect.poll(() => tree(page).getByRole("treeitem").count()).toBe(3);
    await page.getByRole("searchbox", { name: "Text" }).fill("budget");
    await show(page, "activity-filter");
    await page.getByRole("searchbox", { name: "Text" }).fill("nowhere at all");
    await page.getByText("Nothing fits the filter").waitFor();
    await page.getByRole("button", { name: "Clear the filter" }).first().click();
    await expect.poll(() => tree(page).getByRole("treeitem").count()).toBe(12);
  });

  it("is handed out as a tree and as a table", async () => {
    const page = await report();
    const saved = async (name: string): Promise<string> => {
      const file = page.waitForEvent("download");
      await page.getByRole("button", { name: "Export" }).click();
      await page.getByRole("menuitem", { name }).click();
      return readFile(await (await file).path(), "utf8");
    };
    const json = JSON.parse(await saved("Tree as JSON")) as { title: string; steps: object[] };
    expect(json).toMatchObject({ title: "Quarterly report", steps: [{ kind: "message" }] });
    const csv = await saved("Table as CSV");
    expect(csv.trim().split("\r\n")).toHaveLength(13);
    expect(csv).toMatch(/\n2,\d+,tool,gmail.send,dana@example.com,denied,/);
  });

  it("fits a small window and a phone, where details lie over the tree", async () => {
    const page = await report();
    await page
      .locator(".slot", { has: tree(page) })
      .evaluate(
        (slot) => ((slot as unknown as { style: { width: string } }).style.width = "320px"),
      );
    await page.getByText(/^18.2k tok$/i).waitFor();
    await picture(page, "activity-small-light");
    expect(await findings(page)).toEqual([]);

    const small = await report({ viewport: phone, hasTouch: true, isMobile: true });
    await show(small, "activity-phone");
    await row(small, "web_fetch").click();
    await details(small).getByText("Arguments").waitFor();
    await show(small, "activity-phone-details");
    await small.keyboard.press("Escape");
    await details(small).waitFor({ state: "detached" });
    await small.getByRole("button", { name: "Replay" }).click();
    await small.getByRole("button", { name: "Back to now" }).waitFor();
    expect(await findings(small)).toEqual([]);
  });
});

describe("the activity of a run that works", () => {
  it("shows a clock and how much is written, and the cost when it is over", async () => {
    const page = await visit();
    await page.getByRole("textbox", { name: "Message" }).first().fill("tell me a long story");
    await page.keyboard.press("Enter");
    await page.getByRole("log").getByText("Once upon").first().waitFor();
    await dock(page).click();
    const writing = row(page, /Writing/);
    await writing.getByText(/characters/).waitFor();
    const before = await writing.innerText();
    await expect.poll(() => writing.innerText()).not.toBe(before);
    await picture(page, "activity-live-light");
    expect(await findings(page)).toEqual([]);
    await row(page, "Done").waitFor({ timeout: 60_000 });
    expect(await writing.count()).toBe(0);
    expect(await row(page, "You").count()).toBe(1);
  });

  it("says so when there is nothing yet", async () => {
    const page = await visit();
    await importFile(page, "empty.json");
    await page.getByRole("textbox", { name: "Message" }).waitFor();
    await page.getByText("What shall we do?").waitFor();
    await dock(page).click();
    await page.getByText("Nothing has happened yet").waitFor();
    await show(page, "activity-empty");
  });
});
