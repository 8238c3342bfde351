// The desk in a real browser over the real host: windows under the pointer and under the keyboard,
// their layout kept per session, what a hidden one costs, and a picture of each screen.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { laptop, PageRig, phone, type Served } from "./page-rig.ts";
import { picture, show } from "./show.ts";

let rig: PageRig;
let served: Served;
const open: Page[] = [];
/** What pages threw; nothing is thrown. */
const thrown: string[] = [];

beforeAll(async () => {
  rig = await PageRig.open();
  await writeFile(join(rig.workspace, "report.csv"), "region,q2,q3\nEMEA,4.10,5.37\n");
  await writeFile(join(rig.workspace, "notes.md"), "# Notes\n\nEMEA leads.\n");
  script();
  served = await rig.serve("desk", rig.withModel);
  const page = await visit();
  await page.getByRole("button", { name: "Choose folder" }).click();
  await page.getByRole("textbox", { name: "Folder" }).fill(rig.workspace);
  await page.getByRole("button", { name: "Use this folder" }).click();
  await page.getByRole("button", { name: "Change" }).waitFor();
  await page.context().close();
});
afterAll(() => rig?.close());
afterEach(async () => {
  await Promise.all(open.splice(0).map((page) => page.context().close()));
  expect(thrown.splice(0)).toEqual([]);
});

function script(): void {
  const use = (name: string, input: object) => ({
    toolCalls: [{ name, arguments: JSON.stringify(input) }],
  });
  const turns = [
    { ...use("list_files", { path: "." }), reasoning: "First the folder, then the report." },
    use("read_file", { path: "report.csv" }),
    { content: "Revenue grew **18.4 %**, led by **EMEA (+31 %)**. The table is in report.csv." },
  ];
  turns.forEach((response, index) =>
    rig.model.addFixture({
      match: {
        userMessage: "quarter",
        predicate: ({ messages }) =>
          messages.filter(({ role }) => (role as string) === "tool").length === index,
      },
      response,
    }),
  );
  rig.model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a word. ".repeat(60) },
    chunkSize: 12,
    latency: 10,
  });
  rig.model.onMessage("hello", { content: "Hello to you." });
}

async function visit(options: Parameters<PageRig["page"]>[1] = {}): Promise<Page> {
  const page = await rig.page(served.address, options);
  open.push(page);
  page.on("pageerror", (error) => thrown.push(error.message));
  await page.getByRole("textbox", { name: "Message" }).waitFor();
  return page;
}

const message = (page: Page) => page.getByRole("textbox", { name: "Message" });
const log = (page: Page) => page.getByRole("log");
const window = (page: Page, name: string) =>
  page.getByRole("region", { name: new RegExp(`^${name}`) });
const dock = (page: Page, name: string) =>
  page.getByRole("navigation", { name: "Apps" }).getByRole("button", { name });
const verb = (page: Page, name: string, what: string) =>
  window(page, name).getByRole("button", { name: what, exact: true });

async function session(page: Page, text: string, answer: string | RegExp): Promise<void> {
  await message(page).fill(text);
  await message(page).press("Enter");
  await log(page).getByText(answer).first().waitFor();
}

interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

async function box(where: Locator): Promise<Box> {
  const found = await where.boundingBox();
  if (!found) throw new Error("It is not on the screen.");
  return found;
}

const area = (page: Page): Promise<Box> => box(page.locator(".work > .area"));

async function drag(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move((from[0] + to[0]) / 2, (from[1] + to[1]) / 2, { steps: 4 });
  await page.mouse.move(...to, { steps: 4 });
}

/** The middle of its title bar. */
async function title(page: Page, name: string): Promise<[number, number]> {
  const { x, y, width } = await box(window(page, name));
  return [x + width / 2, y + 18];
}

const layout = (page: Page): Promise<Record<string, { windows: { app: string }[] }>> =>
  page.evaluate(`Object.fromEntries(Object.entries(localStorage)
    .filter(([key]) => key.startsWith("aetheria-desk:"))
    .map(([key, value]) => [key.slice(14), JSON.parse(value)]))`);

const focus = (page: Page): Promise<string> =>
  page.evaluate(`(() => {
    const one = document.activeElement;
    const region = one.closest("section[aria-labelledby]");
    const name = region && document.getElementById(region.getAttribute("aria-labelledby"));
    return (name ? name.textContent : "") + "|" + (one.labels?.[0]?.textContent.trim() ?? one.getAttribute("aria-label") ?? one.tagName);
  })()`);

describe("windows under the pointer", () => {
  it("lie beside each other, are dragged by the title, and snap at the edges", async () => {
    const page = await visit();
    await session(page, "Sum up last quarter", /The table is in report/);
    await dock(page, "Activity").click();
    await window(page, "Activity").getByText("list_files").first().waitFor();
    await dock(page, "Files").click();
    await window(page, "Files").getByText("report.csv").first().waitFor();
    await show(page, "windows-three");
    const [chat, activity] = [await box(window(page, "Chat")), await box(window(page, "Activity"))];
    expect(activity.x - (chat.x + chat.width)).toBeCloseTo(26, 0);

    const work = await area(page);
    await drag(page, await title(page, "Files"), [work.x + 2, work.y + work.height / 2]);
    await page.locator(".preview").waitFor();
    await picture(page, "windows-snapping");
    await page.mouse.up();
    const half = (work.width - 26) / 2;
    expect(await box(window(page, "Files"))).toMatchObject({ x: work.x, height: work.height });
    expect((await box(window(page, "Files"))).width).toBeCloseTo(half, 0);
    await page.getByText("Files: left half").waitFor();

    await drag(page, await title(page, "Files"), [work.x + work.width - 1, work.y + 20]);
    await page.mouse.up();
    const quarter = await box(window(page, "Files"));
    expect(quarter.x).toBeCloseTo(work.x + half + 26, 0);
    expect(quarter.height).toBeCloseTo((work.height - 26) / 2, 0);

    const from = await title(page, "Files");
    await drag(page, from, [from[0] - 300, from[1] + 120]);
    await page.keyboard.press("Escape");
    expect(await box(window(page, "Files"))).toEqual(quarter);
    await page.mouse.up();
    expect(await box(window(page, "Files"))).toEqual(quarter);

    await drag(page, from, [work.x + work.width / 2, work.y - 6]);
    await page.mouse.up();
    expect(await box(window(page, "Files"))).toEqual(work);
  });

  it("are pulled at every side, never too small and never off the desk", async () => {
    const page = await visit();
    await session(page, "hello there", "Hello to you.");
    await verb(page, "Chat", "Restore size").click();
    const work = await area(page);
    await drag(page, await title(page, "Chat"), [work.x + 700, work.y + 18]);
    await page.mouse.up();
    const before = await box(window(page, "Chat"));
    const pull = async (handle: string, dx: number, dy: number) => {
      const grip = await box(page.locator(`[data-pull="${handle}"]`));
      const at: [number, number] = [grip.x + grip.width / 2, grip.y + grip.height / 2];
      await drag(page, at, [at[0] + dx, at[1] + dy]);
      await page.mouse.up();
      return box(window(page, "Chat"));
    };
    const wider = await pull("-1 0", -100, 40);
    expect(wider.x).toBeCloseTo(before.x - 100, 0);
    expect(wider.x + wider.width).toBeCloseTo(before.x + before.width, 0);
    expect(wider.height).toBeCloseTo(before.height, 0);
    const lower = await pull("1 1", -50, -200);
    expect(lower.height).toBeCloseTo(before.height - 200, 0);
    const least = await pull("1 1", -2_000, -2_000);
    expect([least.width, least.height].map(Math.round)).toEqual([320, 220]);
    await drag(page, await title(page, "Chat"), [work.x + 1, work.y + 3_000]);
    await page.mouse.up();
    const low = await box(window(page, "Chat"));
    expect(low.y + low.height).toBeLessThanOrEqual(work.y + work.height + 1);
  });

  it("are tiled, minimised, brought back, made full, and closed", async () => {
    const page = await visit();
    await session(page, "hello again", "Hello to you.");
    for (const name of ["Activity", "Files", "Settings"]) await dock(page, name).click();
    await window(page, "Settings").waitFor();
    // What Settings covers is not drawn.
    await expect.poll(() => window(page, "Chat").count()).toBe(0);
    await verb(page, "Settings", "Window menu").click();
    await page.getByRole("menuitem", { name: "Tile all" }).click();
    const work = await area(page);
    const boxes = await Promise.all(
      ["Chat", "Activity", "Files", "Settings"].map((name) => box(window(page, name))),
    );
    for (const one of boxes) expect(one.width).toBeCloseTo((work.width - 26) / 2, 0);
    expect(new Set(boxes.map(({ x, y }) => `${Math.round(x)} ${Math.round(y)}`)).size).toBe(4);
    await show(page, "windows-tiled");

    await verb(page, "Files", "Minimise").click();
    await window(page, "Files").waitFor({ state: "hidden" });
    await dock(page, "Files, open").click();
    expect(await box(window(page, "Files"))).toEqual(boxes[2]);

    await page.mouse.dblclick(...(await title(page, "Files")));
    expect(await box(window(page, "Files"))).toEqual(work);
    await page.mouse.dblclick(...(await title(page, "Files")));
    expect(await box(window(page, "Files"))).toEqual(boxes[2]);

    for (const name of ["Files", "Settings", "Activity"]) await verb(page, name, "Close").click();
    await verb(page, "Chat", "Close").click();
    await page.getByRole("heading", { name: "Nothing is open here" }).waitFor();
    await show(page, "windows-none");
    await page.getByRole("button", { name: "Open the chat" }).click();
    await log(page).getByText("Hello to you.").waitFor();
    expect(await box(window(page, "Chat"))).toEqual(work);
  });
});

describe("windows under the keyboard", () => {
  it("opens every app, moves, sizes, snaps, tiles and closes, and ends where one writes", async () => {
    const page = await visit();
    expect(await focus(page)).toContain("Message");
    await page.keyboard.type("hello, keys only");
    await page.keyboard.press("Enter");
    await log(page).getByText("Hello to you.").waitFor();
    await expect.poll(() => focus(page)).toMatch(/^Chat.*\|Message$/);
    const work = await area(page);

    await page.keyboard.press("Control+2");
    await expect.poll(() => focus(page)).toMatch(/^Activity/);
    await page.keyboard.press("Control+5");
    await expect.poll(() => focus(page)).toMatch(/^Files/);
    await page.keyboard.press("Control+,");
    await expect.poll(() => focus(page)).toMatch(/^Settings/);
    await page.keyboard.press("Control+w");
    await expect.poll(() => focus(page)).toMatch(/^Files/);

    await page.keyboard.press("Control+Alt+ArrowLeft");
    await page.keyboard.press("Control+Alt+ArrowUp");
    await page.getByText("Files: top left quarter").waitFor();
    const quarter = await box(window(page, "Files"));
    expect([quarter.x, quarter.y]).toEqual([work.x, work.y]);
    expect(quarter.height).toBeCloseTo((work.height - 26) / 2, 0);

    await page.keyboard.press("Control+F7");
    await page.getByText(/^Moving Files/).waitFor();
    for (const key of ["ArrowRight", "ArrowRight", "Shift+ArrowDown"])
      await page.keyboard.press(key);
    const moved = await box(window(page, "Files"));
    expect([moved.x - quarter.x, moved.y - quarter.y].map(Math.round)).toEqual([32, 80]);
    await picture(page, "windows-moving");
    await page.keyboard.press("Escape");
    expect(await box(window(page, "Files"))).toEqual(quarter);
    await page.keyboard.press("Control+F8");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    const sized = await box(window(page, "Files"));
    expect(sized.width).toBeCloseTo(quarter.width - 16, 0);

    await page.keyboard.press("F6");
    await expect.poll(() => focus(page)).toMatch(/^Chat.*\|Message$/);
    await page.keyboard.press("Shift+F6");
    await expect.poll(() => focus(page)).toMatch(/^Files/);
    await page.keyboard.press("Control+F9");
    await page.getByText("All windows are side by side").waitFor();
    expect((await box(window(page, "Chat"))).x).toBe(work.x);

    await page.keyboard.press("Control+Alt+ArrowDown");
    await window(page, "Files").waitFor({ state: "hidden" });
    await expect.poll(() => focus(page)).not.toMatch(/^Files/);
    await page.keyboard.press("Control+2");
    await page.keyboard.press("Control+w");
    await window(page, "Activity").waitFor({ state: "hidden" });
    await expect.poll(() => focus(page)).toMatch(/^Chat.*\|Message$/);
    await page.keyboard.press("Control+Alt+ArrowUp");
    expect(await box(window(page, "Chat"))).toEqual(work);
    await page.keyboard.type("hello once more");
    expect(await message(page).inputValue()).toBe("hello once more");
  });

  it("does it by the menu of the window as well", async () => {
    const page = await visit();
    await session(page, "hello, menu", "Hello to you.");
    const menu = verb(page, "Chat", "Window menu");
    await menu.focus();
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: /^Move/ }).waitFor();
    await show(page, "windows-menu");
    await page.keyboard.press("r");
    await page.keyboard.press("Enter");
    await page.getByText("Chat: back to its own size").waitFor();
    const before = await box(window(page, "Chat"));
    await menu.press("Enter");
    await page.keyboard.press("m");
    await page.keyboard.press("Enter");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    expect((await box(window(page, "Chat"))).x).toBeCloseTo(before.x + 16, 0);
  });

  it("shows the sessions at the side, and takes them away", async () => {
    const page = await visit();
    await session(page, "hello, side", "Hello to you.");
    const wide = await box(window(page, "Chat"));
    await page.keyboard.press("Control+b");
    const side = page.getByRole("complementary", { name: "Sessions" });
    await side.getByRole("listitem").first().waitFor();
    expect((await box(window(page, "Chat"))).width).toBeLessThan(wide.width - 250);
    await show(page, "windows-sessions");
    await page.keyboard.press("Control+b");
    await side.waitFor({ state: "detached" });
    expect(await box(window(page, "Chat"))).toEqual(wide);
  });
});

describe("the layout", () => {
  it("is kept over a reload, and each session has its own", async () => {
    const page = await visit();
    await session(page, "hello, first desk", "Hello to you.");
    await dock(page, "Activity").click();
    await window(page, "Activity").waitFor();
    await page.keyboard.press("Control+Alt+ArrowRight");
    await page.keyboard.press("Control+Alt+ArrowDown");
    const kept = await box(window(page, "Activity"));
    const first = new URL(page.url()).hash;
    await page.reload();
    await expect.poll(() => box(window(page, "Activity"))).toEqual(kept);
    expect((await layout(page))[first.slice(1)]?.windows.map(({ app }) => app)).toEqual([
      "chat",
      "activity",
    ]);

    await page.getByRole("button", { name: "Aetheria".toUpperCase() }).click();
    await page.getByRole("heading", { name: "Try one of these" }).waitFor();
    await session(page, "hello, second desk", "Hello to you.");
    expect(await window(page, "Activity").count()).toBe(0);
    expect(await box(window(page, "Chat"))).toEqual(await area(page));
    await page.goto(`${served.url}/${first}`);
    await expect.poll(() => box(window(page, "Activity"))).toEqual(kept);
  });

  it("is the first one again where what was kept makes no sense", async () => {
    const page = await visit();
    await session(page, "hello, broken desk", "Hello to you.");
    const key = `aetheria-desk:${new URL(page.url()).hash.slice(1)}`;
    const nonsense = [
      "{ nonsense",
      '{"at":1,"windows":[{"app":"chat","rect":{"x":-9,"y":0,"width":1e9,"height":0}}]}',
      '{"at":1,"windows":[{"app":"rootkit"}]}',
    ];
    for (const text of nonsense) {
      await page.evaluate(`localStorage.setItem(${JSON.stringify(key)}, ${JSON.stringify(text)})`);
      await page.reload();
      await log(page).getByText("Hello to you.").waitFor();
      expect(await box(window(page, "Chat")), text).toEqual(await area(page));
    }
  });

  it("stays on the screen when that becomes smaller, and comes back when it grows", async () => {
    const page = await visit();
    await session(page, "hello, small desk", "Hello to you.");
    await dock(page, "Activity").click();
    await window(page, "Activity").waitFor();
    const before = await box(window(page, "Activity"));
    await page.setViewportSize(laptop);
    await show(page, "windows-laptop");
    for (const name of ["Chat", "Activity"]) {
      const { x, y, width, height } = await box(window(page, name));
      expect(x + width).toBeLessThanOrEqual(laptop.width);
      expect(y + height).toBeLessThanOrEqual(laptop.height);
      expect(width).toBeGreaterThanOrEqual(320);
    }
    await page.setViewportSize({ width: 1_440, height: 900 });
    expect(await box(window(page, "Activity"))).toEqual(before);
  });

  it("is one app at a time on a phone, and asks for a session where one is needed", async () => {
    const page = await visit({ viewport: phone, hasTouch: true, isMobile: true });
    await dock(page, "Files").click();
    await page.getByRole("heading", { name: "Files belongs to a session" }).waitFor();
    await show(page, "windows-phone-none");
    await page.getByRole("button", { name: "Show sessions" }).click();
    await page.getByRole("dialog", { name: "Sessions" }).getByRole("listitem").first().waitFor();
    await page.keyboard.press("Escape");
    await dock(page, "Chat").click();
    await session(page, "hello, phone", "Hello to you.");
    await dock(page, "Activity").click();
    await message(page).waitFor({ state: "hidden" });
    await show(page, "windows-phone");
    await dock(page, "Settings").click();
    await page.getByRole("button", { name: "Appearance", exact: true }).waitFor();
    await dock(page, "Chat").click();
    await log(page).getByText("Hello to you.").waitFor();
  });
});

describe("a hidden window", () => {
  it("is not drawn while an answer streams, and shows all of it when it comes back", async () => {
    const page = await visit();
    await session(page, "tell me a long story", /Once upon a time/);
    await page.evaluate(`(() => {
      globalThis.changes = 0;
      const chat = document.querySelector("[role=log]").closest("section");
      const seen = new MutationObserver((all) => (globalThis.changes += all.length));
      seen.observe(chat.querySelector(".body"), { subtree: true, childList: true, characterData: true });
    })()`);
    await page.keyboard.press("Control+Alt+ArrowDown");
    await page.keyboard.press("Control+Alt+ArrowDown");
    await page.getByRole("heading", { name: "Nothing is open here" }).waitFor();
    const before = await page.evaluate<number>("globalThis.changes");
    await page.getByRole("button", { name: "Now" }).waitFor({ state: "detached" });
    expect(await page.evaluate<number>("globalThis.changes")).toBe(before);
    await dock(page, "Chat").click();
    await log(page)
      .getByText(/tokens · /)
      .waitFor();
    expect(await page.evaluate<number>("globalThis.changes")).toBeGreaterThan(before);
  });
});
