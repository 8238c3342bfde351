// What every Browsers must do, whatever drives it: run against Chromium and against the fake. Its pages
// are here twice: as they are served, and as the fake is told of them.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AetheriaError } from "../contract/errors.ts";
import { type ErrorCode } from "../contract/errors.ts";
import { SessionId } from "../contract/ids.ts";
import type { Browser, Browsers, ElementNumber, PageAction } from "../core/browser-ports.ts";
import type { FakePage } from "./fake-browsers.ts";

export type BrowsersSetup = {
  browsers: Browsers;
  /** Where `suiteHtml` is served: `http://127.0.0.1:1234`. */
  url: string;
  /** What stands in the field that is labelled like this, on the page in front. */
  valueOf(browser: Browser, name: string): Promise<string>;
  /** The session's browser ends. */
  end(sessionId: SessionId): Promise<void>;
  close(): Promise<void>;
};

export const suiteHtml: Readonly<Record<string, string>> = {
  "/": `<title>Home</title><h1>Welcome</h1><p><a href="/next">Next</a></p>
    <form action="/found"><label>Words <input name="words"></label>
    <label>Password <input type="password" name="secret"></label><button>Search</button></form>`,
  "/next": `<title>Next</title><h1>The next page</h1><p><a href="/">Home</a></p>`,
  "/asks": `<title>Asks</title><button onclick="confirm('Delete it?')">Delete</button>`,
  "/table": `<title>Table</title><table><caption>Prices</caption><thead><tr><th>Thing</th><th>Price</th></tr></thead>
    <tbody><tr><td>Tea</td><td>3</td></tr></tbody></table>`,
  "/files": `<title>Files</title><p><a href="/file">Get it</a></p>`,
};
export const suiteFile = { name: "a.txt", text: "twelve bytes" };
export const suiteCookie = "seen";

export function suitePages(url: string): Record<string, FakePage> {
  const { host } = new URL(url);
  const sends = { host, url: `${url}/found`, method: "get" as const };
  const fields = [
    { name: "Words", value: "" },
    { name: "Password", value: "••••••" },
  ];
  const search = { ...sends, fields };
  return {
    [`${url}/`]: {
      title: "Home",
      elements: [
        { role: "link", name: "Next", href: `${url}/next` },
        { role: "textbox", name: "Words", sends: search },
        { role: "textbox", name: "Password", secret: true, sends: search },
        { role: "button", name: "Search", sends: search },
      ],
    },
    [`${url}/next`]: {
      title: "Next",
      elements: [{ role: "link", name: "Home", href: `${url}/` }],
      markdown: "# The next page",
    },
    [`${url}/asks`]: {
      title: "Asks",
      elements: [{ role: "button", name: "Delete", asks: "Delete it?" }],
    },
    [`${url}/table`]: {
      title: "Table",
      tables: [{ caption: "Prices", header: ["Thing", "Price"], rows: [["Tea", "3"]] }],
    },
    [`${url}/files`]: {
      title: "Files",
      elements: [{ role: "link", name: "Get it", href: `${url}/file` }],
    },
  };
}

const sessionA = SessionId.parse("01900000-0000-7000-8000-00000000000a");
const sessionB = SessionId.parse("01900000-0000-7000-8000-00000000000b");
const never = new AbortController().signal;
const waiter = { signal: never, onProgress: () => undefined };
/** No browser gives as many. */
const neverGiven = 99_999;

const refusedAs = (code: ErrorCode) =>
  expect.objectContaining({ name: "AetheriaError", code }) as AetheriaError;

async function number(browser: Browser, name: string): Promise<ElementNumber> {
  const { text } = await browser.look({}, never);
  const found = new RegExp(`\\[(\\d+)\\] \\w+ ["“]${name}`).exec(text)?.[1];
  if (found === undefined) throw new Error(`Nothing is shown as ${name} in:\n${text}`);
  return Number(found);
}

export function describeBrowsers(name: string, open: () => Promise<BrowsersSetup>): void {
  describe(name, () => {
    let setup: BrowsersSetup;
    let browser: Browser;
    let url: string;
    beforeAll(async () => {
      setup = await open();
      url = setup.url;
    });
    afterAll(() => setup?.close());

    const click = async (words: string) =>
      browser.act({ kind: "click", element: await number(browser, words) }, never);

    it("start one browser for each session, when it is first needed", async () => {
      const { browsers } = setup;
      expect(browsers.current(sessionA)).toBeNull();
      browser = await browsers.open(sessionA, waiter);
      expect(await browsers.open(sessionA, waiter)).toBe(browser);
      expect(browsers.current(sessionA)).toBe(browser);
      expect(browsers.current(sessionB)).toBeNull();
      expect(await browsers.program()).toEqual(browser.program);
      await expect(
        browsers.open(sessionB, { ...waiter, signal: AbortSignal.abort() }),
      ).rejects.toThrow();
      expect(browsers.current(sessionB)).toBeNull();
    });

    it("open a page and tell what is on it, with a picture", async () => {
      const acted = await browser.open(`${url}/`, never);
      expect(acted).toMatchObject({ url: `${url}/`, title: "Home", notes: [], box: null });
      for (const words of ["Next", "Words", "Search"]) expect(acted.text).toContain(words);
      expect(acted.viewport).toEqual({ width: 1280, height: 800 });
      expect((await acted.picture)?.mime).toBe("image/jpeg");
      expect(browser.place()).toEqual({ url: `${url}/`, title: "Home" });
      expect(browser.tabs()).toMatchObject([{ url: `${url}/`, title: "Home", active: true }]);
      expect(browser.holdsPrivate).toBe(false);
    });

    it.each(["file:///etc/passwd", "data:text/html,hi", "chrome://version"])(
      "do not open %s",
      async (address) => {
        await expect(browser.open(address, never)).rejects.toEqual(refusedAs("refused"));
        expect(browser.place()?.url).toBe(`${url}/`);
      },
    );

    it("do nothing for who has stopped", async () => {
      const stopped = AbortSignal.abort();
      await expect(browser.open(`${url}/next`, stopped)).rejects.toThrow();
      await expect(browser.look({}, stopped)).rejects.toThrow();
      expect(browser.place()?.url).toBe(`${url}/`);
    });

    it("know an element by its number", async () => {
      const next = await number(browser, "Next");
      expect(await number(browser, "Next")).toBe(next);
      expect(await browser.facts(next)).toMatchObject({
        ...{ role: "link", name: "Next", href: `${url}/next`, secret: false, sends: null },
      });
      const password = await browser.facts(await number(browser, "Password"));
      expect(password).toMatchObject({ secret: true });
    });

    it("tell what pressing would send, secrets aside", async () => {
      const sent = { host: new URL(url).host, url: `${url}/found`, method: "get" };
      const { sends } = await browser.facts(await number(browser, "Search"));
      expect(sends).toMatchObject(sent);
      const words = await number(browser, "Words");
      expect(await browser.pressSends(["Enter"], words)).toMatchObject(sent);
      expect(await browser.pressSends(["Tab"], words)).toBeNull();
    });

    it("type in place of what is there, or after it", async () => {
      const element = await number(browser, "Words");
      const type = (text: string, append: boolean) =>
        browser.act({ kind: "type", fields: [{ element, text }], append }, never);
      await type("green", false);
      await type("black", false);
      await type(" tea", true);
      expect(await setup.valueOf(browser, "Words")).toBe("black tea");
    });

    it("follow a link, and go back, forward and over it again", async () => {
      expect(await click("Next")).toMatchObject({ url: `${url}/next`, title: "Next" });
      expect((await browser.text(undefined, never)).text).toContain("The next page");
      expect((await browser.step("back", never)).title).toBe("Home");
      expect((await browser.step("forward", never)).title).toBe("Next");
      expect((await browser.step("reload", never)).title).toBe("Next");
      await expect(browser.step("forward", never)).rejects.toEqual(refusedAs("refused"));
    });

    it("refuse the number of a page that is gone, and one that was never given", async () => {
      const gone = await number(browser, "Home");
      await browser.open(`${url}/`, never);
      expect(await number(browser, "Next")).toBeGreaterThan(gone);
      for (const element of [gone, neverGiven]) {
        const problem = refusedAs("bad_input");
        const shot = { numbers: false, wholePage: false, element };
        await expect(browser.act({ kind: "click", element }, never)).rejects.toEqual(problem);
        await expect(browser.look({ within: element }, never)).rejects.toEqual(problem);
        await expect(browser.facts(element)).rejects.toEqual(problem);
        await expect(browser.attributes(element)).rejects.toEqual(problem);
        await expect(browser.text(element, never)).rejects.toEqual(problem);
        await expect(browser.tables(element, never)).rejects.toEqual(problem);
        await expect(browser.screenshot(shot, never)).rejects.toEqual(problem);
        await expect(browser.download({ element }, never)).rejects.toEqual(problem);
      }
      expect(browser.place()?.url).toBe(`${url}/`);
    });

    it("wait for words, only so long", async () => {
      const there = await browser.wait({ text: "Next", timeoutMs: 5_000 }, never);
      expect(there.title).toBe("Home");
      const wait = { text: "never said", timeoutMs: 50 };
      await expect(browser.wait(wait, never)).rejects.toEqual(refusedAs("timeout"));
    });

    it("press keys, hover and scroll", async () => {
      const element = await number(browser, "Words");
      const actions: PageAction[] = [
        { kind: "press", keys: ["Tab"], element },
        { kind: "hover", element },
        { kind: "scroll", scroll: { to: "bottom" } },
      ];
      for (const action of actions) expect((await browser.act(action, never)).url).toBe(`${url}/`);
    });

    it("keep tabs apart, each with its numbers", async () => {
      const [first] = browser.tabs();
      const next = await number(browser, "Next");
      const second = await browser.tab({ kind: "new", url: `${url}/next` }, never);
      expect(second.title).toBe("Next");
      await expect(browser.facts(next)).rejects.toEqual(refusedAs("bad_input"));
      const home = await number(browser, "Home");
      const third = await browser.tab({ kind: "new" }, never);
      expect(third.url).toBe("about:blank");
      expect(browser.tabs().map(({ active }) => active)).toEqual([false, false, true]);

      await browser.tab({ kind: "switch", tabId: first!.tabId }, never);
      expect(await number(browser, "Next")).toBe(next);
      const [, , last] = browser.tabs();
      await browser.tab({ kind: "close", tabId: last!.tabId }, never);
      expect(browser.place()?.title).toBe("Home");
      const after = await browser.tab({ kind: "close", tabId: first!.tabId }, never);
      expect(after.title).toBe("Next");
      expect(after.text).not.toBe("");
      expect(await number(browser, "Home")).toBe(home);
      const gone = { kind: "switch", tabId: first!.tabId } as const;
      await expect(browser.tab(gone, never)).rejects.toEqual(refusedAs("not_found"));
    });

    it("have an empty tab where the last one was closed", async () => {
      const [only, ...others] = browser.tabs();
      expect(others).toEqual([]);
      const closed = await browser.tab({ kind: "close", tabId: only!.tabId }, never);
      expect(closed.url).toBe("about:blank");
      expect(browser.tabs()).toMatchObject([{ url: "about:blank", active: true }]);
      expect(browser.tabs()[0]?.tabId).not.toBe(only!.tabId);
    });

    it("answer a dialog, and nothing else until then", async () => {
      const answer = browser.dialog(true, undefined, never);
      await expect(answer).rejects.toEqual(refusedAs("not_found"));
      await browser.open(`${url}/asks`, never);
      const asked = await click("Delete");
      expect(asked.notes.join()).toContain("Delete it?");
      expect(asked.text).toBe("");
      await expect(browser.look({}, never)).rejects.toEqual(refusedAs("refused"));
      await expect(browser.open(`${url}/`, never)).rejects.toEqual(refusedAs("refused"));
      expect((await browser.dialog(false, undefined, never)).title).toBe("Asks");
      expect((await browser.look({}, never)).title).toBe("Asks");
    });

    it("read tables", async () => {
      await browser.open(`${url}/table`, never);
      expect(await browser.tables(undefined, never)).toEqual([
        { caption: "Prices", header: ["Thing", "Price"], rows: [["Tea", "3"]] },
      ]);
    });

    it("take a picture", async () => {
      const shot = { numbers: true, wholePage: false };
      const { bytes, mime } = await browser.screenshot(shot, never);
      expect(mime).toBe("image/jpeg");
      expect(bytes.length).toBeGreaterThan(0);
    });

    it("hold a file until it was taken in", async () => {
      await browser.open(`${url}/files`, never);
      const from = { element: await number(browser, "Get it") };
      const held = await browser.download(from, never);
      expect(held).toMatchObject({ name: suiteFile.name, sizeBytes: suiteFile.text.length });
      const { downloadId } = held;
      expect(browser.downloads()).toMatchObject([{ downloadId, name: "a.txt", state: "held" }]);
      expect(await browser.download({ downloadId }, never)).toEqual(held);
      await browser.downloadSaved(downloadId);
      expect(browser.downloads()).toMatchObject([{ downloadId, state: "saved" }]);
      for (const one of [downloadId, "never"])
        await expect(browser.download({ downloadId: one }, never)).rejects.toEqual(
          refusedAs("not_found"),
        );
    });

    it("name cookies without their values, and forget them", async () => {
      const cookies = await browser.cookies();
      expect(cookies).toEqual([{ host: "127.0.0.1", name: suiteCookie, expires: null }]);
      expect(await browser.clearCookies("elsewhere.example")).toBe(0);
      expect(await browser.clearCookies("127.0.0.1")).toBe(1);
      expect(await browser.cookies()).toEqual([]);
    });

    it("are told of as gone once they ended, and start anew", async () => {
      await setup.end(sessionA);
      expect(setup.browsers.current(sessionA)).toBeNull();
      const problem = refusedAs("not_found");
      await expect(browser.open(`${url}/`, never)).rejects.toEqual(problem);
      await expect(browser.look({}, never)).rejects.toEqual(problem);
      await expect(browser.facts(1)).rejects.toEqual(problem);
      expect(browser.tabs()).toEqual([]);
      expect(browser.place()).toBeNull();
      const another = await setup.browsers.open(sessionA, waiter);
      expect(another).not.toBe(browser);
      expect((await another.open(`${url}/`, never)).title).toBe("Home");
    });
  });
}
