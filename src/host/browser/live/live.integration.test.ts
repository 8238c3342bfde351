import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Page } from "playwright-core";
import type { BrowserInput } from "../../../contract/browser.ts";
import type { Push } from "../../../contract/calls.ts";
import { createSecrets } from "../secrets.ts";
import { openChromium, type OpenedChromium } from "./chromium.fixture.ts";
import { selectionOf, sendInputs } from "./input.ts";
import { createLiveViews } from "./live-views.ts";

let browser: OpenedChromium;
let page: Page;
const sites = new Map<string, string>();

beforeAll(async () => {
  browser = await openChromium();
  page = browser.page;
  await browser.context.route("**/*", (route) => {
    const body = sites.get(route.request().url().split("?")[0] ?? "") ?? "<p>nothing</p>";
    return route.fulfill({ body, contentType: "text/html" });
  });
});
afterAll(() => browser.close());
beforeEach(() => sites.clear());

async function show(html: string): Promise<void> {
  sites.set("http://one.example/", html);
  await page.goto("http://one.example/");
}

// ── Watching ─────────────────────────────────────────────────────────────────────────────────────

type FramePush = Extract<Push, { type: "browser.frame" }>;

function client() {
  const frames: FramePush[] = [];
  const closers: (() => void)[] = [];
  return {
    frames,
    close: () => closers.forEach((closer) => closer()),
    connection: {
      push: (push: Push) => void (push.type === "browser.frame" && frames.push(push)),
      onClose: (listener: () => void) => void closers.push(listener),
    },
  };
}

function source() {
  const listeners = new Set<(page: Page | null) => void>();
  let front: Page | null = page;
  return {
    listeners,
    activePage: () => front,
    onActivePage(listener: (page: Page | null) => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    bring(next: Page | null) {
      front = next;
      for (const listener of listeners) listener(next);
    },
  };
}

let ids = 0;
const views = createLiveViews({ newId: () => `view-${ids++}` });
afterAll(() => views.close());
const size = { maxWidth: 640, maxHeight: 640 };
const moving = `<body><script>
  let at = 0;
  (function next() { document.body.style.background = "hsl(" + (at += 7) + " 80% 50%)"; requestAnimationFrame(next); })();
</script>`;

/** Width and height that a JPEG says it has. */
function jpegSize(bytes: Uint8Array): { width: number; height: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (view.getUint16(at) !== 0xffc0) at += 2 + view.getUint16(at + 2);
  return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
}

describe("a window that watches", () => {
  it("sees a still page at once, as large as it asked for, and so does the next one", async () => {
    await show("<h1>still</h1>");
    const [first, second, from] = [client(), client(), source()];
    const viewId = views.watch(from, size, first.connection);
    await vi.waitFor(() => expect(first.frames.length).toBeGreaterThan(0));
    expect(first.frames[0]).toMatchObject({ width: 1280, height: 800 });
    expect(jpegSize(first.frames[0]!.bytes)).toEqual({ width: 640, height: 400 });
    views.watch(from, size, second.connection);
    await vi.waitFor(() => expect(second.frames.length).toBeGreaterThan(0));
    expect(views.latest(from)?.bytes).toEqual(second.frames[0]?.bytes);
    views.watch(from, { maxWidth: 960, maxHeight: 960 }, second.connection);
    await vi.waitFor(() => {
      views.drawn(first.connection, viewId, 2);
      expect(jpegSize(first.frames.at(-1)!.bytes).width).toBe(960);
    });
    for (const one of [first, second]) one.close();
    expect(from.listeners.size).toBe(0);
    expect(views.latest(from)).toBeNull();
  });

  it("has few pictures on the way, and the newest after it drew some", async () => {
    await show(moving);
    const [slow, quick, from] = [client(), client(), source()];
    const slowId = views.watch(from, size, slow.connection);
    const quickId = views.watch(from, size, quick.connection);
    await vi.waitFor(() => {
      views.drawn(quick.connection, quickId, 1);
      expect(quick.frames.length).toBeGreaterThan(10);
    });
    expect(slow.frames).toHaveLength(2);
    views.drawn(quick.connection, slowId, 2);
    expect(slow.frames).toHaveLength(2);
    views.drawn(slow.connection, slowId, 1);
    expect(slow.frames).toHaveLength(3);
    expect(slow.frames[2]?.at).toBe(views.latest(from)?.at);
    views.unwatch(quick.connection, slowId);
    expect(from.listeners.size).toBe(1);
    for (const one of [slow, quick]) one.close();
  });

  it("sees the last change of a page that then stands still", async () => {
    await show("<body>");
    const [watcher, from] = [client(), source()];
    const viewId = views.watch(from, size, watcher.connection);
    await vi.waitFor(() => expect(watcher.frames.length).toBeGreaterThan(0));
    views.drawn(watcher.connection, viewId, 9);
    const inSteps = `(async () => {
      for (let at = 0; at < 40; at++) {
        document.body.style.background = at === 39 ? "black" : at % 2 ? "white" : "red";
        await new Promise(requestAnimationFrame);
      }
      document.body.innerHTML = "<p style='color: white'>" + "end ".repeat(3000);
    })()`;
    await page.evaluate(inSteps);
    // Much that is written makes a large picture: no other one here is.
    await vi.waitFor(
      () => {
        views.drawn(watcher.connection, viewId, 1);
        expect(watcher.frames.at(-1)?.bytes.length).toBeGreaterThan(30_000);
      },
      { timeout: 5_000 },
    );
    watcher.close();
  });

  it("follows the tab in front, and a page to its next address", async () => {
    await show("<body style='background: white'>");
    const [watcher, from] = [client(), source()];
    const viewId = views.watch(from, size, watcher.connection);
    const grown = (count: number) =>
      vi.waitFor(() => {
        views.drawn(watcher.connection, viewId, 1);
        expect(watcher.frames.length).toBeGreaterThan(count);
      });
    await grown(0);
    const other = await browser.context.newPage();
    await other.setViewportSize({ width: 500, height: 300 });
    from.bring(other);
    await vi.waitFor(() => {
      views.drawn(watcher.connection, viewId, 1);
      expect(watcher.frames.at(-1)).toMatchObject({ width: 500, height: 300 });
    });
    let before = watcher.frames.length;
    await other.goto("http://other.example/");
    await grown(before);
    await other.close();
    from.bring(null);
    expect(views.latest(from)).toBeNull();
    before = watcher.frames.length;
    from.bring(page);
    await grown(before);
    watcher.close();
  });
});

// ── Driving ──────────────────────────────────────────────────────────────────────────────────────

const modifiers = {};
const mouse = (
  type: "move" | "down" | "up",
  x: number,
  y: number,
  clicks = 1,
  button: "none" | "left" | "right" = type === "move" ? "none" : "left",
): BrowserInput => ({ kind: "mouse", type, x, y, button, clicks, modifiers });
const click = (x: number, y: number, clicks = 1) => [
  mouse("move", x, y),
  ...Array.from({ length: clicks }, (_, at) => [
    mouse("down", x, y, at + 1),
    mouse("up", x, y, at + 1),
  ]).flat(),
];
const press = (key: string, code = key, held: object = {}): BrowserInput[] =>
  (["down", "up"] as const).map((type) => ({ kind: "key", type, key, code, modifiers: held }));
const keys = (text: string): BrowserInput[] =>
  [...text].flatMap((key) => press(key, `Key${key.toUpperCase()}`));

async function middleOf(selector: string, frame = page.mainFrame()) {
  const box = await frame.locator(selector).boundingBox();
  if (box === null) throw new Error(`${selector} is not shown`);
  return [box.x + box.width / 2, box.y + box.height / 2] as const;
}
const run = (script: string) => page.evaluate<unknown>(script);

describe("a person who drives", () => {
  it("clicks once, twice, three times, with each button, and turns the wheel", async () => {
    await show(`<body style="margin: 0; height: 3000px"><p id="p" style="margin: 0">two words</p>
      <script>window.heard = []; for (const type of ["click", "dblclick", "contextmenu", "wheel"])
        addEventListener(type, (event) => heard.push(type + (event.shiftKey ? "+shift" : "")))</script>`);
    await sendInputs(page, click(10, 8, 2));
    expect(await selectionOf(page)).toMatch(/^two ?$/);
    await sendInputs(page, click(10, 8, 3));
    expect((await selectionOf(page)).trim()).toBe("two words");
    await sendInputs(page, [
      mouse("down", 50, 300, 1, "right"),
      mouse("up", 50, 300, 1, "right"),
      { kind: "wheel", x: 50, y: 300, deltaX: 0, deltaY: 400, modifiers: { shift: false } },
    ]);
    await page.waitForFunction("scrollY === 400");
    expect(await run("heard.join(' ')")).toBe(
      "click click dblclick click click dblclick click contextmenu wheel",
    );
  });

  it("types, moves about, selects, copies, pastes and takes back", async () => {
    await show("<input id='a' autofocus><textarea id='b'></textarea>");
    await sendInputs(page, click(...(await middleOf("#a"))));
    await sendInputs(page, [...keys("wörds"), ...press("ArrowLeft"), ...press("Backspace")]);
    expect(await page.inputValue("#a")).toBe("wörs");
    await sendInputs(page, press("a", "KeyA", { ctrl: true }));
    expect(await selectionOf(page)).toBe("wörs");
    await sendInputs(page, [
      ...press("c", "KeyC", { ctrl: true }),
      ...press("Tab"),
      ...press("v", "KeyV", { ctrl: true }),
      ...press("Enter"),
      { kind: "text", text: "日本 🙂" },
      ...press("Dead", "Quote"),
      ...press("é", "KeyE"),
    ]);
    expect(await page.inputValue("#b")).toBe("wörs\n日本 🙂é");
    await sendInputs(page, press("z", "KeyZ", { ctrl: true }));
    expect(await page.inputValue("#b")).not.toContain("é");
  });

  it("writes with an input method: words as they come, then finished, or given up", async () => {
    await show("<input id='a' value='ab'><input id='secret' type='password'>");
    await sendInputs(page, [...click(...(await middleOf("#a"))), ...press("End")]);
    const compose = (text: string): BrowserInput => ({ kind: "compose", text });
    await sendInputs(page, [compose("か"), compose("かん")]);
    expect(await page.inputValue("#a")).toBe("abかん");
    await sendInputs(page, [{ kind: "text", text: "漢" }, compose("じ")]);
    expect(await page.inputValue("#a")).toBe("ab漢じ");
    await sendInputs(page, [compose("")]);
    expect(await page.inputValue("#a")).toBe("ab漢");
    await sendInputs(page, [...click(...(await middleOf("#secret"))), compose("hunt")]);
    await sendInputs(page, [{ kind: "text", text: "hunter" }]);
    expect(await page.inputValue("#secret")).toBe("hunter");
  });

  it("drags a slider, and a thing into its place", async () => {
    await show(`<input id="range" type="range" value="0" style="width: 200px; display: block">
      <b id="thing" draggable="true">thing</b> <div id="place" style="height: 100px; background: #eee"></div>
      <script>thing.ondragstart = (event) => event.dataTransfer.setData("text/plain", "it");
        place.ondragover = (event) => event.preventDefault();
        place.ondrop = (event) => { event.preventDefault(); place.textContent = "got " + event.dataTransfer.getData("text/plain"); };
      </script>`);
    const drag = async (from: string, to: readonly [number, number]) => {
      const [x, y] = await middleOf(from);
      await sendInputs(page, [mouse("move", x, y), mouse("down", x, y)]);
      for (const part of [0.1, 0.5, 1]) {
        const at = [x + (to[0] - x) * part, y + (to[1] - y) * part] as const;
        await sendInputs(page, [mouse("move", ...at, 1, "left")]);
      }
      await sendInputs(page, [mouse("up", ...to)]);
    };
    await drag("#range", [190, 15]);
    expect(Number(await page.inputValue("#range"))).toBeGreaterThan(80);
    await drag("#thing", await middleOf("#place"));
    await vi.waitFor(async () => expect(await page.textContent("#place")).toBe("got it"));
  });

  it("chooses from a list that the pictures show, and types a date", async () => {
    await show(`<select id="list"><option>one<option>two<option>three</select>
      <input id="date" type="date">`);
    await sendInputs(page, click(...(await middleOf("#list"))));
    await page.waitForFunction("document.getElementById('list').matches(':open')");
    await sendInputs(page, click(...(await middleOf("option:nth-child(3)"))));
    expect(await page.inputValue("#list")).toBe("three");
    await sendInputs(page, [...press("ArrowUp"), ...press("Tab")]);
    await page.focus("#date");
    await sendInputs(page, keys("12312026"));
    expect(await page.inputValue("#date")).toBe("2026-12-31");
  });

  it("reaches into frames of other sites", async () => {
    sites.set(
      "http://two.example/",
      `<body style="margin: 0"><input id="in"><select id="list"><option>one<option>two</select>`,
    );
    await show(
      `<iframe src="http://two.example/" width="400" height="300" style="border: 5px solid"></iframe>`,
    );
    const frame = page.frame({ url: "http://two.example/" });
    if (frame === null) throw new Error("no frame");
    await sendInputs(page, click(...(await middleOf("#in", frame))));
    await sendInputs(page, [...keys("ab"), { kind: "text", text: "cd" }]);
    expect(await frame.inputValue("#in")).toBe("abcd");
    await sendInputs(page, press("a", "KeyA", { ctrl: true }));
    expect(await selectionOf(page)).toBe("abcd");
    await sendInputs(page, click(...(await middleOf("#list", frame))));
    await frame.waitForFunction("document.getElementById('list').matches(':open')");
    await sendInputs(page, click(...(await middleOf("option:nth-child(2)", frame))));
    expect(await frame.inputValue("#list")).toBe("two");
  });

  it("is not held up by a page that asks something, and errors say nothing of what was typed", async () => {
    await show(`<button onclick="confirm('sure?')" style="width: 100px; height: 100px">b</button>`);
    const asked = page.waitForEvent("dialog");
    await sendInputs(page, click(50, 50));
    await sendInputs(page, [mouse("move", 300, 300)]);
    await (await asked).accept();
    const gone = await browser.context.newPage();
    await sendInputs(gone, keys("x"));
    await gone.close();
    const error = await sendInputs(gone, keys("hunter2")).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "not_found" });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("hunter");
  });
});

describe("what a person typed into secret fields", () => {
  it("is in no text of the page afterwards, whatever became of the field", async () => {
    sites.set(
      "http://two.example/",
      `<body style="margin: 0"><input id="c" autocomplete="cc-number">`,
    );
    await show(`<form onsubmit="event.preventDefault(); const it = word.value;
        document.body.innerHTML = '<p>Hello ' + it + '</p>'; document.title = it;
        history.pushState({}, '', '?p=' + encodeURIComponent(it));">
        <input id="name"><input id="word" type="password">
        <input type="button" id="shows" value="show" onclick="word.type = 'text'"><button>go</button></form>
        <iframe src="http://two.example/"></iframe>`);
    const secrets = createSecrets();
    const drive = async (inputs: BrowserInput[]) => {
      await secrets.collect(page);
      await sendInputs(page, inputs);
      await secrets.collect(page);
    };
    const frame = page.frame({ url: "http://two.example/" });
    if (frame === null) throw new Error("no frame");
    await drive([...click(...(await middleOf("#c", frame))), ...keys("4242424242424242")]);
    await drive([...click(...(await middleOf("#name"))), ...keys("person")]);
    await drive([...click(...(await middleOf("#word"))), ...keys("käse/&")]);
    await drive(click(...(await middleOf("#shows"))));
    expect(await page.getAttribute("#word", "type")).toBe("text");
    await drive([...click(...(await middleOf("#word"))), ...press("End"), ...keys('"9 z')]);
    const shown = await page.locator("body").ariaSnapshot();
    expect(shown).toContain("käse");
    expect(secrets.redact(shown)).not.toContain("käse");
    await drive(press("Enter"));
    await page.waitForFunction("document.title !== ''");
    const texts = [await page.content(), await page.title(), page.url(), await page.innerText("p")];
    texts.push(JSON.stringify(texts));
    expect(texts.join()).toMatch(/käse.*k%C3%A4se/s);
    for (const text of texts.map(secrets.redact)) {
      expect(text).not.toMatch(/k(ä|%C3%A4)se|9( |%20)z/);
      expect(text).toContain("••••••");
    }
    expect(secrets.redact("card 4242 4242-42424242, person")).toBe("card ••••••, person");
  });
});
