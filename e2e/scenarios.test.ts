// What a person does, the same over `serve` in a browser and in the desktop app: from the first run on
// to a restored backup. What only one of the two has is tested beside its rig.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openTestServer } from "../src/testing/http-server.ts";
import { playScenarios, playTurns, use } from "./scenario-model.ts";
import { shellRigs, type Shell, type ShellOptions, type ShellRig } from "./shells.ts";

/** On a busy machine a process may take its time to start or to end. */
const eventually = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 });

const log = (page: Page) => page.getByRole("log");
const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const exactly = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const window = (page: Page, name: string) =>
  page.getByRole("region", { name: new RegExp(`^${name}`) });
const dock = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name });
const palette = (page: Page) => page.getByRole("dialog", { name: "Search and commands" });
const sessionOf = (page: Page) => new URL(page.url()).hash;
const theme = (page: Page) => page.locator("html").getAttribute("data-theme");

async function say(page: Page, text: string): Promise<void> {
  await message(page).fill(text);
  await message(page).press("Enter");
}

/** What it says, and that nothing works any more. */
async function answered(page: Page, text: string | RegExp): Promise<void> {
  await log(page).getByText(text).first().waitFor();
  await exactly(page, "Send").waitFor();
}

/** A verb of the message or of the answer that says this. */
async function verb(page: Page, text: string, name: string): Promise<void> {
  const row = log(page).locator(".with-verbs").filter({ hasText: text }).first();
  await row.hover();
  await row.getByRole("toolbar").getByRole("button", { name }).click();
}

async function startSession(page: Page): Promise<void> {
  const before = sessionOf(page);
  await page.keyboard.press("Control+Shift+O");
  await eventually(() => sessionOf(page)).not.toBe(before);
  await page.getByText("What shall we do?").waitFor();
}

async function chooseFolder(page: Page, folder: string): Promise<void> {
  await button(page, "Choose folder").click();
  await page.getByRole("textbox", { name: "Folder" }).fill(folder);
  await button(page, "Use this folder").click();
  await exactly(page, "Change").waitFor();
}

async function toSettings(page: Page, section: string): Promise<void> {
  const sections = page.getByRole("navigation", { name: "Sections" });
  if (!(await sections.isVisible())) await dock(page, "Settings").click();
  await sections.getByRole("button", { name: section, exact: true }).click();
}

describe.each(shellRigs)("%s", (_name, openRig) => {
  let rig: ShellRig;
  let talk: Shell;
  const open: Shell[] = [];
  /** What pages threw; nothing is thrown. */
  const thrown: string[] = [];

  beforeAll(async () => {
    rig = await openRig();
    await writeFile(file("report.csv"), "region,q2,q3\nEMEA,4.10,5.37\n");
    playScenarios(rig.model);
    talk = await rig.open("talk");
    talk.page.on("pageerror", (error) => thrown.push(error.message));
    await chooseFolder(talk.page, rig.workspace);
  });
  afterAll(() => rig?.close());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((shell) => shell.close()));
    expect(thrown.splice(0)).toEqual([]);
  });

  const file = (name: string) => join(rig.workspace, name);
  const contentOf = (name: string) => readFile(file(name), "utf8").catch(() => "gone");

  async function start(data: string, options: ShellOptions = {}): Promise<Shell> {
    const shell = await rig.open(data, options);
    open.push(shell);
    shell.page.on("pageerror", (error) => thrown.push(error.message));
    return shell;
  }

  /** The page, in a session that has just begun. */
  async function fresh(): Promise<Page> {
    const { page } = talk;
    await page.reload();
    await message(page).or(button(page, "Open the chat")).first().waitFor();
    await startSession(page);
    return page;
  }

  it("leads a new person through the guide to a first answer with tools", async () => {
    const { page } = await start("first", { isNew: true });
    for (const title of ["Pick a look", "Here is what I found"]) {
      await page.getByRole("heading", { name: title }).waitFor();
      await button(page, "Next").click();
    }
    await page.getByRole("heading", { name: "Where it may work" }).waitFor();
    await chooseFolder(page, rig.workspace);
    await button(page, "Next").click();
    await page.getByRole("heading", { name: "Try it" }).waitFor();
    await page.getByRole("radio", { name: /What is in this folder/ }).check({ force: true });
    await button(page, "Start").click();
    await answered(page, "There is one report.");
    await log(page).getByText("list_files").waitFor();
  });

  it("shows each step of an answer", async () => {
    const page = await fresh();
    await say(page, "How was the quarter?");
    await answered(page, "EMEA grew from 4.10 to 5.37.");
    for (const step of ["list_files .", "read_file report.csv"])
      await log(page).getByText(step).waitFor();
    await log(page).getByText("read_file report.csv").click();
    await log(page).getByText("Why it was allowed").waitFor();
  });

  it("does what is allowed, and leaves what is denied", async () => {
    await writeFile(file("notes.md"), "# Notes\n");
    const page = await fresh();
    await say(page, "delete the notes please");
    await exactly(page, "Deny").click();
    await answered(page, "That is settled.");
    expect(await contentOf("notes.md")).toBe("# Notes\n");
    await say(page, "do delete the notes");
    await button(page, "Allow once").click();
    await eventually(() => contentOf("notes.md")).toBe("gone");
    await eventually(() => log(page).getByText("That is settled.").count()).toBe(2);
  });

  it("takes a word while it works, keeps another for later, and stops on Esc twice", async () => {
    const page = await fresh();
    await say(page, "tell me a long story");
    await log(page)
      .getByText(/Once upon a time/)
      .waitFor();
    await message(page).fill("in rhymes, please");
    await button(page, "Steer").click();
    await log(page).getByText("while it worked").waitFor();
    await message(page).fill("the next one please");
    await button(page, "Queue").click();
    const queued = page.getByRole("list", { name: "Queued" }).getByRole("listitem");
    await queued.filter({ hasText: "the next one" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("Press Esc again to stop").waitFor();
    await page.keyboard.press("Escape");
    await log(page).getByRole("heading", { name: "Stopped" }).waitFor();
    await button(page, "Stop").waitFor({ state: "detached" });
  });

  it("sends an edited message again and takes the files back that were changed since", async () => {
    await writeFile(file("note.txt"), "old\n");
    const page = await fresh();
    await say(page, "write a note please");
    await button(page, "Allow once").click();
    await answered(page, "The note is written.");
    expect(await contentOf("note.txt")).toBe("new\n");
    await verb(page, "write a note please", "Edit and resend");
    await page.getByRole("switch", { name: "Also take back the file changed since" }).click();
    await page.getByRole("textbox", { name: "Edit your message" }).fill("hello instead");
    await button(page, "Send again").click();
    await answered(page, "Hello to you.");
    expect(await contentOf("note.txt")).toBe("old\n");
    const kept = page.getByText(/The old version is kept as/).first();
    await kept.waitFor();
    expect(await log(page).getByText("write a note").count()).toBe(0);
  });

  it("goes another way from an answer", async () => {
    const page = await fresh();
    await say(page, "hello, let us go on");
    await answered(page, "Hello to you.");
    await say(page, "thanks");
    await answered(page, "You are welcome.");
    const first = sessionOf(page);
    await verb(page, "Hello to you.", "Fork from here");
    await eventually(() => sessionOf(page)).not.toBe(first);
    await log(page).getByText("Hello to you.").waitFor();
    expect(await log(page).getByText("thanks").count()).toBe(0);
  });

  it("hands a session out as Markdown and JSON, and takes the JSON back", async () => {
    const page = await fresh();
    await say(page, "hello, to be kept");
    await answered(page, "Hello to you.");
    const exported = (format: string) =>
      talk.saved(async () => {
        await button(page, "Export").click();
        await page.getByRole("menuitem", { name: format }).click();
      });
    const markdown = await exported("Markdown");
    expect(markdown.name).toMatch(/\.md$/);
    expect(markdown.bytes.toString()).toContain("> hello, to be kept");
    const json = await exported("JSON");
    expect(json.name).toMatch(/\.aetheria\.json$/);
    const first = sessionOf(page);
    await button(page, "Switch session").click();
    await page
      .locator("input[accept*=json]")
      .first()
      .setInputFiles({ name: json.name, mimeType: "application/json", buffer: json.bytes });
    await eventually(() => sessionOf(page)).not.toBe(first);
    await log(page).getByText("Hello to you.").waitFor();
  });

  it("finds messages, files and actions in the palette", async () => {
    const page = await fresh();
    await say(page, "hello, the pelican is here");
    await answered(page, "Hello to you.");
    const type = async (text: string) => {
      if (!(await palette(page).isVisible())) await page.keyboard.press("Control+k");
      await page.getByRole("combobox").fill(text);
    };
    await type("pelican");
    await palette(page)
      .getByRole("option", { name: /pelican/ })
      .first()
      .waitFor();
    await type("report.csv");
    await palette(page)
      .getByRole("option", { name: /^report\.csv/ })
      .waitFor();
    await type("look dark");
    await page.keyboard.press("Enter");
    await eventually(() => theme(page)).toBe("dark");
    await type("as the system");
    await page.keyboard.press("Enter");
    await eventually(() => theme(page)).toBe("system");
  });

  it("plays the activity of a run again", async () => {
    const page = await fresh();
    await say(page, "How was the quarter?");
    await answered(page, "EMEA grew from 4.10 to 5.37.");
    await dock(page, "Activity").click();
    const tree = page.getByRole("tree", { name: "What was done" });
    const count = () => tree.getByRole("treeitem").count();
    await tree.getByRole("treeitem").filter({ hasText: "Done" }).waitFor();
    const all = await count();
    await button(page, "Replay").click();
    const slider = page.getByRole("slider", { name: "Time line" });
    await slider.focus();
    await page.keyboard.press("Home");
    await eventually(count).toBe(1);
    await page.keyboard.press("End");
    await eventually(count).toBe(all);
    await page.keyboard.press("Escape");
    await eventually(count).toBe(all);
  });

  it("shows what going back would change, and takes chat and files back together", async () => {
    await writeFile(file("note.txt"), "old\n");
    const page = await fresh();
    await say(page, "hello first");
    await answered(page, "Hello to you.");
    await say(page, "write a note please");
    await button(page, "Allow once").click();
    await answered(page, "The note is written.");
    await dock(page, "Files").click();
    const files = window(page, "Files");
    await files.getByRole("button", { name: "Maximise" }).click();
    await files.getByRole("radio", { name: /Before “write a note/ }).check({ force: true });
    await exactly(page, "Preview").click();
    await files.getByText(/leaves? the chat\./).waitFor();
    await files.getByText("note.txt").last().waitFor();
    await button(page, "Rewind here").click();
    await page.getByRole("dialog").getByRole("button", { name: "Rewind here" }).click();
    await eventually(() => contentOf("note.txt")).toBe("old\n");
    await dock(page, "Chat").click();
    await log(page).getByText("Hello to you.").waitFor();
    await eventually(() => log(page).getByText("write a note").count()).toBe(0);
  });

  it("shows what the agent opens in the browser, and gives the wheel to the person and back", async () => {
    const site = await openTestServer((_seen, response) => {
      response.setHeader("Content-Type", "text/html; charset=utf-8");
      response.end("<title>Bakery</title><h1>Bread, slowly</h1><button>Order</button>");
    });
    playTurns(rig.model, "open the bakery", [
      use("browser_open", { url: `${site.url}/` }),
      { content: "They bake slowly." },
    ]);
    try {
      const { page } = await start("browsed");
      await toSettings(page, "Network");
      await page
        .getByRole("textbox", { name: "Private addresses tools may reach" })
        .fill(new URL(site.url).host);
      await exactly(page, "Save").click();
      await page.getByText("Saved").first().waitFor();
      await window(page, "Settings").getByRole("button", { name: "Close" }).click();
      await say(page, "open the bakery please");
      await answered(page, "They bake slowly.");
      await dock(page, "Browser").click();
      const live = window(page, "Browser");
      await live.getByRole("img", { name: "The page: Bakery" }).waitFor();
      await live.locator("canvas:not([width='1'])").waitFor();
      await live.getByRole("button", { name: "Take over" }).click();
      await live.getByText("you drive").waitFor();
      await live.getByRole("button", { name: "Hand back" }).first().click();
      await live.getByText("agent driving").waitFor();
    } finally {
      await site.close();
    }
  });

  it("keeps the settings, the desk of each session and a draft over a restart", async () => {
    const shell = await start("kept");
    await say(shell.page, "hello, first desk");
    await answered(shell.page, "Hello to you.");
    await dock(shell.page, "Activity").click();
    await window(shell.page, "Activity").waitFor();
    await shell.page.keyboard.press("Control+Alt+ArrowRight");
    const kept = await window(shell.page, "Activity").boundingBox();
    const first = sessionOf(shell.page);
    await message(shell.page).fill("half a thought");
    await toSettings(shell.page, "Appearance");
    await shell.page.getByRole("radio", { name: "Dark" }).check({ force: true });
    await eventually(() => theme(shell.page)).toBe("dark");
    await window(shell.page, "Settings").getByRole("button", { name: "Close" }).click();
    await startSession(shell.page);
    await say(shell.page, "hello, second desk");
    await answered(shell.page, "Hello to you.");

    await shell.reopen();
    const { page } = shell;
    await message(page).or(button(page, "Open the chat")).first().waitFor();
    await eventually(() => theme(page)).toBe("dark");
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox").fill("first desk");
    const sessions = palette(page).getByRole("group", { name: "Sessions" });
    await sessions.getByRole("option", { name: /first desk/ }).click();
    await eventually(() => sessionOf(page)).toBe(first);
    await eventually(() => window(page, "Activity").boundingBox()).toEqual(kept);
    expect(await message(page).inputValue()).toBe("half a thought");
    await log(page).getByText("hello, first desk").waitFor();
  });

  it("backs everything up and brings it back", async () => {
    const shell = await start("restored");
    const { page } = shell;
    const instructions = page.getByRole("textbox", { name: "Your instructions" });
    const instruct = async (text: string) => {
      await toSettings(page, "Instructions");
      await instructions.fill(text);
      await exactly(page, "Save").click();
      await page.getByText("Saved").first().waitFor();
    };
    await instruct("Be brief.");
    await toSettings(page, "Data");
    await button(page, "Back up now").click();
    await button(page, /^Restore… aetheria-backup-/).waitFor();
    await instruct("Be long.");
    await toSettings(page, "Data");
    await button(page, /^Restore… aetheria-backup-/).click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore" }).click();
    await eventually(async () => {
      const names = await readdir(shell.dataDir);
      return names.filter((one) => one.startsWith("replaced-")).length;
    }).toBe(1);
    await page.getByText("The backup is in place.").first().waitFor();
    await toSettings(page, "Instructions");
    await eventually(() => instructions.inputValue()).toBe("Be brief.");
  });
});
