// What one can do with a conversation, over the real `aetheria serve` in a real browser: edit, try
// again, fork, quote, export, import, find, jump, paste too much.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { chatGptImageId, chatGptPlain, chatGptTrip, zipOf } from "../src/testing/chatgpt-export.ts";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { picture, show } from "./show.ts";

let rig: PageRig;
let served: Served;
const open: Page[] = [];
/** What pages threw; nothing is thrown. */
const thrown: string[] = [];

const plan = `# The plan

**Lisbon** in *three* days: see [the map](https://example.com/map).

## Costs

| What | Price |
|---|---|
| Train | 120 |

\`\`\`python
print("hello <b>Lisbon</b>")
\`\`\`
`;

beforeAll(async () => {
  rig = await PageRig.open();
  served = await rig.serve("chat", rig.withModel);
  const { model } = rig;
  model.onMessage("plan a trip", { content: plan });
  model.onMessage("Rome", { content: "Rome it is." });
  model.onMessage("Oslo", { content: "Oslo it is." });
  model.onMessage("thanks", { content: "You are welcome." });
  model.addFixture({
    match: {
      userMessage: "write a note",
      predicate: ({ messages }) => messages.at(-1)?.role === "user",
    },
    response: {
      toolCalls: [
        { name: "write_file", arguments: JSON.stringify({ path: "note.txt", content: "new\n" }) },
      ],
    },
  });
  model.addFixture({
    match: {
      userMessage: "write a note",
      predicate: ({ messages }) => messages.at(-1)?.role === "tool",
    },
    response: { content: "The note is written." },
  });
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

async function visit(options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(served.address, { acceptDownloads: true, ...options });
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  await page.getByRole("heading", { name: "Here is what I found" }).waitFor();
  return page;
}

const log = (page: Page) => page.getByRole("log");
const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const mine = (page: Page, text: string) => log(page).getByRole("article").filter({ hasText: text });
const sessionOf = (page: Page) => new URL(page.url()).hash;

async function say(page: Page, text: string): Promise<void> {
  await message(page).fill(text);
  await message(page).press("Enter");
}

async function planned(page: Page): Promise<void> {
  await say(page, "Please plan a trip to Lisbon");
  await log(page).getByRole("heading", { name: "The plan" }).waitFor();
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
}

async function verb(row: ReturnType<typeof mine>, name: string): Promise<void> {
  await row.hover();
  const bar = row.locator("xpath=ancestor-or-self::*[contains(@class,'with-verbs')]");
  await bar.getByRole("toolbar").getByRole("button", { name }).click();
}

describe("a message", () => {
  it("is edited and sent again; the old version is a session of its own", async () => {
    const page = await visit();
    await planned(page);
    const first = sessionOf(page);
    await mine(page, "trip to Lisbon").hover();
    await show(page, "message-verbs");
    await verb(mine(page, "trip to Lisbon"), "Edit and resend");
    const editor = page.getByRole("textbox", { name: "Edit your message" });
    expect(await editor.inputValue()).toBe("Please plan a trip to Lisbon");
    await editor.press("Escape");
    await editor.waitFor({ state: "detached" });
    await verb(mine(page, "trip to Lisbon"), "Edit and resend");
    await editor.fill("Rather Oslo");
    await show(page, "message-edit");
    await editor.press("Enter");
    await log(page).getByText("Oslo it is.").waitFor();
    expect(await log(page).getByText("trip to Lisbon").count()).toBe(0);
    expect(sessionOf(page)).toBe(first);
    await page.getByText(/The old version is kept as/).waitFor();
    await show(page, "message-edited");
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await log(page).getByRole("heading", { name: "The plan" }).waitFor();
    expect(sessionOf(page)).not.toBe(first);
  });

  it("takes back the files that were changed since, when asked to", async () => {
    const note = join(rig.workspace, "note.txt");
    await writeFile(note, "old\n");
    const page = await visit();
    await button(page, "Choose folder").click();
    await page.getByRole("textbox", { name: "Folder" }).fill(rig.workspace);
    await button(page, "Use this folder").click();
    await button(page, "Change").waitFor();
    await say(page, "write a note please");
    await button(page, "Allow once").click();
    await log(page).getByText("The note is written.").waitFor();
    expect(await readFile(note, "utf8")).toBe("new\n");
    await verb(mine(page, "write a note"), "Edit and resend");
    await page.getByRole("switch", { name: "Also take back the file changed since" }).click();
    await page.getByText("note.txt").last().waitFor();
    await show(page, "message-edit-files");
    await page.getByRole("switch", { name: /Keep the old version/ }).click();
    await page.getByRole("textbox", { name: "Edit your message" }).fill("Rome instead");
    await button(page, "Send again").click();
    await log(page).getByText("Rome it is.").waitFor();
    expect(await readFile(note, "utf8")).toBe("old\n");
    expect(await page.getByText(/The old version is kept/).count()).toBe(0);
  });

  it("is forked with its files: a new session where it waits to be sent", async () => {
    const page = await visit();
    await page
      .locator("input[type=file][multiple]")
      .setInputFiles([{ name: "map.txt", mimeType: "text/plain", buffer: Buffer.from("a map") }]);
    await button(page, "Remove map.txt").waitFor();
    await page.getByText("5 bytes").waitFor();
    await say(page, "Rome, with this map");
    await log(page).getByText("Rome it is.").waitFor();
    const first = sessionOf(page);
    await verb(mine(page, "Rome, with this map"), "Fork from here");
    await expect.poll(() => sessionOf(page)).not.toBe(first);
    await button(page, "Remove map.txt").waitFor();
    expect(await message(page).inputValue()).toBe("Rome, with this map");
    await message(page).press("Enter");
    await log(page).getByText("Rome it is.").waitFor();
    await log(page).getByText("Download map.txt").waitFor();
  });

  it("shows what a name would hide", async () => {
    const page = await visit();
    await page
      .locator("input[type=file][multiple]")
      .setInputFiles([
        { name: "photo_\u202egpj.exe", mimeType: "text/plain", buffer: Buffer.from("a") },
      ]);
    await page.getByText("photo_⟨U+202E⟩gpj.exe").waitFor();
    await page.getByText("1 byte").waitFor();
    await say(page, "Oslo?");
    await log(page).getByText("photo_⟨U+202E⟩gpj.exe", { exact: true }).waitFor();
    await picture(page, "name-light");
  });

  it("has its verbs on a phone in a menu, and from the keyboard in one stop", async () => {
    const page = await visit();
    await planned(page);
    const verbs = page.getByRole("toolbar", { name: "What to do with this message" });
    await verbs.getByRole("button").first().focus();
    await page.keyboard.press("ArrowRight");
    await expect
      .poll(() =>
        verbs
          .getByRole("button", { name: "Copy" })
          .evaluate((one) => one === document.activeElement),
      )
      .toBe(true);
    await page.keyboard.press("Tab");
    expect(await verbs.evaluate((one) => one.contains(document.activeElement))).toBe(false);

    const small = await visit({ viewport: phone, hasTouch: true, isMobile: true });
    await small.goto(`${served.url}/${sessionOf(page)}`);
    await log(small).getByRole("heading", { name: "Costs" }).waitFor();
    await show(small, "chat-verbs-phone");
    await log(small).getByRole("button", { name: "More" }).last().tap();
    await show(small, "chat-menu-phone");
    await small.getByRole("menuitem", { name: "Quote" }).tap();
    await expect.poll(() => message(small).inputValue()).toContain("> # The plan");
  });
});

describe("an answer", () => {
  it("is quoted, as a whole or what is selected of it, copied and saved", async () => {
    const page = await visit();
    await planned(page);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    const answer = log(page).locator(".answer");
    await verb(answer, "Copy as Markdown");
    await page.getByText("Copied").first().waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(plan);
    const saving = page.waitForEvent("download");
    await verb(answer, "Save to a file");
    const saved = await saving;
    expect(saved.suggestedFilename()).toBe("The plan.md");
    expect(await readFile(await saved.path(), "utf8")).toBe(plan);
    await answer.getByText("Lisbon", { exact: true }).first().dblclick();
    await verb(answer, "Quote");
    expect(await message(page).inputValue()).toBe("> Lisbon\n\n");
    await page.evaluate("getSelection().removeAllRanges()");
    await verb(answer, "Quote");
    expect(await message(page).inputValue()).toContain("> Lisbon\n\n> # The plan\n>\n> **Lisbon**");
  });

  it("is tried again: the last one in its place, an earlier one with what follows kept", async () => {
    const page = await visit();
    await planned(page);
    await verb(log(page).locator(".answer"), "Try again");
    await log(page).getByRole("heading", { name: "The plan" }).waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    expect(await mine(page, "trip to Lisbon").count()).toBe(1);
    await say(page, "thanks");
    await log(page).getByText("You are welcome.").waitFor();
    await page.getByRole("button", { name: "Send", exact: true }).waitFor();
    await verb(log(page).locator(".answer").first(), "Try again");
    await page.getByText(/The old version is kept as/).waitFor();
    await log(page).getByText("You are welcome.").waitFor({ state: "detached" });
    await log(page).getByRole("heading", { name: "The plan" }).waitFor();
    await page.getByRole("button", { name: "Open", exact: true }).click();
    await log(page).getByText("You are welcome.").waitFor();
  });

  it("is where another session begins", async () => {
    const page = await visit();
    await planned(page);
    await say(page, "thanks");
    await log(page).getByText("You are welcome.").waitFor();
    const first = sessionOf(page);
    await verb(log(page).locator(".answer").first(), "Fork from here");
    await expect.poll(() => sessionOf(page)).not.toBe(first);
    await log(page).getByRole("heading", { name: "The plan" }).waitFor();
    expect(await log(page).getByText("thanks").count()).toBe(0);
    expect(await log(page).getByRole("heading", { name: "Stopped" }).count()).toBe(0);
  });
});

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC",
  "base64",
);

async function exported(page: Page, format: string) {
  const saving = page.waitForEvent("download");
  await button(page, "Export").click();
  await page.getByRole("menuitem", { name: format }).click();
  const saved = await saving;
  return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), "utf8") };
}

describe("a conversation", () => {
  it("leaves as Markdown, as JSON that comes back, and as a page that opens anywhere", async () => {
    const page = await visit();
    await page
      .locator("input[type=file][multiple]")
      .setInputFiles([{ name: "dot.png", mimeType: "image/png", buffer: png }]);
    await page.getByText(`${png.length} bytes`).waitFor();
    await planned(page);
    await button(page, "Export").click();
    await show(page, "export-menu");
    await page.keyboard.press("Escape");
    const markdown = await exported(page, "Markdown");
    expect(markdown.name).toMatch(/\.md$/);
    expect(markdown.text).toContain("> Please plan a trip to Lisbon");

    const html = await exported(page, "Web page");
    expect(html.name).toMatch(/\.html$/);
    expect(html.text).not.toMatch(/<script|<button|<link|@font-face|blob:|url\(/i);
    const file = join(rig.workspace, "exported.html");
    await writeFile(file, html.text);
    const context = await page.context().browser()?.newContext({ javaScriptEnabled: false });
    const reader = await context?.newPage();
    if (!reader) throw new Error("no browser");
    const asked: string[] = [];
    reader.on("request", (request) => asked.push(request.url()));
    await reader.goto(`file://${file}`);
    await reader.getByRole("heading", { name: "The plan" }).waitFor();
    await reader.getByRole("img", { name: "dot.png" }).waitFor();
    await reader.getByText('print("hello <b>Lisbon</b>")').waitFor();
    await reader.getByRole("cell", { name: "Train" }).waitFor();
    expect(asked.filter((url) => !url.startsWith("data:"))).toEqual([`file://${file}`]);
    await picture(reader, "export-html-light");
    await context?.close();

    const json = await exported(page, "JSON");
    expect(json.name).toMatch(/\.aetheria\.json$/);
    const kept = join(rig.workspace, json.name);
    await writeFile(kept, json.text);
    const first = sessionOf(page);
    await importFiles(page, kept);
    await expect.poll(() => sessionOf(page)).not.toBe(first);
    await log(page).getByRole("heading", { name: "The plan" }).waitFor();
    await log(page).getByRole("img", { name: "dot.png" }).waitFor();
  });

  it("is printed as a whole, whatever of it is loaded", async () => {
    const page = await visit();
    await importFiles(page, await longSession());
    await log(page).getByText(`Question ${questions}.`).waitFor();
    expect(await log(page).getByText("Question 1.").count()).toBe(0);
    // A browser asks where to print to; here a copy of what it would print stays.
    await page.evaluate(() => {
      window.print = () => {
        const copy = document.querySelector(".print-root")?.cloneNode(true);
        if (!(copy instanceof HTMLElement)) return;
        copy.dataset["copy"] = "";
        document.body.append(copy);
      };
    });
    await button(page, "Export").click();
    await page.getByRole("menuitem", { name: "PDF" }).click();
    await page.locator(".print-root[data-copy]").waitFor({ state: "attached", timeout: 60_000 });
    await expect.poll(() => page.locator(".print-root").count()).toBe(1);
    await page.emulateMedia({ media: "print" });
    const text = await page.locator("body").innerText();
    expect(text.indexOf("Question 1.")).toBeGreaterThan(0);
    expect(text.indexOf(`Answer ${questions}.`)).toBeGreaterThan(text.indexOf("Question 1."));
    expect(text).not.toContain("Export\n");
    await page.setViewportSize({ width: 800, height: 1000 });
    await picture(page, "print-light");
    const pdf = await page.pdf({ format: "A4" });
    expect(pdf.subarray(0, 5).toString()).toBe("%PDF-");
    expect(pdf.toString("latin1").match(/\/Type \/Page\b/g)?.length ?? 0).toBeGreaterThan(20);
    await page.emulateMedia({ media: "screen" });
    await page.evaluate(() => document.querySelector(".print-root")?.remove());
    await message(page).waitFor();
  });

  it("is not exported once that is cancelled", async () => {
    const page = await visit();
    await importFiles(page, await longSession());
    await log(page).getByText(`Question ${questions}.`).waitFor();
    await button(page, "Export").click();
    await page.getByRole("menuitem", { name: "Web page" }).click();
    const dialog = page.getByRole("dialog", { name: "Export" });
    await dialog.getByRole("progressbar").waitFor();
    await picture(page, "export-progress-light");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await dialog.waitFor({ state: "detached" });
    await expect.poll(() => page.locator(".print-root").count()).toBe(0);
  });

  it("comes from ChatGPT, alone or many in a zip", async () => {
    const page = await visit();
    const alone = join(rig.workspace, "conversations.json");
    await writeFile(alone, JSON.stringify([chatGptTrip()]));
    await importFiles(page, alone);
    await log(page).getByText("About 31 hours by car.").waitFor();
    await log(page).getByText("Thought for a moment").waitFor();
    await show(page, "imported");
    const zip = join(rig.workspace, "chatgpt.zip");
    const list = [
      { ...chatGptTrip(), title: "A picture" },
      chatGptPlain("Tea", "Hot?", "Yes."),
      { title: "broken" },
    ];
    await writeFile(
      zip,
      await zipOf({
        "conversations.json": JSON.stringify(list),
        [`${chatGptImageId}-harbour.png`]: png,
      }),
    );
    await importFiles(page, zip);
    await page.getByText("Imported 2 sessions. 1 could not be read.").waitFor();
    await button(page, "Switch session").click();
    await page.getByRole("listitem").filter({ hasText: "Tea" }).first().waitFor();
    await page
      .getByRole("listitem")
      .filter({ hasText: "A picture" })
      .first()
      .getByRole("button")
      .first()
      .click();
    await log(page).getByRole("img", { name: "harbour.png" }).waitFor();
  });
});

const questions = 600;

/** An exported session with headings, longer than what a page loads at once. */
async function longSession(): Promise<string> {
  const at = 1_760_000_000_000;
  const model = { provider: "openai", name: "gpt-4o" };
  const mode = "balanced";
  const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, costUsd: 0 };
  const said = Array.from({ length: questions }, (_, index) => {
    const runId = `r${index}`;
    const messageId = `m${index}`;
    const text = `Question ${index + 1}.${index === 2 ? " Where is the pelican?" : ""}`;
    const pelican = index % 200 === 199 ? " The **peli**can and the pelican fly." : "";
    const answer = `## Part ${index + 1}\n\nAnswer ${index + 1}.${pelican}`;
    return [
      { type: "message.sent", data: { messageId, text, attachments: [], delivery: "auto" } },
      { type: "run.started", data: { runId, messageId, model, mode, resumed: false } },
      { type: "text.finished", data: { runId, turn: 0, text: answer, partial: false } },
      { type: "run.finished", data: { runId, outcome: "done", usage, steps: 0, ms: 10 } },
    ];
  });
  const created = { title: "A long one", workspace: null, model: null, mode };
  const all = [{ type: "session.created", data: created }, ...said.flat()];
  const events = all.map((event, index) => ({ seq: index + 1, at: at + index * 60_000, ...event }));
  const path = join(rig.workspace, "long.json");
  await writeFile(
    path,
    JSON.stringify({ format: "aetheria-session", version: 1, events, attachments: [] }),
  );
  return path;
}

async function importFiles(page: Page, path: string): Promise<void> {
  const picker = page.locator("input[accept*=json]");
  if ((await picker.count()) === 0) await button(page, "Switch session").click();
  await picker.first().setInputFiles(path);
}

const highlights = (page: Page, name: string) =>
  page.evaluate((one) => CSS.highlights.get(one)?.size ?? 0, name);

describe("finding one's way", () => {
  it("through all of a session with the search, marked where it is", async () => {
    const page = await visit();
    await importFiles(page, await longSession());
    await log(page).getByText(`Question ${questions}.`).waitFor();
    await page.keyboard.press("Control+f");
    const field = page.getByRole("searchbox", { name: "Find in this conversation" });
    await field.fill("pelican");
    const count = page.getByRole("search").getByRole("status");
    await expect.poll(() => count.textContent()).toBe("5");
    await field.press("Enter");
    await expect.poll(() => count.textContent()).toBe("5 of 5");
    await expect.poll(() => highlights(page, "chat-find-current")).toBe(1);
    expect(await highlights(page, "chat-find")).toBe(2);
    await show(page, "find");
    for (let step = 0; step < 4; step += 1) {
      const before = await count.textContent();
      await button(page, "Earlier match").click();
      await expect.poll(() => count.textContent()).not.toBe(before);
      await expect.poll(() => highlights(page, "chat-find-current")).toBe(1);
    }
    await log(page).getByText("Where is the pelican?").waitFor();
    await expect.poll(() => count.textContent()).toMatch(/^1 of/);
    await field.fill("nothing of that kind");
    await page.getByText("Not found").waitFor();
    await field.press("Escape");
    await field.waitFor({ state: "detached" });
    expect(await highlights(page, "chat-find")).toBe(0);
    await page.setViewportSize(phone);
    // The window becomes another one meanwhile, and a key in between is for neither.
    await expect
      .poll(async () => {
        if (!(await field.isVisible())) await page.keyboard.press("Control+f");
        return field.isVisible();
      })
      .toBe(true);
    await field.fill("pelican");
    await show(page, "find-phone");
  });

  it("by the list of its places", async () => {
    const page = await visit();
    await importFiles(page, await longSession());
    await log(page).getByText(`Question ${questions}.`).waitFor();
    await page.keyboard.press("Control+j");
    const list = page.getByRole("navigation", { name: "Jump list" });
    await list.getByRole("button", { name: `Part ${questions}` }).waitFor();
    await show(page, "jump");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Escape");
    await list.waitFor({ state: "detached" });
    await button(page, /Jump list/).click();
    await list.getByRole("button", { name: "Show earlier messages" }).click();
    const first = list.locator('[data-index="0"] [data-entry]');
    // The earlier messages come a moment after they were asked for.
    const firstWords = async () => {
      await list.getByRole("group").evaluate((one) => (one.scrollTop = 0));
      return (await first.locator(".text").textContent()) ?? "";
    };
    const firstNumber = async () => Number(/\d+/.exec(await firstWords())?.[0]);
    await expect.poll(firstNumber).toBeLessThan(questions - 100);
    const words = await firstWords();
    await first.click();
    await log(page).getByText(words).first().waitFor();
    await page.setViewportSize(phone);
    await page.keyboard.press("Control+j");
    await show(page, "jump-phone");
  });
});

describe("a paste of 20 MB", () => {
  it("becomes a file that goes with the message, and can be taken back", async () => {
    const page = await visit();
    await say(page, "Rome?");
    await log(page).getByText("Rome it is.").waitFor();
    await message(page).fill("Read this: ");
    const paste = () =>
      page.evaluate(() => {
        const area = document.querySelector<HTMLTextAreaElement>("textarea[enterkeyhint=send]");
        const data = new DataTransfer();
        data.setData("text/plain", "Words and more words. ".repeat(950_000));
        const init = { clipboardData: data, bubbles: true, cancelable: true };
        area?.dispatchEvent(new ClipboardEvent("paste", init));
        // The page answers: it draws.
        return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      });
    await paste();
    await page.getByText("too long for a message, so it goes as a file").waitFor();
    await page.getByText("20.9 MB").waitFor();
    expect(await message(page).inputValue()).toBe("Read this: ");
    await show(page, "paste");
    await message(page).press("Control+z");
    await page.getByText("too long for a message").waitFor({ state: "detached" });
    await paste();
    await page.getByText("too long for a message, so it goes as a file").waitFor();
    await message(page).fill("Oslo in this text?");
    await message(page).press("Enter");
    await log(page).getByText("Oslo it is.").waitFor();
    await log(page).getByText("Download Pasted text.txt").waitFor();
  });
});
