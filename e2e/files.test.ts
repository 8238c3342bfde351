// The workspace of a session over the real `aetheria serve`: its tree, what each kind of file is shown
// as, what the agent changed, and the way back of chat and files together.
import { lstat, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { connectSocket } from "../src/cli/connect-socket.ts";
import type { SessionId } from "../src/contract/ids.ts";
import { pdfBytes } from "../src/host/tools/documents/sample-documents.fixture.ts";
import type { Client } from "../src/rpc/client.ts";
import { PageRig, phone, type Served } from "./page-rig.ts";
import { findings, overflow, picture, show } from "./show.ts";
import { ask, put, scriptModel, website } from "./website.ts";

let rig: PageRig;
let served: Served;
let line: Client;
const open: Page[] = [];
/** What pages threw, and what their consoles call an error; there is none. */
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  scriptModel(rig);
  rig.model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a word. ".repeat(200) },
    chunkSize: 6,
    latency: 20,
  });
  rig.model.onMessage("hello", { content: "Hello to you." });
  served = await rig.serve("files", rig.withModel);
  const [url, token] = served.address.split("/#token=");
  line = await connectSocket(url ?? "", token ?? "");
  // Deleting asks in every mode.
  await line.call("grant.add", {
    grant: { verdict: "allow", tool: "delete_file", sessionId: null },
  });
});
afterAll(async () => {
  line?.close();
  await rig?.close();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

interface Work {
  sessionId: SessionId;
  /** The absolute path of one of its files. */
  at: (path: string) => string;
}

/** A session in a folder of its own, after the model did what these messages asked for. */
async function session(
  name: string,
  messages: string[] = ["add a hero section", "tidy up", "put a new footer"],
  files: Record<string, string | Uint8Array> = website,
): Promise<Work> {
  const folder = join(rig.workspace, name);
  await put(folder, files);
  const { sessionId } = await line.call("session.create", {
    title: name,
    workspace: folder,
    mode: "autonomous",
  });
  await line.call("session.open", { sessionId });
  for (const text of messages) await ask(line, sessionId, text);
  return { sessionId, at: (path) => join(folder, path) };
}

const dock = (page: Page) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name: /^Files/ });
const frame = (page: Page) => page.getByRole("region", { name: /^Files/ });
const tree = (page: Page) => page.getByRole("tree", { name: "Files of the workspace" });
const row = (page: Page, name: string | RegExp) => tree(page).getByRole("treeitem", { name });
const content = (page: Page) => page.locator(".files > .content");
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

type Options = Parameters<PageRig["page"]>[1];

/** The files of this session over the whole desk. */
async function visit({ sessionId }: Pick<Work, "sessionId">, options: Options = {}): Promise<Page> {
  const page = await rig.page(served.address, options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  page.on("console", (said) => said.type() === "error" && thrown.push(said.text()));
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  await page.evaluate(`location.hash = "${sessionId}"`);
  // The start page has left.
  await page.getByRole("heading", { name: "Here is what I found" }).waitFor({ state: "detached" });
  await dock(page).click();
  const maximise = frame(page).getByRole("button", { name: "Maximise" });
  if ((options?.viewport?.width ?? 1000) > 700) await maximise.click();
  return page;
}

/** What the rows say, with their marks. */
const rows = async (page: Page): Promise<string[]> =>
  (await tree(page).getByRole("treeitem").allInnerTexts()).map((text) =>
    text.replaceAll(/\s+/g, " ").trim(),
  );

describe("the files of a session", () => {
  it("are a tree that marks what the agent did, with what it deleted", async () => {
    const page = await visit(await session("marks"));
    await frame(page).getByText("8 changed by the agent").waitFor();
    for (const folder of ["public", "src"]) await row(page, folder).click();
    await row(page, /news\.txt/).waitFor();
    const marked = (name: string, sign: string, word: string) =>
      `${name} ${sign} ${word} by the agent`;
    expect(await rows(page)).toEqual([
      "public",
      marked("logo.svg", "A", "added"),
      marked("news.txt", "A", "added"),
      "src",
      marked("hero.svelte", "A", "added"),
      marked("index.html", "M", "changed"),
      marked("theme.css", "M", "changed"),
      marked("draft.txt", "D", "deleted"),
      marked("old/notes.md", "D", "deleted"),
      marked("README.md", "M", "changed"),
      "Trash (1)",
    ]);
    await row(page, /index\.html/).click();
    await content(page).getByText('<Hero title="Bread, slowly." />').waitFor();
    await content(page).getByText("We make things.").waitFor();
    expect(await content(page).getByText("+3").count()).toBe(1);
    await show(page, "files-diff");
    await content(page).getByRole("tab", { name: "Preview" }).click();
    await content(page).getByText("Baked at four").waitFor();
    expect(await content(page).getByText("We make things.").count()).toBe(0);
    await row(page, /old\/notes/).click();
    await content(page).getByText("obsolete").waitFor();
    expect(await content(page).getByRole("tab").count()).toBe(0);
    await button(page, "Only what the agent changed").click();
    await expect
      .poll(() => rows(page))
      .toEqual(expect.arrayContaining([marked("src/index.html", "M", "changed"), "Trash (1)"]));
    expect(await tree(page).getByRole("treeitem").count()).toBe(9);
    await show(page, "files-changed");
  });

  it("are walked by keyboard as a tree", async () => {
    const page = await visit(await session("keys", []));
    const active = () =>
      tree(page).evaluate((one) => {
        const id = one.getAttribute("aria-activedescendant") ?? "";
        return one.ownerDocument.getElementById(id)?.textContent?.trim() ?? "";
      });
    const press = async (...keys: string[]): Promise<string> => {
      for (const key of keys) await page.keyboard.press(key);
      return active();
    };
    await row(page, "old").waitFor();
    await tree(page).focus();
    expect(await press("Home")).toBe("old");
    expect(await press("End")).toBe("Trash (0)");
    expect(await press("r")).toBe("README.md");
    expect(await press("Home", "ArrowDown")).toBe("src");
    await press("ArrowRight");
    await row(page, "theme.css").waitFor();
    expect(await row(page, "src").getAttribute("aria-expanded")).toBe("true");
    expect(await press("ArrowRight", "ArrowDown")).toBe("theme.css");
    await press("Enter");
    await content(page).getByText("color").waitFor();
    expect(await row(page, "theme.css").getAttribute("aria-selected")).toBe("true");
    expect(await press("ArrowLeft")).toBe("src");
    await press("ArrowLeft");
    expect(await row(page, "theme.css").count()).toBe(0);
    expect(await press("ArrowUp", "ArrowUp")).toBe("old");
    expect(await tree(page).evaluate((one) => one.matches(":focus"))).toBe(true);
  });

  it("follow what the agent does while one looks", async () => {
    const work = await session("live", []);
    const page = await visit(work);
    await row(page, "src").click();
    await row(page, "index.html").click();
    await content(page).getByText("We make things.").waitFor();
    await ask(line, work.sessionId, "add a hero section");
    await content(page).getByText("Baked at four").waitFor();
    await row(page, /hero\.svelte/).waitFor();
    await frame(page).getByText("3 changed by the agent").waitFor();
    await page.getByText("would restore 1, remove 2").first().waitFor();
    await frame(page).getByRole("button", { name: "Minimise" }).click();
    await ask(line, work.sessionId, "tidy up");
    await dock(page).click();
    await row(page, /draft\.txt/)
      .getByText("deleted by the agent")
      .waitFor();
    await writeFile(work.at("by-hand.txt"), "mine");
    await button(page, "Read the folder again").click();
    await row(page, "by-hand.txt").click();
    await content(page).getByText("mine").waitFor();
    await rm(work.at("by-hand.txt"));
    await button(page, "Read the folder again").click();
    await content(page).getByRole("alert").waitFor();
    expect(await row(page, "by-hand.txt").count()).toBe(0);
  });

  it("can be mentioned in the chat, after what is written there", async () => {
    const page = await visit(await session("mention", []));
    await page.keyboard.press("Escape");
    await row(page, "README.md").click();
    await button(page, "Mention in the chat").click();
    const message = page.getByRole("textbox", { name: "Message" });
    await expect.poll(() => message.inputValue()).toBe("@README.md ");
    await message.fill("Look at");
    await dock(page).click();
    await button(page, "Mention in the chat").click();
    await expect.poll(() => message.inputValue()).toBe("Look at @README.md ");
  });

  it("ask for a folder where there is none", async () => {
    const { sessionId } = await line.call("session.create", { title: "none", workspace: null });
    const page = await visit({ sessionId });
    await page.getByText("No folder yet").waitFor();
    await show(page, "files-none");
    await frame(page).getByRole("button", { name: "Choose a folder" }).click();
    await page.getByRole("dialog").waitFor();
  });
});

describe("a file", () => {
  const png = Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFUlEQVR4nGP4f5OBgYGBgYEBRAMAGgYCFTJJh1sAAAAASUVORK5CYII=",
    "base64",
  );
  const table = Array.from({ length: 3_000 }, (_, index) => `row ${index + 1},${index * 2}`);
  const kinds: Record<string, string | Uint8Array> = {
    "code.ts": `export const answer: number = 42;\n${"// a line\n".repeat(600)}`,
    "notes.md": "# Notes\n\nEMEA **leads**.\n\n<script>alert(1)</script>\n",
    "plain.txt": "only words",
    "empty.txt": "",
    "logo.svg": `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><script>alert(1)</script><circle cx="200" cy="150" r="120" fill="red"/></svg>`,
    "dot.png": png,
    "broken.png": Buffer.concat([png.subarray(0, 40), Buffer.alloc(60)]),
    "paper.pdf": pdfBytes(["The first page", "The second page"]),
    "broken.pdf": "%PDF-1.4\nnothing of a PDF",
    "table.csv": `name,amount\n${table.join("\n")}\n`,
    "data.bin": Buffer.from([0, 1, 2, 255, 254, 0, 7]),
    "huge.md": Buffer.alloc(1_200_000, "word "),
    "huge.log": Buffer.alloc(1_200_000, "words\n"),
    "locked.txt": "nobody may read this",
  };
  let work: Work;
  let page: Page;
  beforeAll(async () => {
    work = await session("kinds", [], kinds);
  });
  const look = async (name: string) => {
    page ??= await visit(work);
    await row(page, name).click();
    await content(page).getByText(name, { exact: true }).first().waitFor();
    return content(page);
  };

  it("is shown as what it is", async () => {
    page = await visit(work);
    const code = await look("code.ts");
    await code.getByText("Show all 602 lines").waitFor();
    await code.locator("code").getByText("answer").first().waitFor();
    await show(page, "files-code");

    const notes = await look("notes.md");
    await notes.getByRole("heading", { name: "Notes" }).waitFor();
    await button(page, "As text").click();
    await notes.locator("code").getByText("EMEA **leads**").waitFor();

    await (await look("plain.txt")).getByText("only words").waitFor();
    await (await look("empty.txt")).locator("pre").waitFor();
    await (await look("dot.png")).getByText("2 × 2").waitFor();
    await (await look("logo.svg")).getByText("400 × 300").waitFor();
    await show(page, "files-image");
    await (await look("broken.png")).getByText("This picture cannot be read.").waitFor();
    await (
      await look("data.bin")
    )
      .getByText("There is no preview for this kind of file.")
      .waitFor();
    await (await look("huge.md")).getByText(/too much for a preview/).waitFor();
    await (await look("huge.log")).getByText(/The first .* of .* are shown/).waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it("that is a PDF is drawn page by page, and nothing of it is refused by the page's policy", async () => {
    page = await visit(work);
    const pdf = await look("paper.pdf");
    const first = pdf.getByLabel("Page 1 of 2");
    await pdf.getByLabel("Page 2 of 2").waitFor();
    // What is drawn is not all of one colour.
    const inked = () =>
      first.evaluate((one) => {
        if (!(one instanceof HTMLCanvasElement)) return false;
        const drawn = one.getContext("2d")?.getImageData(0, 0, one.width, one.height).data ?? [];
        return drawn.some((value, at) => at % 4 === 0 && value < 128 && drawn[at + 3] === 255);
      });
    await expect.poll(inked).toBe(true);
    await show(page, "files-pdf");
    await (await look("broken.pdf")).getByText("This PDF cannot be read.").waitFor();
  });

  it("that is a table shows its rows in slices", async () => {
    page = await visit(work);
    const shown = await look("table.csv");
    await shown.getByText("200 of 3,000 rows are shown.").waitFor();
    expect(await shown.getByRole("row").count()).toBe(201);
    await show(page, "files-table");
    for (let times = 0; times < 3; times += 1) await button(page, "More rows").click();
    await shown.getByText("row 3000").waitFor();
    expect(await button(page, "More rows").count()).toBe(0);
  });

  it("that leads out of the folder is not followed", async () => {
    await symlink("/etc/hostname", work.at("outside.txt"));
    page = await visit(work);
    await row(page, "outside.txt").click();
    await content(page)
      .getByRole("alert")
      .getByText(/outside/)
      .first()
      .waitFor();
  });

  it("that is gone by now says so", async () => {
    page = await visit(work);
    await row(page, "plain.txt").waitFor();
    await rm(work.at("plain.txt"));
    await row(page, "plain.txt").click();
    await content(page)
      .getByRole("alert")
      .getByText(/plain\.txt/)
      .waitFor();
    await show(page, "files-vanished");
  });

  it("with a hostile name shows what the name would hide, and a folder of thousands stays quick", async () => {
    const many = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, index) => [`many/file-${index}.txt`, ""]),
    );
    const hostile = await session("hostile", [], {
      "photo_\u202egpj.exe": "a",
      "two\nlines.txt": "b",
      [`${"long-".repeat(45)}.txt`]: "c",
      '<img src=x onerror="alert(1)">.txt': "d",
      ...many,
    });
    page = await visit(hostile);
    await row(page, "photo_⟨U+202E⟩gpj.exe").waitFor();
    await row(page, "two⟨U+000A⟩lines.txt").click();
    await content(page).getByText("two⟨U+000A⟩lines.txt").first().waitFor();
    await row(page, "<img src=x").waitFor();
    await row(page, "many").click();
    await row(page, "file-0.txt").waitFor();
    expect(await tree(page).getByRole("treeitem").count()).toBeLessThan(120);
    await row(page, "many").click();
    await show(page, "files-hostile");
    await row(page, "many").click();
    await tree(page).focus();
    await page.keyboard.press("End");
    for (let times = 0; times < 5; times += 1) await page.keyboard.press("ArrowUp");
    await row(page, "There is more in this folder than is shown.").waitFor();
  });
});

describe("going back", () => {
  const rewind = (page: Page) => page.locator(".rewind");
  const moment = (page: Page, name: string) => rewind(page).locator("label", { hasText: name });
  const choose = (page: Page, name: string) => moment(page, name).click();

  it("shows what it would change, then takes chat and files back together and keeps a branch", async () => {
    const work = await session("rewind");
    const page = await visit(work);
    await row(page, "src").click();
    await row(page, /index\.html/).click();
    await choose(page, "new footer");
    await moment(page, "new footer").getByText("would restore 2 files").waitFor();
    await show(page, "files-rewind");
    await choose(page, "tidy up");
    await rewind(page).getByRole("button", { name: "Preview" }).click();
    await content(page).getByText("4 messages leave the chat.").waitFor();
    const part = (path: string) => content(page).getByRole("region", { name: path, exact: true });
    await part("src/theme.css").getByText("color: black;").waitFor();
    await part("public/news.txt").getByText("to the trash").waitFor();
    await part("draft.txt").getByText("restored").waitFor();
    await show(page, "files-rewind-preview");

    await button(page, "Rewind here").click();
    await page.getByRole("dialog").getByText("4 messages and").waitFor();
    await show(page, "files-rewind-ask");
    await page.getByRole("dialog").getByRole("button", { name: "Rewind here" }).click();
    await page.getByText(/Went back: \d+ restored, 1 to the trash/).waitFor();
    expect(await readFile(work.at("src/theme.css"), "utf8")).toBe(website["src/theme.css"]);
    expect(await readFile(work.at("old/notes.md"), "utf8")).toBe(website["old/notes.md"]);
    expect(await readFile(work.at("draft.txt"), "utf8")).toBe(website["draft.txt"]);
    expect(await readFile(work.at("src/index.html"), "utf8")).toContain("Baked at four");
    expect(await readFile(work.at("src/index.html"), "utf8")).toContain("© 2025");
    await expect(readFile(work.at("public/news.txt"))).rejects.toThrow("ENOENT");
    await frame(page).getByText("3 changed by the agent").waitFor();
    const { sessions } = await line.call("session.list", { limit: 50 });
    expect(sessions.map(({ title }) => title)).toContain("rewind (before rewind)");
    await page
      .getByRole("navigation", { name: "Apps" })
      .getByRole("button", { name: /^Chat/ })
      .click();
    const log = page.getByRole("log");
    await log.getByText("Done: hero section.").waitFor();
    expect(await log.getByText("Done: tidy up.").count()).toBe(0);
    await dock(page).click();
    await button(page, "Open the branch").click();
    await log.getByText("Done: new footer.").waitFor();
  });

  it("can take back the chat only", async () => {
    const work = await session("chat-only");
    const page = await visit(work);
    await choose(page, "Start of session");
    await button(page, "Rewind here").click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back the chat only" }).click();
    await page.getByText("Went back: 0 restored, 0 to the trash.").waitFor();
    expect(await readFile(work.at("src/index.html"), "utf8")).toContain("© 2026");
    await expect
      .poll(async () => {
        const { sessions } = await line.call("session.list", { limit: 50 });
        return sessions.find(({ sessionId }) => sessionId === work.sessionId)?.messages;
      })
      .toBe(0);
  });

  it("says which files somebody else has changed, and keeps their version in the trash", async () => {
    const work = await session("others", ["add a hero section"]);
    const theirs = "<main>mine now</main>\n";
    await writeFile(work.at("src/index.html"), theirs);
    const page = await visit(work);
    await row(page, "src").click();
    await row(page, /index\.html/).click();
    await content(page).getByText("Somebody else has changed this file since.").waitFor();
    await choose(page, "Start of session");
    await rewind(page).getByRole("button", { name: "Preview" }).click();
    await content(page)
      .getByText(/changed by somebody else since/)
      .waitFor();
    await button(page, "Rewind here").click();
    await page
      .getByRole("dialog")
      .getByText(/1 of the files was changed by somebody else/)
      .waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Rewind here" }).click();
    await page.getByText(/Went back/).waitFor();
    expect(await readFile(work.at("src/index.html"), "utf8")).toBe(website["src/index.html"]);
    await row(page, /^Trash/).click();
    await content(page).getByText("src/index.html").waitFor();
    await show(page, "files-trash");
    await rm(work.at("src/index.html"));
    await content(page)
      .getByRole("listitem")
      .filter({ hasText: "src/index.html" })
      .getByRole("button", { name: "Restore" })
      .click();
    await page.getByText("Restored src/index.html").waitFor();
    expect(await readFile(work.at("src/index.html"), "utf8")).toBe(theirs);
    await expect
      .poll(() => content(page).getByRole("listitem").filter({ hasText: "index.html" }).count())
      .toBe(0);
  });

  it("names a file that cannot be taken back, and why", async () => {
    const work = await session("problem", ["tidy up"]);
    await symlink(work.at("README.md"), work.at("draft.txt"));
    const page = await visit(work);
    await choose(page, "Start of session");
    await rewind(page).getByRole("button", { name: "Preview" }).click();
    const part = content(page).getByRole("region", { name: "draft.txt", exact: true });
    await part.getByText(/^It would stay as it is: .+/).waitFor();
    await part.getByText("stays", { exact: true }).waitFor();
    await button(page, "Rewind here").click();
    await page.getByRole("dialog").getByText("1 file cannot be taken back and stays.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Rewind here" }).click();
    await page.getByText("1 file could not be taken back").first().waitFor();
    expect((await lstat(work.at("draft.txt"))).isSymbolicLink()).toBe(true);
    expect(await readFile(work.at("old/notes.md"), "utf8")).toBe("obsolete\n");
  });

  it("waits until nothing works", async () => {
    const work = await session("busy", ["add a hero section"]);
    const page = await visit(work);
    const asked = ask(line, work.sessionId, "tell a long story");
    await page.getByText("Stop the run first").waitFor();
    await choose(page, "Start of session");
    expect(await button(page, "Rewind here").isDisabled()).toBe(true);
    await line.call("session.stop", { sessionId: work.sessionId });
    await asked;
    await expect.poll(() => button(page, "Rewind here").isDisabled()).toBe(false);
    await moment(page, "long story").getByText("no files would change").waitFor();
  });
});

describe("in little room", () => {
  const resize = (page: Page, width: number) =>
    page.locator(".slot", { has: tree(page) }).evaluate((slot, px) => {
      if (slot instanceof HTMLElement) slot.style.width = `${px}px`;
    }, width);

  it("shows one thing at a time in a window of 350 pixels", async () => {
    const page = await visit(await session("narrow"));
    await resize(page, 350);
    await row(page, "src").click();
    await row(page, /index\.html/).waitFor();
    await picture(page, "files-narrow-light");
    await row(page, /index\.html/).click();
    await content(page).getByText("Baked at four").waitFor();
    expect(await tree(page).isVisible()).toBe(false);
    await picture(page, "files-narrow-diff-light");
    expect(await findings(page)).toEqual([]);
    await button(page, "Back to the files").click();
    await frame(page).getByRole("button", { name: "Rewind", exact: true }).click();
    await page.locator(".rewind label", { hasText: "tidy up" }).click();
    await picture(page, "files-narrow-rewind-light");
    expect(await findings(page)).toEqual([]);
    await page.locator(".rewind").getByRole("button", { name: "Preview" }).click();
    await content(page).getByText("4 messages leave the chat.").waitFor();
    expect(await overflow(page)).toBe(0);
  });

  it("shows what was chosen or the way back beside the tree in a window of 800 pixels", async () => {
    const page = await visit(await session("middle", ["tidy up"]));
    await resize(page, 800);
    await row(page, /draft\.txt/).click();
    await content(page).getByText("to be published").waitFor();
    const toggle = frame(page).getByRole("button", { name: "Rewind", exact: true });
    await toggle.click();
    await page.locator(".rewind label", { hasText: "Start of session" }).click();
    expect(await content(page).isVisible()).toBe(false);
    await page.locator(".rewind").getByRole("button", { name: "Preview" }).click();
    await content(page).getByText("2 messages leave the chat.").waitFor();
    await button(page, "Back to the files").filter({ visible: true }).click();
    await page.locator(".rewind label").waitFor();
    await toggle.click();
    await content(page).getByText("Choose a file").waitFor();
    expect(await findings(page)).toEqual([]);
  });

  it("shows one thing at a time on a phone", async () => {
    const page = await visit(await session("phone"), {
      viewport: phone,
      hasTouch: true,
      isMobile: true,
    });
    await page.getByText("8 changed by the agent").waitFor();
    await row(page, "src").click();
    await row(page, /index\.html/).waitFor();
    await show(page, "files-phone");
    const heights = await tree(page)
      .getByRole("treeitem")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
    await row(page, /index\.html/).click();
    await content(page).getByText("Baked at four").waitFor();
    await show(page, "files-phone-diff");
    await button(page, "Back to the files").click();
    await button(page, "Rewind").first().click();
    await page.locator(".rewind label", { hasText: "tidy up" }).click();
    await show(page, "files-phone-rewind");
  });
});
