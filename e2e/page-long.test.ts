// The page under load and in trouble: a long history, a fast answer, a model that fails, a download.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openFakeOllama, type FakeOllama } from "../src/testing/fake-ollama.ts";
import { everyItem } from "./every-item.ts";
import { PageRig, type Served } from "./page-rig.ts";
import { colourRules, findings, picture } from "./show.ts";

let rig: PageRig;
let served: Served;
const open: Page[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  served = await rig.serve("long", rig.withModel);
  rig.model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a **word**.\n\n".repeat(300) },
    chunkSize: 12,
    latency: 4,
  });
  rig.model.onMessage("hello", { content: "Hello to you." });
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
});

async function visit(address: string): Promise<Page> {
  const page = await rig.page(address);
  open.push(page);
  await page.getByRole("heading", { name: "Here is what I found" }).waitFor();
  return page;
}

const messages = 400;

/** An exported session with this many messages, each answered by a run. */
async function longSession(): Promise<string> {
  const at = Date.now();
  const model = { provider: "openai", name: "gpt-4o" };
  const mode = "balanced";
  const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, costUsd: 0 };
  const created = { title: "A long one", workspace: null, model: null, mode };
  const said = Array.from({ length: messages }, (_, index) => {
    const runId = `r${index}`;
    const messageId = `m${index}`;
    const text = `Message ${index + 1}. ${"More words. ".repeat(index % 40)}`;
    const end = { runId, outcome: "done", usage, steps: 1, ms: 10 };
    return [
      { type: "message.sent", data: { messageId, text, attachments: [], delivery: "auto" } },
      { type: "run.started", data: { runId, messageId, model, mode, resumed: false } },
      { type: "text.finished", data: { runId, turn: 0, text: `Answer ${index}.`, partial: false } },
      { type: "run.finished", data: end },
    ];
  });
  const all = [{ type: "session.created", data: created }, ...said.flat()];
  const events = all.map((event, index) => ({ seq: index + 1, at, ...event }));
  const file = { format: "aetheria-session", version: 1, events, attachments: [] };
  const path = join(rig.workspace, "long.json");
  await writeFile(path, JSON.stringify(file));
  return path;
}

const log = (page: Page) => page.getByRole("log");
const frames = (page: Page) =>
  page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))");

/** The number of the first message on the screen. */
const firstShown = (page: Page) =>
  page.evaluate<number>(`(() => {
    const list = document.querySelector("[role=log]");
    const top = list.getBoundingClientRect().top;
    const rows = [...list.querySelectorAll("article")];
    const shown = rows.filter((one) => /Message/.test(one.textContent));
    const row = shown.find((one) => one.getBoundingClientRect().bottom > top + 1);
    return Number(/Message (\\d+)/.exec(row.textContent)[1]);
  })()`);

describe("a long conversation", () => {
  it("opens at its end, keeps the page small, and gives back its beginning without a jump", async () => {
    const page = await visit(served.address);
    await page.getByRole("button", { name: "Switch session" }).click();
    await page.locator("input[accept*=json]").setInputFiles(await longSession());
    await log(page).getByText(`Message ${messages}.`).waitFor();
    const rows = () => log(page).locator("[data-index]").count();
    expect(await rows()).toBeLessThan(80);
    await log(page).hover();
    const first = log(page).getByText("Message 1.", { exact: false });
    let most = 0;
    let before = messages;
    for (let round = 0; round < 200 && (await first.count()) === 0; round += 1) {
      await page.mouse.wheel(0, -2_500);
      await frames(page);
      await log(page).getByText("Loading earlier messages").waitFor({ state: "detached" });
      await frames(page);
      // Up and a little only: what comes in above pushes nothing away.
      const after = await firstShown(page);
      expect(after).toBeLessThanOrEqual(before);
      expect(before - after).toBeLessThan(60);
      before = after;
      most = Math.max(most, await rows());
    }
    expect(await first.count()).toBe(1);
    expect(most).toBeLessThan(120);
    await page.getByRole("button", { name: "Jump to latest" }).click();
    await log(page).getByText(`Message ${messages}.`).waitFor();
  });

  it("stays light while an answer streams, and leaves a reader where they are", async () => {
    const page = await visit(served.address);
    await page.getByRole("textbox", { name: "Message" }).fill("tell me a long story");
    await page.keyboard.press("Enter");
    const over =
      "(() => { const list = document.querySelector('[role=log]'); return list ? list.scrollHeight - list.clientHeight : 0; })()";
    await expect.poll(() => page.evaluate<number>(over)).toBeGreaterThan(400);
    await log(page).hover();
    await page.mouse.wheel(0, -600);
    await page.getByRole("button", { name: "Jump to latest" }).waitFor();
    const top = () => page.evaluate<number>("document.querySelector('[role=log]').scrollTop");
    const before = await top();
    const height = () => page.evaluate<number>("document.querySelector('[role=log]').scrollHeight");
    const grown = (await height()) + 400;
    await expect.poll(height, { timeout: 20_000 }).toBeGreaterThan(grown);
    expect(await top()).toBe(before);
    await page.getByRole("button", { name: "Jump to latest" }).click();
    await log(page)
      .getByText(/tokens · /)
      .waitFor({ timeout: 40_000 });
  });

  it("draws of a long answer what is near the reader, and all of it to who searches", async () => {
    const page = await visit(served.address);
    await page.getByRole("textbox", { name: "Message" }).fill("tell me a long story");
    await page.keyboard.press("Enter");
    await log(page)
      .getByText(/tokens · /)
      .waitFor({ timeout: 40_000 });
    const drawn = log(page).getByText("Once upon a time there was a");
    await expect.poll(() => drawn.count()).toBeLessThan(120);
    const height = () => page.evaluate<number>("document.querySelector('[role=log]').scrollHeight");
    const before = await height();
    await page.keyboard.press("Control+f");
    await expect.poll(() => drawn.count()).toBe(300);
    expect(await height()).toBe(before);
    await page.keyboard.press("Escape");
    await expect.poll(() => drawn.count()).toBeLessThan(120);
    expect(await height()).toBe(before);
  });
});

describe("a conversation of everything", () => {
  it("shows each kind of thing, and opens every step to what it did", async () => {
    const page = await visit(served.address);
    const file = join(rig.workspace, "everything.json");
    await writeFile(file, everyItem);
    await page.setViewportSize({ width: 1440, height: 4_000 });
    await page.getByRole("button", { name: "Switch session" }).click();
    await page.locator("input[accept*=json]").setInputFiles(file);
    await page.getByRole("heading", { name: "A limit was reached" }).waitFor();
    for (const name of ["Do it again", "It happened, go on", "Leave it", "Open budgets"])
      await page.getByRole("button", { name }).waitFor();
    await picture(page, "everything-light");
    const closed = log(page).getByRole("button", { expanded: false });
    while ((await closed.count()) > 0) await closed.first().click();
    await log(page).getByText("The report comes first.").waitFor();
    await log(page).getByText("growth of 18.4 %").waitFor();
    await log(page)
      .getByRole("link", { name: /example.com/ })
      .waitFor();
    await log(page).getByText("The disk is full.").waitFor();
    await picture(page, "everything-open-light");
    expect(await findings(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    await picture(page, "everything-open-dark");
    expect(await findings(page, { only: colourRules })).toEqual([]);
  });
});

describe("trouble", () => {
  it("of the model is told with a way out, and trying again works", async () => {
    const page = await visit(served.address);
    rig.model.nextRequestError(401, { message: "Incorrect API key provided", type: "auth" });
    await page.getByRole("textbox", { name: "Message" }).fill("hello, does it work?");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "That did not work" }).waitFor();
    await picture(page, "failed-light");
    expect(await findings(page)).toEqual([]);
    await page.getByRole("button", { name: "Try again" }).click();
    await log(page).getByText("Hello to you.").waitFor();
    expect(await page.getByRole("heading", { name: "That did not work" }).count()).toBe(0);
  });

  it("of a session that is gone leads back to the start", async () => {
    const page = await visit(served.address);
    await page.goto(`${served.url}/#01980000-0000-7000-8000-000000000000`);
    await page.reload();
    await page.getByText("This session does not exist any more.").waitFor();
    await page.getByRole("button", { name: "Back to the start" }).click();
    await page.getByRole("heading", { name: "Here is what I found" }).waitFor();
  });
});

describe("a local model", () => {
  let ollama: FakeOllama;
  let finish: () => void;
  beforeAll(async () => {
    const wait = new Promise<void>((resolve) => (finish = resolve));
    const steps = [{ status: "pulling", digest: "sha256:1", total: 1_400_000_000, completed: 4e8 }];
    const never = new Promise<void>(() => undefined);
    ollama = await openFakeOllama({
      models: [],
      pulls: { "qwen3:1.7b": { steps, wait }, "qwen3:8b": { steps, wait: never } },
    });
  });
  afterAll(() => ollama.close());

  it("is downloaded with its progress, can be cancelled, and is used then", async () => {
    const own = await rig.serve("local", { OLLAMA_HOST: ollama.url });
    const page = await visit(own.address);
    await page.getByRole("button", { name: "Get a model" }).click();
    const dialog = page.getByRole("dialog", { name: "Get a local model" });
    await dialog.getByRole("button", { name: "Get qwen3:8b" }).click();
    await dialog.getByText("400 MB of 1.4 GB").waitFor();
    await picture(page, "pull-light");
    expect(await findings(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.getByText("400 MB of 1.4 GB").waitFor({ state: "detached" });
    await dialog.getByRole("button", { name: "Get qwen3:1.7b" }).click();
    await dialog.getByText("400 MB of 1.4 GB").waitFor();
    finish();
    await dialog.getByText("400 MB of 1.4 GB").waitFor({ state: "detached" });
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /Model.*local/ }).waitFor();
  });
});
