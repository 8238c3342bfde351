// The Browser app and its steps over a fake host, in every state, theme and size: pictures, axe, and
// what a person's hand and keys become.
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Gallery, galleryPictures, sceneFindings } from "./gallery-page.ts";

let gallery: Gallery;
const open: Page[] = [];
/** What the browser complained of; nothing is refused by the policy, and nothing is thrown. */
const complaints: string[] = [];

beforeAll(async () => {
  gallery = await Gallery.open();
});
afterAll(() => gallery?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(complaints.splice(0)).toEqual([]);
});

const sizes = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;

/** What each state says once it is there. */
const states = {
  open: "click “Search”",
  did: "read the table",
  mine: /Click the page to work in it|Tap the page/,
  plain: "look-alike letters",
  empty: "Nothing is open yet",
  starting: "The browser starts",
  none: "There is no browser here",
  fetching: "Fetching a browser",
  problem: "The browser ended by itself.",
  unknown: "The browser does not answer.",
  prompt: "What is the name of the report?",
  confirm: "Take over to answer it yourself.",
  chooser: "data/sales.csv",
  banners: "The agent waits for you to hand back.",
  more: "More about the browser",
} as const;
type State = keyof typeof states;
const coloured: readonly State[] = ["open", "mine", "plain", "chooser", "banners", "more"];
const live: readonly State[] = ["open", "did", "mine", "plain", "prompt", "confirm", "banners"];

async function visit(
  query: Record<string, string>,
  options: Parameters<Gallery["page"]>[1] = sizes.desktop,
): Promise<Page> {
  const page = await gallery.page(query, options);
  open.push(page);
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return page;
}

/** The same page in another state: a new page for each would cost more than all the rest. */
async function turn(page: Page, query: Record<string, string>): Promise<void> {
  const url = new URL(page.url());
  url.search = new URLSearchParams({ scene: "browser", ...query }).toString();
  await page.goto(url.href);
  const state = (query["state"] ?? "open") as State;
  if (state === "more") await button(page, /More about/).click();
  await page.getByText(states[state]).first().waitFor();
  if (live.includes(state)) await drawn(page);
}

const drawn = (page: Page) =>
  page.locator("canvas:not([width='1'])").waitFor({ state: "attached" });
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });

async function show(page: Page, name: string, looksFor: { axe: boolean }): Promise<void> {
  await page.screenshot({ path: join(galleryPictures, `${name}.png`) });
  if (looksFor.axe) expect(await sceneFindings(page), name).toEqual([]);
  const overflow = "document.documentElement.scrollWidth - innerWidth";
  expect(await page.evaluate(overflow), name).toBeLessThanOrEqual(0);
}

const asked = async (page: Page, name: string): Promise<unknown[]> =>
  page.evaluate(
    `asked.filter((call) => call.name === ${JSON.stringify(name)}).map((call) => call.input)`,
  );
const inputs = async (page: Page) =>
  ((await asked(page, "browser.input")) as { inputs: Record<string, unknown>[] }[]).flatMap(
    (one) => one.inputs,
  );

describe("the Browser window passes axe", () => {
  // Places differ by size and colours by theme: axe looks at every state once, and in the other theme at
  // those that have colours of their own.
  for (const theme of ["light", "dark"])
    for (const [size, options] of Object.entries(sizes))
      it(`in every state: ${theme}, ${size}`, async () => {
        const page = await visit({ scene: "browser", theme }, options);
        const isWhole = theme === "light" && size === "desktop";
        const isDarkPhone = theme === "dark" && size === "phone";
        for (const state of Object.keys(states) as State[]) {
          const axe = isWhole || (isDarkPhone && coloured.includes(state));
          await turn(page, { theme, state });
          await show(page, `browser-${state}-${theme}-${size}`, { axe });
        }
        await turn(page, { theme });
        await button(page, /Replay/).click();
        await page.getByText("Step 4 of 4").waitFor();
        await page.getByRole("img", { name: /Picture of/ }).waitFor();
        await show(page, `browser-replay-${theme}-${size}`, { axe: isWhole || isDarkPhone });
      });

  it("in high contrast, in a narrow window, and with the text at 200 %", async () => {
    const page = await visit({ scene: "browser", theme: "contrast" });
    await turn(page, { theme: "contrast", state: "banners" });
    await show(page, "browser-banners-contrast", { axe: true });
    await turn(page, { theme: "light", state: "mine", size: "narrow" });
    await show(page, "browser-narrow", { axe: true });
    await turn(page, { theme: "light", state: "more", text: "200" });
    await show(page, "browser-text-200", { axe: true });
  });

  it("in the steps of the conversation", async () => {
    for (const theme of ["light", "dark"]) {
      const page = await visit({ scene: "steps", theme });
      await page.getByRole("img", { name: /Picture of/ }).waitFor();
      await page.screenshot({
        path: join(galleryPictures, `browser-steps-${theme}.png`),
        fullPage: true,
      });
      expect(await sceneFindings(page), theme).toEqual([]);
    }
  });
});

describe("the page", () => {
  async function taken(options: Parameters<Gallery["page"]>[1] = sizes.desktop) {
    const page = await visit({ scene: "browser", state: "mine" }, options);
    await drawn(page);
    const box = await page.getByRole("img", { name: "The page: Revenue by region" }).boundingBox();
    if (!box) throw new Error("The picture is not on the screen.");
    const scale = box.width / 1280;
    return { page, at: (x: number, y: number) => [box.x + x * scale, box.y + y * scale] as const };
  }

  it("is watched at the size that it has, and only while it is shown", async () => {
    const page = await visit({ scene: "browser" });
    await drawn(page);
    const [watched] = (await asked(page, "browser.watch")) as Record<string, number>[];
    const ratio = (watched?.["maxWidth"] ?? 0) / (watched?.["maxHeight"] ?? 1);
    expect(ratio).toBeCloseTo(1.6, 1);
    await expect.poll(() => asked(page, "browser.drawn")).toEqual([{ viewId: "v1", frames: 1 }]);
    await page.evaluate("document.querySelector('main').style.display = 'none'");
    await expect.poll(() => asked(page, "browser.unwatch")).toEqual([{ viewId: "v1" }]);
    await page.evaluate("document.querySelector('main').style.display = ''");
    await expect.poll(() => asked(page, "browser.watch")).toHaveLength(2);
  });

  it("takes nothing from the person while the agent drives", async () => {
    const page = await visit({ scene: "browser" });
    await drawn(page);
    await page.getByRole("img", { name: "The page: Revenue by region" }).click();
    await page.keyboard.type("hello");
    expect(await asked(page, "browser.input")).toEqual([]);
    await button(page, "Take over").click();
    await button(page, "Hand back").first().waitFor();
    expect(await asked(page, "browser.drive")).toEqual([{ sessionId: "s1", driver: "person" }]);
  });

  it("gets clicks where they were made, and keys until Escape is pressed twice", async () => {
    const { page, at } = await taken();
    await page.mouse.click(...at(320, 186));
    await page.getByText("Press Esc twice to leave it.").waitFor();
    await page.keyboard.type("Hi");
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Tab");
    await expect
      .poll(async () => (await inputs(page)).filter((one) => one["type"] === "down"))
      .toMatchObject([
        { kind: "mouse", button: "left", clicks: 1 },
        { key: "H" },
        { key: "i" },
        { key: "Control" },
        { key: "a", modifiers: { ctrl: true } },
        { key: "Tab" },
      ]);
    const press = (await inputs(page)).find((one) => one["type"] === "down");
    expect(Math.round(Number(press?.["x"]))).toBeCloseTo(320, -1);
    expect(Math.round(Number(press?.["y"]))).toBeCloseTo(186, -1);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.getByText("Click the page to work in it.").waitFor();
    await page.keyboard.press("x");
    expect((await inputs(page)).filter((one) => one["key"] === "x")).toEqual([]);
    // Nothing that was typed is left in the page.
    expect(await page.evaluate("document.querySelector('textarea').value")).toBe(" ");
  });

  it("gets double clicks, the right button, drags and the wheel", async () => {
    const { page, at } = await taken();
    await page.mouse.dblclick(...at(300, 300));
    await page.mouse.click(...at(300, 300), { button: "right" });
    await page.mouse.move(...at(100, 100));
    await page.mouse.down();
    await page.mouse.move(...at(200, 100));
    await page.mouse.up();
    await page.mouse.wheel(0, 240);
    await expect
      .poll(async () => (await inputs(page)).filter((one) => one["kind"] === "wheel"))
      .toMatchObject([{ deltaY: 240 }]);
    const mouse = (await inputs(page)).filter((one) => one["kind"] === "mouse");
    expect(mouse.filter((one) => one["type"] === "down").map((one) => one["clicks"])).toEqual([
      ...[1, 2, 1, 1],
    ]);
    expect(mouse.filter((one) => one["type"] === "down").map((one) => one["button"])).toEqual([
      ...["left", "left", "right", "left"],
    ]);
    expect(mouse.some((one) => one["type"] === "move" && one["button"] === "left")).toBe(true);
  });

  it("gets what is pasted, and gives what is selected on it", async () => {
    const { page, at } = await taken({
      ...sizes.desktop,
      permissions: ["clipboard-read", "clipboard-write"],
    });
    await page.mouse.click(...at(320, 186));
    await page.evaluate("navigator.clipboard.writeText('naïve – 漢字')");
    await page.keyboard.press("Control+v");
    await expect
      .poll(async () => (await inputs(page)).filter((one) => one["kind"] === "text"))
      .toEqual([{ kind: "text", text: "naïve – 漢字" }]);
    await page.keyboard.press("Control+c");
    await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toBe("5.37 M");
  });

  it("gets the words of an input method as they come and when they are finished", async () => {
    const { page, at } = await taken();
    await page.mouse.click(...at(320, 186));
    const method = await page.context().newCDPSession(page);
    await method.send("Input.imeSetComposition", {
      ...{ text: "かん", selectionStart: 2, selectionEnd: 2 },
    });
    await expect.poll(() => inputs(page)).toContainEqual({ kind: "compose", text: "かん" });
    await method.send("Input.insertText", { text: "漢" });
    await expect
      .poll(async () => (await inputs(page)).filter((one) => one["kind"] === "text"))
      .toEqual([{ kind: "text", text: "漢" }]);
  });

  it("gets taps as clicks on a phone, and words from its keyboard", async () => {
    const { page, at } = await taken(sizes.phone);
    await page.touchscreen.tap(...at(640, 400));
    await expect
      .poll(async () => (await inputs(page)).map((one) => one["type"]))
      .toEqual(["move", "down", "up"]);
    await button(page, "Keyboard").tap();
    await page.keyboard.insertText("hello");
    await expect
      .poll(async () => (await inputs(page)).at(-1))
      .toEqual({ kind: "text", text: "hello" });
  });

  it("is enlarged with two fingers, pulled with one, and still hit where it is tapped", async () => {
    const { page, at } = await taken(sizes.phone);
    const [x, y] = at(640, 160);
    const touches = await pinch(page, [x, y], 20, 60);
    const picture = page.getByRole("img", { name: "The page: Revenue by region" });
    const box = (await picture.boundingBox())!;
    expect(box.width).toBeCloseTo(390 * 3, -1);
    // Nothing of that was meant for the page.
    expect(await inputs(page)).toEqual([]);
    await page.touchscreen.tap(x, y);
    await expect.poll(async () => (await inputs(page)).length).toBe(3);
    const [, press] = await inputs(page);
    const scale = box.width / 1280;
    expect(Number(press?.["x"])).toBeCloseTo((x - box.x) / scale, -1);
    expect(Number(press?.["y"])).toBeCloseTo((y - box.y) / scale, -1);
    await touches([[x, y]], [[x + 60, y]]);
    expect((await picture.boundingBox())!.x).toBeCloseTo(box.x + 60, -1);
    expect(await inputs(page)).toHaveLength(3);
    await show(page, "browser-zoomed-light-phone", { axe: true });
    for (let times = 0; times < 3; times += 1) await button(page, "Zoom out").tap();
    await expect.poll(async () => (await picture.boundingBox())!.width).toBe(390);
    await page.getByText("The page at 100 %").waitFor();
  });

  it("is enlarged by two quick taps while the agent drives", async () => {
    const page = await visit({ scene: "browser" }, sizes.phone);
    await drawn(page);
    const picture = page.getByRole("img", { name: "The page: Revenue by region" });
    const { x, y } = (await picture.boundingBox())!;
    for (let times = 0; times < 2; times += 1) await page.touchscreen.tap(x + 100, y + 100);
    await expect.poll(async () => (await picture.boundingBox())!.width).toBeGreaterThan(900);
    expect(await inputs(page)).toEqual([]);
  });
});

type Places = (readonly [number, number])[];

/** Fingers of a real touch screen; gives a way to move others. */
async function pinch(page: Page, [x, y]: readonly [number, number], from: number, to: number) {
  const line = await page.context().newCDPSession(page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", places: Places) =>
    line.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: places.map(([left, top], id) => ({ x: left, y: top, id })),
    });
  async function pull(start: Places, end: Places): Promise<void> {
    await touch("touchStart", start);
    for (const part of [0.25, 0.5, 0.75, 1])
      await touch(
        "touchMove",
        start.map(([left, top], id) => {
          const [endLeft = 0, endTop = 0] = end[id] ?? [];
          return [left + (endLeft - left) * part, top + (endTop - top) * part] as const;
        }),
      );
    await touch("touchEnd", []);
  }
  const both = (apart: number): Places => [
    [x - apart, y],
    [x + apart, y],
  ];
  await pull(both(from), both(to));
  return pull;
}

describe("around the page", () => {
  it("an address is typed, and what is none is told", async () => {
    const page = await visit({ scene: "browser", state: "mine" });
    const field = page.getByRole("textbox", { name: "Address" });
    await field.fill("two words");
    await field.press("Enter");
    await page.getByText("This is no address.").waitFor();
    await field.fill("example.com/x");
    await field.press("Enter");
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await button(page, "Reload").click();
    await button(page, "New tab").click();
    await page.getByRole("tab", { name: "Exchange rates" }).click();
    await button(page, "Close “Revenue by region”").click();
    await expect
      .poll(() => asked(page, "browser.navigate"))
      .toMatchObject([
        { to: { url: "https://example.com/x" } },
        { to: { step: "back" } },
        { to: { step: "reload" } },
      ]);
    expect(await asked(page, "browser.tab")).toEqual([
      { sessionId: "s1" },
      { sessionId: "s1", tabId: "t2" },
      { sessionId: "s1", tabId: "t1", close: true },
    ]);
  });

  it("the page’s question is answered, and its files are chosen", async () => {
    const page = await visit({ scene: "browser", state: "prompt" });
    await page.getByRole("textbox", { name: "Your answer" }).fill("Q4");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => asked(page, "browser.dialog"))
      .toEqual([{ sessionId: "s1", accept: true, text: "Q4" }]);
    await turn(page, { state: "chooser" });
    await button(page, "report.pdf").click();
    await page.getByRole("textbox", { name: "Find a file" }).fill("sales");
    await button(page, "data/sales.csv").click();
    await button(page, "Give it 2 files").click();
    await expect
      .poll(() => asked(page, "browser.choose"))
      .toEqual([{ sessionId: "s1", paths: ["report.pdf", "data/sales.csv"] }]);
  });

  it("hosts are allowed, files are saved, a profile is taken", async () => {
    const page = await visit({ scene: "browser", state: "banners" });
    await button(page, "Allow telemetry.example.net in this session").click();
    await button(page, "Save report-q3.pdf to the workspace").click();
    await expect
      .poll(() => asked(page, "browser.site"))
      .toEqual([{ sessionId: "s1", host: "telemetry.example.net", rule: "allow" }]);
    await expect
      .poll(() => asked(page, "tool.run"))
      .toEqual([{ sessionId: "s1", name: "browser_download", input: { download: "d1" } }]);
    await turn(page, { state: "more" });
    await page.getByRole("textbox", { name: "A host" }).fill("localhost:3000");
    await page.keyboard.press("Enter");
    await page.getByText("Nothing is kept.").click();
    await expect
      .poll(() => asked(page, "browser.profile"))
      .toEqual([{ sessionId: "s1", profile: { kind: "incognito" } }]);
    expect(await asked(page, "browser.site")).toEqual([
      { sessionId: "s1", host: "localhost:3000", rule: "allow" },
    ]);
  });

  it("steps are gone through with the keys, and the live page is one key away", async () => {
    const page = await visit({ scene: "browser" });
    await button(page, /Replay/).click();
    await page.getByRole("option", { selected: true }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.getByText("Step 3 of 4").waitFor();
    await page.getByRole("img", { name: "Where it was done" }).waitFor();
    await page.keyboard.press("Home");
    await page.getByText("Step 1 of 4").waitFor();
    await page.locator("[role=option][aria-selected=true]:focus").waitFor();
    await page.keyboard.press("Escape");
    await drawn(page);
  });

  it("a browser is fetched where there is none", async () => {
    const page = await visit({ scene: "browser", state: "none" });
    await button(page, "Fetch one").click();
    await expect.poll(() => asked(page, "browser.fetch")).toHaveLength(1);
    await turn(page, { state: "fetching" });
    await page.getByRole("progressbar", { name: "Fetching a browser" }).waitFor();
    await button(page, "Cancel").click();
    await expect.poll(() => asked(page, "browser.fetchStop")).toHaveLength(1);
  });
});
