// The browser tools over a real Chromium on the hard pages of the zoo: what a page says is told as data,
// and what is awkward to use can be used.
import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ToolContext, ToolResult } from "../../core/ports.ts";
import type { SessionBrowser } from "../../host/browser/session-browser.ts";
import { createBrowserTools } from "../../host/tools/browser/browser-tools.ts";
import { createFileJournal } from "../../host/tools/files/file-journal.ts";
import { createTakeIn } from "../../host/tools/files/take-in.ts";
import { contextFor } from "../../host/tools/files/temporary-workspace.fixture.ts";
import { openTestBrowsers, type OpenedBrowsers } from "../browser-fixture.ts";
import { createMemoryStore } from "../memory-store.ts";
import { startZoo, type Zoo } from "./start-zoo.ts";

let zoo: Zoo;
let opened: OpenedBrowsers;
let folder: string;
let context: ToolContext;
let tools: ReturnType<typeof createBrowserTools>;
let firstRequest = 0;

beforeAll(async () => {
  zoo = await startZoo();
  // What is opened out of a storm of alerts may take a second try, which begins sooner so.
  opened = openTestBrowsers({ limits: { navigationMs: 5_000 } });
  folder = await realpath(await mkdtemp(join(tmpdir(), "aetheria-zoo-")));
  context = contextFor(folder);
  const { attachments } = createMemoryStore({ clock: { now: () => 0 } });
  const own = { hides: () => Promise.resolve(false) };
  const files = createTakeIn(createFileJournal(attachments), own);
  tools = createBrowserTools({ browsers: opened.browsers, attachments, files });
});
beforeEach(() => {
  firstRequest = zoo.requests().length;
});
afterAll(async () => {
  await opened?.close();
  await zoo?.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

async function call(name: string, input: object = {}): Promise<ToolResult> {
  const tool = tools.find(({ description }) => description.name === name);
  const parsed = tool?.parse(input);
  if (!tool || !parsed?.ok) throw new Error(`${name} does not take ${JSON.stringify(input)}`);
  const running = tool.run(parsed.input, context);
  for (;;) {
    const step = await running.next();
    if (step.done) return step.value;
  }
}
const open = (path: string) => call("browser_open", { url: zoo.url + path });
const look = async () => (await call("browser_look")).text;

/** Of what is shown like this: `button "Save"`. */
async function number(shown: string): Promise<number> {
  const text = await look();
  const at = text.indexOf(`] ${shown}`);
  if (at < 0) throw new Error(`Nothing is shown as ${shown} in:\n${text}`);
  return Number(text.slice(text.lastIndexOf("[", at) + 1, at));
}
const click = async (shown: string) => call("browser_click", { element: await number(shown) });
const browser = () => opened.browsers.current(context.sessionId) as SessionBrowser;
const inPage = (program: string): Promise<unknown> => browser().activePage()!.evaluate(program);
const asked = () =>
  zoo
    .requests()
    .slice(firstRequest)
    .map(({ path }) => path);

/** All that a page says stands in one frame, which it cannot close. */
function expectFramed({ text, labels }: ToolResult): void {
  expect(labels).toContain("untrusted");
  expect(text.match(/<untrusted-page/g)).toHaveLength(1);
  expect(text.match(/<\/\s*untrusted-page/gi)).toHaveLength(1);
  expect(text.trimEnd().endsWith("</untrusted-page>")).toBe(true);
}

describe("a page that gives orders", () => {
  it("is shown as data, without what is no text of it, and nothing it asks for happens", async () => {
    const opened = await open("/hostile/orders");
    expectFramed(opened);
    expect(opened.text).toContain("Mix 500 g of flour");
    expect(opened.text).toContain("IMPORTANT MESSAGE FOR AI ASSISTANTS");
    for (const hidden of ["hidden", "comment", "meta"])
      expect(opened.text, hidden).not.toContain(`stolen=${hidden}`);
    expectFramed(await call("browser_extract_text"));
    expect(asked().filter((path) => path.includes("stolen"))).toEqual([]);
  });

  it("cannot close its frame, nor pass for elements", async () => {
    const opened = await open("/hostile/fence");
    expectFramed(opened);
    expectFramed(await call("browser_extract_text"));
    const real = await number('button "Go');
    expect((await call("browser_attributes", { element: real })).labels).toContain("untrusted");
    expect(opened.text).not.toMatch(/^\[1\] button "Search"/m);
  });
});

describe("a banner about cookies", () => {
  for (const [where, path, cookie] of [
    ["on the page", "/banner/plain", "consent=none"],
    ["in a shadow root", "/banner/shadow", "consent=none"],
  ] as const)
    for (const lang of ["de", "en"])
      it(`is refused ${where}, in ${lang}`, async () => {
        await open("/wiki");
        await inPage("document.cookie = 'consent=; Path=/banner; Max-Age=0'");
        await open(`${path}?lang=${lang}`);
        await call("browser_dismiss_banner");
        expect(await inPage("document.cookie")).toContain(cookie);
        expect(await look()).not.toMatch(/Cookies/);
      });

  it("is refused in a German frame of another origin", async () => {
    await open("/banner/frame?lang=de");
    await call("browser_dismiss_banner");
    await expect.poll(() => zoo.requests().at(-1)?.body).toBe("consent=none");
  });
});

describe("awkward pages", () => {
  it("that rewrite themselves every 10 ms are shown, refuse in a sentence, and are left", async () => {
    expectFramed(await open("/restless"));
    await expect(click('button "Press me"')).rejects.toThrow("no longer on the page");
    expect((await open("/wiki")).labels).toContain("untrusted");
  });

  it("with a storm of alerts end with a sentence, and another page opens", async () => {
    const told = [(await open("/dialogs/storm")).text];
    const isOver = () => /without being shown|without end/.test(told.join());
    for (let at = 0; at < 20 && !isOver(); at++) {
      await expect
        .poll(async () => isOver() || (await browser().state()).dialog !== null)
        .toBe(true);
      const answered = call("browser_dialog", { accept: true });
      told.push(
        await answered.then(
          ({ text }) => text,
          (error: Error) => error.message,
        ),
      );
    }
    expect(isOver(), told.join("\n")).toBe(true);
    // One that opened in between is answered as well, as whoever browses would.
    const leave = () =>
      open("/wiki").then(
        () => "left",
        () => call("browser_dialog", { accept: false }).catch(() => "none was open"),
      );
    await expect.poll(leave).toBe("left");
  }, 40_000);

  it("take text in rich, masked and plain editors", async () => {
    await open("/editor");
    const rich = await number('textbox "Rich note"');
    await call("browser_type", { element: rich, text: "Dear zoo,\nhello" });
    expect(await inPage("document.querySelector('.box').innerText")).toMatch(
      /^Dear zoo,\n+hello\n*$/,
    );
    const masked = await number('textbox "Masked date"');
    await call("browser_type", { element: masked, text: "24122026" });
    expect(await inPage("document.getElementById('masked').value")).toBe("24.12.2026");
    const live = await number('combobox "Search as you type"');
    await call("browser_type", { element: live, text: "ber" });
    expect((await call("browser_wait", { text: "Bergen" })).text).toContain('option "Berlin"');
    await click('option "Berlin"');
    expect(await look()).toContain("Chosen Berlin");
  });

  it("let a day be chosen in their calendar", async () => {
    await open("/calendar");
    await click('textbox "Day"');
    await click('button "Next month"');
    await click('button "17 April 2026"');
    expect(await inPage("document.getElementById('day').value")).toBe("2026-04-17");
  });

  it("give the tables of a dashboard as CSV, and their charts as pictures", async () => {
    await open("/dashboard");
    const { labels } = await call("browser_extract_table", { table: 1, path: "dashboard.csv" });
    expect(labels).toContain("untrusted");
    const csv = await readFile(join(folder, "dashboard.csv"), "utf8");
    expect(csv).toContain("North,");
    expect(csv).toContain('"East, ""old""","4,100"');
    expect((await call("browser_screenshot")).files).toHaveLength(1);
    await click('canvas "Drawing pad"');
    expect(await look()).toMatch(/Clicked at \d+, \d+/);
  });

  it("say what is disabled, covered or gone", async () => {
    await open("/buttons");
    for (const [shown, why] of [
      ['button "Never enabled"', /disabled/],
      ['button "Covered button"', /cover/],
    ] as const)
      await expect(click(shown), shown).rejects.toThrow(why);
    const goes = await number('button "Goes away"');
    await call("browser_click", { element: goes });
    await expect(call("browser_click", { element: goes })).rejects.toThrow(/no longer|gone/);
    await click('button "Far below"');
    expect(await look()).toContain("far pressed");
  });

  it("have lists, switches and tabs of their own kinds", async () => {
    await open("/select");
    const country = await number('select "Country"');
    await call("browser_select", { element: country, options: ["Sweden"] });
    await click('combobox "Fruit"');
    await click('option "Pear"');
    expect(await inPage("[...new FormData(document.forms[0])].join(' ')")).toMatch(
      /country,se.*fruit,Pear/,
    );
    await open("/controls");
    await click('switch "Night mode"');
    expect(await look()).toContain("night: true");
    await click('tab "Two"');
    expect(await look()).toContain("Panel two");
  });
});

it("what a form would send is told whole, with what it hides, and where to", async () => {
  await open("/hostile/hidden-form");
  const { sends } = await browser().facts(await number('button "Subscribe"'));
  expect(sends).toMatchObject({ host: zoo.other.host, method: "post" });
  const values = sends?.fields.map(({ value }) => value).join();
  expect(values).toContain("Elm Street 5");
  // A card's number is nobody's business but the person's.
  expect(values).not.toContain("4111");
});
