// The page over the real `aetheria serve` in a real browser: what a person does from the first run
// on, with a picture of each screen in e2e/pictures and axe on all of them.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { desktop, PageRig, phone, type Served } from "./page-rig.ts";
import { findings, picture, show } from "./show.ts";

let rig: PageRig;
const open: Page[] = [];
/** What pages threw; nothing is thrown. */
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  await writeFile(join(rig.workspace, "report.csv"), "region,q2,q3\nEMEA,4.10,5.37\n");
  script();
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

const use = (name: string, input: object) => ({
  toolCalls: [{ name, arguments: JSON.stringify(input) }],
});

const answer = `Revenue grew **18.4 %** quarter over quarter, led by **EMEA (+31 %)**.

| Region | Q2 | Q3 |
|---|---|---|
| EMEA | 4.10 M | 5.37 M |

\`\`\`python
print("growth", 18.4)
\`\`\`

The table is in report.csv.`;

/** What the model says, by what it is asked. */
function script(): void {
  const { model } = rig;
  const steps = (text: string, turns: object[]) =>
    turns.forEach((response, index) =>
      model.addFixture({
        match: {
          userMessage: text,
          predicate: (request) => toolResults(request.messages) === index,
        },
        response: response as { content: string },
        chunkSize: 12,
      }),
    );
  steps("quarter", [
    { ...use("list_files", { path: "." }), reasoning: "First the folder, then the report." },
    use("read_file", { path: "report.csv" }),
    { content: answer },
  ]);
  steps("delete the notes", [
    { content: "I’ll move it to the trash.", ...use("delete_file", { path: "notes.md" }) },
    { content: "That is settled." },
  ]);
  model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a word. ".repeat(400) },
    chunkSize: 6,
    latency: 20,
  });
  model.onMessage("picture", { content: "I see it." });
  model.onMessage("next one", { content: "The queued one is answered." });
  model.onMessage("hello", { content: "Hello to you." });
}

/** How many tools have answered since the person spoke. */
function toolResults(messages: readonly { role: string }[]): number {
  const last = messages.findLastIndex(({ role }) => role === "user");
  return messages.slice(last).filter(({ role }) => role === "tool").length;
}

async function visit(served: Served, options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(served.address, options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  return page;
}

const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const log = (page: Page) => page.getByRole("log");

async function say(page: Page, text: string): Promise<void> {
  await message(page).fill(text);
  await message(page).press("Enter");
}

async function chooseWorkspace(page: Page): Promise<void> {
  await button(page, "Choose folder").click();
  await page.getByRole("textbox", { name: "Folder" }).fill(rig.workspace);
  await button(page, "Use this folder").click();
  await button(page, "Change").waitFor();
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

/** The small window is there and what it had is marked, so that typing replaces it. */
async function typeOver(page: Page, before: string, name: string): Promise<void> {
  await expect.poll(() => page.evaluate("getSelection().toString()")).toBe(before);
  await page.keyboard.type(name);
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor({ state: "detached" });
}

describe("the first run", () => {
  it("works by hand without a model, takes a key, and answers a first question", async () => {
    const served = await rig.serve("first");
    const page = await visit(served);
    await page.getByText("Ollama is not running").waitFor();
    await show(page, "first-run");
    await chooseWorkspace(page);

    await message(page).fill("/list");
    await page.getByRole("option", { name: /List a folder/ }).waitFor();
    await picture(page, "tools-by-hand");
    await message(page).press("Enter");
    await page.getByRole("dialog", { name: "List a folder" }).waitFor();
    await show(page, "tool-form");
    await page.getByRole("dialog").getByRole("button", { name: "Run", exact: true }).click();
    await log(page).getByText("list_files").click();
    await log(page).getByRole("cell", { name: "report.csv" }).waitFor();
    await log(page)
      .getByText(/Why it was allowed/)
      .waitFor();
    await show(page, "step-opened");

    await say(page, "hello");
    await page.getByRole("alert").getByText("There is no model yet.").waitFor();
    expect(await message(page).inputValue()).toBe("hello");
    await page.getByRole("alert").getByRole("button", { name: "Add a key" }).click();
    const dialog = page.getByRole("dialog", { name: "Add a key" });
    await dialog.getByLabel("Key").fill("test-key-0123456789");
    await button(page, "Another server").click();
    await dialog.getByLabel("Address of the server").fill(`${rig.model.url}/v1`);
    await show(page, "add-key");
    await button(page, "Check and keep").click();
    await dialog.waitFor({ state: "detached" });
    await message(page).press("Enter");
    await log(page).getByText("Hello to you.").waitFor();
    expect(await message(page).inputValue()).toBe("");
  });

  it("asks for the token, refuses a wrong one, and takes the right one", async () => {
    const served = await rig.serve("first-token");
    const page = await visit({ ...served, address: `${served.url}/#token=wrong` });
    await page.getByRole("heading", { name: "This page needs its token" }).waitFor();
    await show(page, "token");
    const token = page.getByRole("textbox", { name: "Token" });
    await token.fill("still-wrong");
    await button(page, "Connect").click();
    await page.getByText("That token was not accepted.").waitFor();
    await token.fill(served.address);
    await button(page, "Connect").click();
    await page.getByRole("heading", { name: "Here is what I found" }).waitFor();
    expect(page.url()).not.toContain("token");
  });
});

describe("a conversation", () => {
  let served: Served;
  beforeAll(async () => {
    served = await rig.serve("talk", rig.withModel);
    const page = await visit(served);
    await chooseWorkspace(page);
  });

  it("shows each step, then the answer, on a desk and on a phone", async () => {
    const page = await visit(served);
    await page.getByRole("heading", { name: "Try one of these" }).waitFor();
    await show(page, "start");
    await say(page, "Pull last quarter’s numbers from the report and sum them up.");
    await log(page).getByText("The table is in report.csv.").waitFor();
    await log(page)
      .getByText(/tokens · /)
      .waitFor();
    for (const step of ["list_files .", "read_file report.csv"])
      await log(page).getByText(step).waitFor();
    await log(page).getByText("Thought for a moment").click();
    await log(page).getByText("First the folder, then the report.").waitFor();
    await log(page).getByText("Thought for a moment").click();
    await show(page, "chat");
    await page.setViewportSize({ width: 1024, height: 700 });
    await show(page, "chat-small");

    const session = new URL(page.url()).hash;
    const small = await visit(served, { viewport: phone, hasTouch: true, isMobile: true });
    await small.getByRole("heading", { name: "Here is what I found" }).waitFor();
    await show(small, "start-phone");
    await small.goto(`${served.url}/${session}`);
    await log(small).getByText("The table is in report.csv.").waitFor();
    await show(small, "chat-phone");
    await button(small, "Switch session").click();
    await small.getByRole("dialog", { name: "Sessions" }).waitFor();
    await show(small, "sessions-phone");
    await small.keyboard.press("Escape");
    await button(small, "Model, permission and more").click();
    await show(small, "status-phone");
  });

  it("asks before it deletes: denied nothing happens, allowed it does", async () => {
    const notes = join(rig.workspace, "notes.md");
    await writeFile(notes, "# Notes\n");
    const page = await visit(served);
    await say(page, "delete the notes please");
    await button(page, "Allow once").waitFor();
    await page.getByText("1 waits for you").waitFor();
    await show(page, "approval");
    await page.setViewportSize(phone);
    await show(page, "approval-phone");
    await page.setViewportSize(desktop);
    await button(page, "Deny").click();
    await log(page).getByText("That is settled.").waitFor();
    await log(page).getByText("denied").first().waitFor();
    expect(await readFile(notes, "utf8")).toBe("# Notes\n");

    await say(page, "delete the notes after all");
    await button(page, "Edit first").click();
    await page.getByRole("textbox", { name: "Input, as JSON" }).fill("{ nonsense");
    await button(page, "Allow with these changes").click();
    await page.getByText("This is not valid JSON.").waitFor();
    await button(page, "Cancel").click();
    await button(page, "Allow once").click();
    await expect.poll(() => readFile(notes, "utf8").catch(() => "gone")).toBe("gone");
    await log(page).getByText("That is settled.").nth(1).waitFor();

    await button(page, "Settings").click();
    await button(page, "Trash").click();
    const settings = page.getByRole("region", { name: /^Settings/ });
    await settings.getByText("notes.md").waitFor();
    await show(page, "settings-trash");
    await settings.getByRole("button", { name: "Restore", exact: true }).click();
    await expect.poll(() => readFile(notes, "utf8").catch(() => "gone")).toBe("# Notes\n");
  });

  it("steers and queues while it works, takes a queued one back, and stops on Esc twice", async () => {
    const page = await visit(served);
    await say(page, "tell me a long story");
    await log(page)
      .getByText(/Once upon a time/)
      .waitFor();
    await message(page).fill("in rhymes, please");
    await button(page, "Steer").click();
    await log(page).getByText("while it worked").waitFor();
    await message(page).fill("next one please");
    await button(page, "Queue").waitFor();
    await show(page, "working");
    await button(page, "Queue").click();
    await say(page, "not this one");
    const queued = page.getByRole("list", { name: "Queued" }).getByRole("listitem");
    await queued.filter({ hasText: "not this one" }).waitFor();
    await queued
      .filter({ hasText: "not this one" })
      .getByRole("button", { name: "Take back" })
      .click();
    await queued.filter({ hasText: "not this one" }).waitFor({ state: "detached" });
    expect(await queued.count()).toBe(1);
    await page.keyboard.press("Escape");
    await page.getByText("Press Esc again to stop").waitFor();
    await page.keyboard.press("Escape");
    await log(page).getByRole("heading", { name: "Stopped" }).waitFor();
    await button(page, "Stop").waitFor({ state: "detached" });
  });

  it("takes files, shows pictures, and completes file names after @", async () => {
    const page = await visit(served);
    const png = Buffer.from(
      "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC",
      "base64",
    );
    await page
      .locator("input[type=file]")
      .setInputFiles([{ name: "dot.png", mimeType: "image/png", buffer: png }]);
    await button(page, "Remove dot.png").waitFor();
    await page.getByText(`${png.length} bytes`).waitFor();
    await say(page, "what is in this picture?");
    await log(page).getByText("I see it.").waitFor();
    await log(page).getByRole("img", { name: "dot.png" }).waitFor();
    await message(page).fill("read @rep");
    await message(page).press("End");
    await page.getByRole("option", { name: "report.csv" }).click();
    expect(await message(page).inputValue()).toBe("read report.csv ");
    await show(page, "attachment");
    await page.reload();
    await log(page).getByText("I see it.").waitFor();
    expect(await message(page).inputValue()).toBe("read report.csv ");
  });

  it("finds messages, sessions and actions with the keyboard alone", async () => {
    const page = await visit(served);
    await message(page).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("revenue");
    await page
      .getByRole("option", { name: /Revenue/ })
      .first()
      .waitFor();
    await show(page, "search");
    await page.keyboard.press("Enter");
    await log(page).getByText("The table is in report.csv.").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("look dark");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.documentElement.dataset.theme")).toBe("dark");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("high contrast");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => page.evaluate("document.documentElement.dataset.theme"))
      .toBe("contrast");
    await picture(page, "chat-contrast");
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("as the system");
    await page.keyboard.press("Enter");
    await expect.poll(() => page.evaluate("document.documentElement.dataset.theme")).toBe("system");
  });

  it("renames, archives, brings back and deletes a session", async () => {
    const page = await visit(served);
    await message(page).waitFor();
    await page.keyboard.press("Control+b");
    await say(page, "hello, a session to keep house with");
    await log(page).getByText("Hello to you.").waitFor();
    const row = (name: string) => page.getByRole("listitem").filter({ hasText: name });
    await row("hello, a session")
      .getByRole("button", { name: /Rename, archive/ })
      .click();
    await page.getByRole("textbox", { name: "Name" }).fill("Housekeeping");
    await show(page, "session-dialog");
    await page.getByRole("button", { name: "Rename", exact: true }).click();
    await row("Housekeeping").waitFor();
    // Where people look for it: a double click on the name, F2 for the session that is open.
    await row("Housekeeping").getByRole("button", { name: "Housekeeping" }).first().dblclick();
    await typeOver(page, "Housekeeping", "In order");
    await row("In order").waitFor();
    await page.keyboard.press("F2");
    await typeOver(page, "In order", "Housekeeping");
    await row("Housekeeping").waitFor();
    await button(page, "Switch session").click();
    await page.getByRole("searchbox").last().waitFor();
    await show(page, "switcher");
    await page.keyboard.press("Escape");
    await row("Housekeeping")
      .getByRole("button", { name: /Rename, archive/ })
      .click();
    await page.getByRole("button", { name: "Archive", exact: true }).click();
    await row("Housekeeping").waitFor({ state: "detached" });
    await button(page, "Archived").click();
    await row("Housekeeping")
      .getByRole("button", { name: /Rename, archive/ })
      .click();
    await button(page, "Bring back").click();
    await page.getByRole("button", { name: "Current", exact: true }).click();
    await row("Housekeeping")
      .getByRole("button", { name: /Rename, archive/ })
      .click();
    await button(page, "Delete…").click();
    await button(page, "Delete for ever").click();
    await row("Housekeeping").waitFor({ state: "detached" });
    await page.getByRole("heading", { name: "Here is what I found" }).waitFor();
  });

  it("goes offline and back, changes the model and the permission of a session", async () => {
    const page = await visit(served);
    await button(page, "Go offline").click();
    await page.getByText("Offline is on").waitFor();
    await show(page, "offline");
    await button(page, "Go online").first().click();
    await button(page, "Go offline").waitFor();
    await button(page, "Permission").click();
    await page.getByRole("menuitemradio", { name: /Ask/ }).click();
    await button(page, "Permission Ask").waitFor();
    await button(page, "Permission").click();
    await page.getByRole("menuitemradio", { name: /Balanced/ }).click();
    await button(page, "Model").click();
    await page.getByRole("menu", { name: "Model" }).waitFor();
    await show(page, "model-menu");
  });

  it("has settings that work, on a desk and on a phone", async () => {
    const page = await visit(served);
    await button(page, "Settings").click();
    const names = ["Models", "Permission", "Budgets", "Appearance", "Instructions", "Network"];
    for (const name of [...names, "About"]) {
      await page.getByRole("button", { name, exact: true }).click();
      if (name === "About") await page.getByText("Node", { exact: false }).first().waitFor();
      await show(page, `settings-${name.toLowerCase()}`);
    }
    await page.getByRole("button", { name: "Models", exact: true }).click();
    const another = page.getByRole("combobox", { name: "Try another model" });
    await another.selectOption({ index: 1 });
    const first = page.getByText(/^1\. /);
    const title = await first.textContent();
    await another.selectOption({ index: 1 });
    await page.getByRole("button", { name: /^Try .* earlier$/ }).click();
    await page.getByText(title?.replace("1.", "2.") ?? "").waitFor();
    await show(page, "settings-fallbacks");
    await page.getByRole("button", { name: "Budgets", exact: true }).click();
    await page.getByRole("textbox", { name: "US dollars per day" }).fill("7");
    await button(page, "Save").click();
    await page.getByText("$0 / $7").waitFor();
    await page.setViewportSize(phone);
    await show(page, "settings-phone");
  });
});

describe("a host that goes away", () => {
  it("is waited for, and nothing is lost when it comes back", async () => {
    const first = await rig.serve("again", rig.withModel);
    const page = await visit(first);
    await say(page, "hello before the end");
    await log(page).getByText("Hello to you.").waitFor();
    await message(page).fill("half a thought");
    first.cli.child.kill("SIGKILL");
    await first.cli.ended;
    await page.getByText(/The connection is lost/).waitFor();
    await show(page, "reconnecting");
    await rig.serve("again", rig.withModel, Number(new URL(first.url).port));
    await page.getByText(/The connection is lost/).waitFor({ state: "detached" });
    expect(await message(page).inputValue()).toBe("half a thought");
    await say(page, "hello after it");
    await log(page).getByText("Hello to you.").nth(1).waitFor();
    expect(await log(page).getByText("hello before the end").count()).toBe(1);
  });
});
