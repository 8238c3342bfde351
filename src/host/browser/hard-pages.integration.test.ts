// Pages that go wrong, each with a sentence, and a browser that works on afterwards.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { once } from "node:events";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import {
  never,
  openTestBrowsers,
  sessionId,
  waiter,
  type OpenedBrowsers,
} from "../../testing/browser-fixture.ts";
import { cert, key } from "./own-certificate.fixture.ts";
import { holderOf } from "./leftovers.ts";
import { processesOf, renderersOf } from "./processes.fixture.ts";
import type { SessionBrowser } from "./session-browser.ts";
import { maxTabs } from "./tabs.ts";

const leads = [
  ...["file:///etc/passwd", "custom:x", "mailto:a@b.example", "view-source:http://a.example"],
  ...["chrome://version", "data:text/html,hi"],
];
const pages: Record<string, string> = {
  "/": "<title>Home</title><h1>Home</h1>",
  "/alert": `<h1>Alert</h1><button onclick="alert('Sure?'); document.title='Answered'">Ask</button>`,
  "/prompt": `<h1>Prompt</h1><button onclick="document.title = prompt('Name?', 'none')">Ask</button>`,
  "/storm": `<title>Storm</title><h1>Storm</h1><button onclick="for (let i = 0; i < 20; i++) alert(i)">Go</button>`,
  "/endless-alerts": `<h1>Endless</h1><button onclick="while (true) alert('again')">Go</button>`,
  "/stay": `<h1>Stay</h1><input aria-label="Name"><script>onbeforeunload = (event) => event.preventDefault()</script>`,
  "/popups": `<h1>Popups</h1><button onclick="for (let i = 0; i < 40; i++) window.open('/?' + i, '_blank')">Go</button>`,
  "/schemes":
    leads.map((href, at) => `<p><a href="${href}">Link ${at}</a></p>`).join("") +
    `<button onclick="frames[0].location = 'custom:x'">Frame</button><iframe></iframe>` +
    `<button onclick="document.title = 'Pressed'">Press</button>`,
  "/closes": `<h1>Closes</h1><button onclick="window.close()">Go</button>`,
  "/files": `<title>Files</title><p><a href="/file">Get</a></p><p><a href="/flood">Flood</a></p>`,
  "/chooser": `<input type="file" aria-label="Upload" onchange="document.title = this.files[0].name">`,
};
const pdf = Buffer.from("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n");

const broken: string[] = [];

function answer(asked: IncomingMessage, response: ServerResponse): void {
  const path = (asked.url ?? "").split("?")[0] ?? "";
  response.on("close", () => {
    if (!response.writableFinished) broken.push(asked.url ?? "");
  });
  const html = () => response.setHeader("content-type", "text/html");
  const attached = () => response.setHeader("content-disposition", "attachment; filename=a.bin");
  const pour = (piece: Buffer | string, everyMs: number) => {
    const timer = setInterval(() => response.write(piece), everyMs);
    response.on("close", () => clearInterval(timer));
  };
  if (path === "/silent") return;
  if (path === "/slow") {
    html();
    response.write("<title>Slow</title><h1>The beginning</h1>");
    return pour("<p>more</p>", 100);
  }
  if (path === "/huge") {
    html();
    response.write("<title>Huge</title><h1>Huge</h1>");
    return pour(`<p>${"x".repeat(100_000)}</p>`, 5);
  }
  if (path === "/loop") return void response.writeHead(302, { location: "/loop" }).end();
  if (path === "/file") return (attached(), void response.end("twelve bytes"));
  if (path === "/flood") return (attached(), pour(Buffer.alloc(100_000), 10));
  if (path === "/to-flood")
    return void response.writeHead(302, { location: "/flood?by=redirect" }).end();
  if (path === "/flood.pdf") {
    response.setHeader("content-type", "application/pdf");
    return pour(Buffer.concat([pdf, Buffer.alloc(100_000)]), 10);
  }
  if (path === "/stalls") {
    response.setHeader("content-type", "application/zip");
    return void response.write("a beginning");
  }
  if (path === "/cut") {
    response.writeHead(200, { "content-type": "application/zip", "content-length": 5_000 });
    return void response.write("half", () => response.destroy());
  }
  if (path === "/missing") return void response.writeHead(404).end("no");
  if (path === "/log-in") {
    response.setHeader("set-cookie", "who=ada; Path=/; SameSite=Strict");
    return void response.end("in");
  }
  if (path === "/whose") {
    response.setHeader("content-encoding", "gzip");
    return void response.end(gzipSync(asked.headers.cookie ?? "nobody"));
  }
  if (path === "/paper.pdf") {
    response.setHeader("content-type", "application/pdf");
    return void response.end(pdf);
  }
  html();
  response.end(pages[path] ?? "");
}

let opened: OpenedBrowsers;
let site: Server;
let url: string;
let browser: SessionBrowser;

const number = async (words: string): Promise<number> => {
  const { text } = await browser.look({}, never);
  const line = text.split("\n").find((each) => each.includes(words)) ?? "";
  const found = /\[?(\d+)\]?/.exec(line)?.[1];
  if (found === undefined) throw new Error(`no element “${words}” in:\n${text}`);
  return Number(found);
};
const click = async (words: string) =>
  browser.act({ kind: "click", element: await number(words) }, never);
const filesHeld = () => readdirSync(join(opened.dataDir, "browser", "downloads", sessionId));
const problemOf = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: unknown) => (error instanceof AetheriaError ? error : Promise.reject(error as Error)),
  );

beforeAll(async () => {
  site = createServer(answer);
  await once(site.listen(0, "127.0.0.1"), "listening");
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
  opened = openTestBrowsers({
    limits: {
      ...{ navigationMs: 1_500, downloadStalledMs: 1_500 },
      ...{ documentBytes: 3_000_000, downloadBytes: 2_000_000, pdfBytes: 2_000_000 },
    },
  });
});
beforeEach(async () => {
  browser = await opened.browsers.open(sessionId, waiter);
});
afterAll(async () => {
  await opened.close();
  site.closeAllConnections();
  site.close();
});

describe("a page that does not load", () => {
  it("is told of when nothing comes", async () => {
    const problem = await problemOf(browser.open(`${url}/silent`, never));
    expect(problem).toMatchObject({ code: "timeout", retryable: true });
  });
  it("is shown as far as it came", async () => {
    const { text, notes } = await browser.open(`${url}/slow`, never);
    expect(text).toContain("The beginning");
    expect(notes.join()).toContain("did not finish loading");
  });
  it("is cut when it is far too large", async () => {
    const { text, notes } = await browser.open(`${url}/huge`, never);
    expect(text).toContain("Huge");
    expect(notes.join()).toContain("larger than 3 MB");
  });
  it("is told of when it redirects in a circle", async () => {
    const problem = await problemOf(browser.open(`${url}/loop`, never));
    expect(problem?.message).toContain("redirects in a circle");
  });
  it("is refused with a wrong certificate, and there is nothing to click through", async () => {
    const secure = createSecureServer({ cert, key }, (_asked, response) => response.end("no"));
    await once(secure.listen(0, "127.0.0.1"), "listening");
    const { port } = secure.address() as AddressInfo;
    const problem = await problemOf(browser.open(`https://127.0.0.1:${port}/`, never));
    secure.closeAllConnections();
    secure.close();
    expect(problem).toMatchObject({ code: "refused" });
    expect(problem?.message).toContain("ERR_CERT");
    await expect.poll(() => browser.activePage()?.url()).toBe("about:blank");
  });
  it("is stopped when the verb is", async () => {
    const controller = new AbortController();
    const opening = browser.open(`${url}/silent`, controller.signal);
    controller.abort(new AetheriaError("cancelled", "Stopped."));
    expect(await problemOf(opening)).toMatchObject({ code: "cancelled" });
    expect((await browser.open(`${url}/`, never)).title).toBe("Home");
  });
});

describe("schemes", () => {
  it.each([
    "file:///etc/passwd",
    "view-source:http://a.example",
    "data:text/html,hi",
    "javascript:alert(1)",
    "chrome://settings",
    "mailto:a@b.example",
  ])("refuses %s to the agent and to the person", async (address) => {
    expect(await problemOf(browser.open(address, never))).toMatchObject({ code: "refused" });
    await browser.drive("person");
    const typed = browser.person.navigate({ url: address });
    expect(await problemOf(typed)).toMatchObject({ code: "refused" });
    await browser.drive("agent");
  });
  it("stays where it is when a page goes there", async () => {
    await browser.open(`${url}/schemes`, never);
    for (const at of leads.keys()) {
      await problemOf(click(`Link ${at}`));
      expect(browser.activePage()?.url()).toBe(`${url}/schemes`);
    }
    await click("Frame");
    // A question of the browser's own would lie over the page.
    expect((await click("Press")).title).toBe("Pressed");
  });
});

describe("dialogs", () => {
  it("end the act with a note, and wait for an answer", async () => {
    await browser.open(`${url}/alert`, never);
    const asked = await click("Ask");
    expect(asked.notes.join()).toContain("Sure?");
    expect(await problemOf(browser.look({}, never))).toMatchObject({ code: "refused" });
    expect((await browser.state()).dialog).toMatchObject({ kind: "alert", message: "Sure?" });
    const answered = await browser.dialog(true, undefined, never);
    expect(answered.title).toBe("Answered");
  });
  it("take a text", async () => {
    await browser.open(`${url}/prompt`, never);
    await click("Ask");
    expect((await browser.dialog(true, "Ada", never)).title).toBe("Ada");
  });
  it("are closed unseen when there are too many in a row", async () => {
    await browser.open(`${url}/storm`, never);
    await click("Go");
    for (let at = 0; at < 4; at++) {
      await expect.poll(async () => (await browser.state()).dialog).not.toBeNull();
      await browser.dialog(true, undefined, never);
    }
    await expect.poll(async () => (await browser.state()).dialog).not.toBeNull();
    const last = await browser.dialog(true, undefined, never);
    expect(last.notes.join()).toContain("closed without being shown");
    expect((await browser.open(`${url}/`, never)).title).toBe("Home");
  });
  it("without end cost the tab", async () => {
    await browser.open(`${url}/endless-alerts`, never);
    const told = (await click("Go")).notes;
    const isOver = () => browser.tabs().every((tab) => tab.url === "about:blank");
    while (!isOver()) {
      await expect.poll(async () => isOver() || (await browser.state()).dialog).not.toBe(null);
      const answered = await browser.dialog(true, undefined, never).catch(() => null);
      told.push(...(answered?.notes ?? []));
    }
    const home = await browser.open(`${url}/`, never);
    expect(home.title).toBe("Home");
    expect([...told, ...home.notes].join()).toContain("dialogs without end");
    expect(opened.browsers.current(sessionId)).toBe(browser);
  });
  it("do not keep the agent on a page", async () => {
    await browser.open(`${url}/stay`, never);
    await browser.act(
      { kind: "type", fields: [{ element: await number("Name"), text: "x" }] },
      never,
    );
    const left = await browser.open(`${url}/`, never);
    expect(left.title).toBe("Home");
  });
});

describe("tabs", () => {
  it("are never too many", async () => {
    await browser.open(`${url}/popups`, never);
    const { notes } = await click("Go");
    await expect.poll(() => browser.tabs().length).toBe(maxTabs);
    const later = await browser.tab({ kind: "switch", tabId: browser.tabs()[0]!.tabId }, never);
    expect([...notes, ...later.notes].join()).toContain(`more than ${maxTabs} tabs`);
    const [, ...others] = browser.activePage()!.context().pages();
    await Promise.all(others.map((page) => page.close()));
    await expect.poll(() => browser.tabs()).toHaveLength(1);
  });
});

describe("files", () => {
  it("are held outside the workspace until they are taken", async () => {
    await browser.open(`${url}/files`, never);
    const acted = await click("Get");
    await expect.poll(() => browser.downloads()[0]?.state).toBe("held");
    const [held] = browser.downloads();
    expect(held).toMatchObject({ name: "a.bin", sizeBytes: 12 });
    expect(acted.url).toBe(`${url}/files`);
    const taken = await browser.download({ downloadId: held!.downloadId }, never);
    expect(readFileSync(taken.path, "utf8")).toBe("twelve bytes");
    await browser.downloadSaved(taken.downloadId);
    expect(browser.downloads()[0]?.state).toBe("saved");
  });
  it("come by pressing, and by address", async () => {
    await browser.open(`${url}/files`, never);
    const pressed = await browser.download({ element: await number("Get") }, never);
    expect(readFileSync(pressed.path, "utf8")).toBe("twelve bytes");
    const named = await browser.download({ url: `${url}/file` }, never);
    expect(named).toMatchObject({ name: "a.bin", sizeBytes: 12 });
  });
  it("without end are cut with a sentence", async () => {
    await browser.open(`${url}/files`, never);
    const flood = browser.download({ element: await number("Flood") }, never);
    expect(await problemOf(flood), "pressed").toMatchObject({ code: "too_large" });
    const isComing = () => filesHeld().some((name) => name.endsWith(".crdownload"));
    await expect.poll(isComing).toBe(false);
  });
  it.each([
    ["/flood?by=address", "/flood?by=address"],
    ["/to-flood", "/flood?by=redirect"],
  ])("are cut by address too: %s", async (path, asked) => {
    const before = filesHeld();
    const problem = await problemOf(browser.download({ url: `${url}${path}` }, never));
    expect(problem).toMatchObject({ code: "too_large" });
    expect(problem?.message).toBe("a.bin is larger than 2 MB, so it was not taken.");
    await expect.poll(() => broken).toContain(asked);
    await expect.poll(filesHeld).toEqual(before);
  });
  it("are cut when whoever wants them stops", async () => {
    const before = filesHeld();
    const controller = new AbortController();
    const coming = browser.download({ url: `${url}/flood?stopped` }, controller.signal);
    await expect.poll(() => browser.downloads().at(-1)?.state).toBe("coming");
    controller.abort(new AetheriaError("cancelled", "Stopped."));
    expect(await problemOf(coming)).toMatchObject({ code: "cancelled" });
    await expect.poll(() => broken).toContain("/flood?stopped");
    await expect.poll(filesHeld).toEqual(before);
  });
  it.each([
    ["/missing", /answers with the error 404/],
    ["/cut", /did not come whole/],
    ["/stalls", /stopped coming/],
  ])("that do not come by address say why: %s", async (path, words) => {
    const before = filesHeld();
    const problem = await problemOf(browser.download({ url: `${url}${path}` }, never));
    expect(problem?.code).toBe("not_found");
    expect(problem?.message).toMatch(words);
    await expect.poll(filesHeld).toEqual(before);
  });
  it("are waited for only so long", async () => {
    const problem = await problemOf(browser.download({ url: `${url}/silent` }, never));
    expect(problem).toMatchObject({ code: "timeout" });
  });
  it("come by address with the cookies of the profile, beside the tabs", async () => {
    await browser.open(`${url}/log-in`, never);
    const tabs = browser.tabs();
    const { path } = await browser.download({ url: `${url}/whose` }, never);
    expect(readFileSync(path, "utf8")).toBe("who=ada");
    expect(browser.tabs()).toEqual(tabs);
    expect(browser.activePage()!.context().pages()).toHaveLength(tabs.length);
  });
  it("that are pages come as they are", async () => {
    const { path } = await browser.download({ url: `${url}/alert` }, never);
    expect(readFileSync(path, "utf8")).toBe(pages["/alert"]);
  });
  it("that are PDFs are read as text", async () => {
    const { notes } = await browser.open(`${url}/paper.pdf`, never);
    expect(notes.join()).toContain("PDF");
    const listed = browser.downloads();
    const before = filesHeld();
    expect((await browser.text(undefined, never)).text).toBe(`${pdf.length} bytes of PDF`);
    expect(browser.downloads()).toEqual(listed);
    expect(filesHeld()).toEqual(before);
  });
  it("that are PDFs without end are cut", async () => {
    await browser.open(`${url}/flood.pdf`, never);
    const loaded = broken.length;
    const before = filesHeld();
    const reading = browser.text(undefined, never);
    expect(await problemOf(reading)).toMatchObject({ code: "too_large" });
    await expect.poll(() => broken.slice(loaded)).toContain("/flood.pdf");
    await expect.poll(filesHeld).toEqual(before);
    await browser.open(`${url}/`, never);
  });
});

describe("crashes", () => {
  const isLinux = process.platform === "linux";
  /** Beside the profile, which stays. */
  const leftBehind = () =>
    ["artifacts", "temporary"].flatMap((folder) =>
      existsSync(join(opened.dataDir, "browser", folder))
        ? readdirSync(join(opened.dataDir, "browser", folder))
        : [],
    );

  it("of a tab cost the tab, with a sentence, and its process is gone", async () => {
    const { picture } = await browser.open(`${url}/alert`, never);
    // Chromium itself ends when a page crashes that it is drawing a picture of.
    await picture;
    const before = isLinux ? renderersOf(opened.dataDir) : [];
    const page = browser.activePage()!;
    const waiting = browser.wait({ text: "never there", timeoutMs: 20_000 }, never);
    const cdp = await page.context().newCDPSession(page);
    cdp.send("Page.crash").catch(() => undefined);
    expect((await problemOf(waiting))?.message).toContain("crashed");
    const home = await browser.open(`${url}/`, never);
    expect(home.title).toBe("Home");
    expect(browser.tabs()).toHaveLength(1);
    if (!isLinux) return;
    const still = () => renderersOf(opened.dataDir).filter((pid) => before.includes(pid));
    await expect.poll(() => still().length).toBeLessThan(before.length);
  });
  it.each(["crash", "kill"])(
    "of the browser end the verb with a sentence; the next start is a new one: %s",
    async (how) => {
      await browser.open(`${url}/`, never);
      const before = browser;
      const profile = join(opened.dataDir, "browser", "sessions", sessionId, "data");
      const waiting = browser.wait({ text: "never there", timeoutMs: 20_000 }, never);
      const cdp = await browser.activePage()!.context().browser()!.newBrowserCDPSession();
      const pid = await holderOf(profile);
      if (how === "kill" && pid !== null) process.kill(pid, "SIGKILL");
      else cdp.send("Browser.crash").catch(() => undefined);
      expect((await problemOf(waiting))?.message).toContain("ended unexpectedly");
      expect(opened.browsers.current(sessionId)).toBeNull();
      expect((await opened.browsers.state(sessionId)).phase).toBe("none");
      if (isLinux) await expect.poll(() => processesOf(opened.dataDir)).toEqual([]);
      await expect.poll(leftBehind).toEqual([]);
      browser = await opened.browsers.open(sessionId, waiter);
      expect(browser).not.toBe(before);
      expect((await browser.open(`${url}/`, never)).title).toBe("Home");
    },
  );
});

describe("the person", () => {
  it("is waited for, and what they did is told", async () => {
    await browser.open(`${url}/`, never);
    await browser.drive("person");
    const waiting = browser.open(`${url}/alert`, never);
    await expect.poll(async () => (await browser.state()).agentWaits).toBe(true);
    await browser.person.navigate({ url: `${url}/prompt` });
    await browser.drive("agent");
    const acted = await waiting;
    expect(acted).toMatchObject({ url: `${url}/alert` });
    expect(acted.notes.join()).toContain("person drove");
    expect(browser.holdsPrivate).toBe(true);
  });
  it("touches nothing while the agent drives", async () => {
    const driving = browser.person.navigate({ url: `${url}/` });
    expect(await problemOf(driving)).toMatchObject({ code: "refused", hint: "Take over first." });
  });
});
