// The Sandbox app and the runs of the chat over a fake host, in every state, theme and size: pictures,
// axe, and what a terminal does under the page's policy.
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
  desktop: { viewport: { width: 1240, height: 860 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const;
const themes = ["light", "dark", "contrast"] as const;

async function visit(
  query: Record<string, string>,
  options: Parameters<Gallery["page"]>[1] = sizes.desktop,
): Promise<Page> {
  const page = await gallery.page(query, options);
  open.push(page);
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  // What was complained of before anybody listened shows up again.
  await page.reload();
  await isThere(page);
  return page;
}

/** The same page in another look or state: a new one for each would cost more than all the rest. */
async function turn(page: Page, query: Record<string, string>): Promise<void> {
  const url = new URL(page.url());
  url.search = new URLSearchParams(query).toString();
  await page.goto(url.href);
  await isThere(page);
}

async function isThere(page: Page): Promise<void> {
  await page.evaluate("document.fonts.ready");
  await page
    .getByRole("heading", { level: 1 })
    .or(page.getByRole("tab", { name: "Runs" }))
    .first()
    .waitFor();
}

async function show(
  page: Page,
  name: string,
  { fullPage = false, axe = true } = {},
): Promise<void> {
  await page.screenshot({ path: join(galleryPictures, `${name}.png`), fullPage });
  if (axe) expect(await sceneFindings(page), name).toEqual([]);
  const overflow = "document.documentElement.scrollWidth - innerWidth";
  expect(await page.evaluate(overflow), name).toBeLessThanOrEqual(0);
}

const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name });
const tab = (page: Page, name: string) => page.getByRole("tab", { name });
const rows = (page: Page) => page.locator(".xterm-rows");
const asked = async (page: Page, name: string): Promise<unknown[]> =>
  page.evaluate(
    `asked.filter((call) => call.name === ${JSON.stringify(name)}).map((call) => call.input)`,
  );

async function openTerminal(page: Page): Promise<void> {
  await button(page, "New terminal").click();
  await page.getByRole("menuitem", { name: "In the sandbox" }).click();
  await rows(page).getByText("workspace").first().waitFor();
}

const states = ["ready", "busy", "fresh", "none", "building", "starting", "machine"];

/** Names and places differ by size, colours by theme, and neither by both: axe looks at the light
 * desktop, the dark phone and high contrast once. */
const isLookedAt = (theme: string, size: string): boolean =>
  theme === "dark" ? size === "phone" : size === "desktop";

describe("the Sandbox window passes axe", () => {
  for (const theme of themes)
    for (const [size, options] of Object.entries(sizes))
      it(`in every state: ${theme}, ${size}`, async () => {
        const axe = isLookedAt(theme, size);
        const page = await visit({ scene: "sandbox", theme, state: "ready" }, options);
        for (const state of states) {
          if (state !== "ready") await turn(page, { scene: "sandbox", theme, state });
          await page
            .getByText(/exit 0|Nothing ran/)
            .first()
            .waitFor();
          await show(page, `sandbox-${state}-${theme}-${size}`, { axe });
          if (state === "ready" && size === "phone") {
            await tab(page, "Status").click();
            await show(page, `sandbox-status-${theme}-${size}`, { axe });
          }
        }
      });

  for (const theme of themes)
    for (const [size, options] of Object.entries(sizes))
      it(`with terminals and their questions: ${theme}, ${size}`, async () => {
        const axe = isLookedAt(theme, size);
        const page = await visit({ scene: "sandbox", theme }, options);
        await openTerminal(page);
        await show(page, `sandbox-terminal-${theme}-${size}`, { axe });
        await button(page, "New terminal").click();
        await page.getByRole("menuitem", { name: "On this machine" }).click();
        await show(page, `sandbox-machine-ask-${theme}-${size}`, { axe });
        await button(page, "Open it").click();
        await rows(page).getByText("laptop").waitFor();
        await show(page, `sandbox-machine-terminal-${theme}-${size}`, { axe });
      });

  it("in a narrow window, and with the text at 200 %", async () => {
    await show(await visit({ scene: "sandbox", theme: "light", size: "narrow" }), "sandbox-narrow");
    await show(await visit({ scene: "sandbox", theme: "light", text: "200" }), "sandbox-text-200");
  });
});

describe("runs in the chat pass axe", () => {
  for (const theme of themes)
    for (const [size, options] of Object.entries(sizes))
      it(`closed and open: ${theme}, ${size}`, async () => {
        const axe = isLookedAt(theme, size);
        const page = await visit({ scene: "runs", theme }, options);
        for (const kind of ["closed", "open"]) {
          if (kind === "open") await turn(page, { scene: "runs", theme, open: "1" });
          await page.getByRole("img", { name: "Revenue by quarter" }).waitFor();
          await page.getByRole("cell", { name: "EMEA 1" }).waitFor();
          await show(page, `runs-${kind}-${theme}-${size}`, { fullPage: true, axe });
        }
      });

  it("allow a refused host with one click, and say so", async () => {
    const page = await visit({ scene: "runs", open: "1" });
    await button(page, "Allow api.example.com for this session").click();
    await page.getByText("api.example.com is allowed in this session").waitFor();
    expect(await asked(page, "sandbox.host")).toEqual([
      { sessionId: "s1", host: "api.example.com", allowed: true },
    ]);
  });
});

describe("a terminal", () => {
  it("is drawn in its own colours, every one of sixteen million, under the page's policy", async () => {
    const page = await visit({ scene: "sandbox", theme: "light" });
    await openTerminal(page);
    const colour = (text: string) =>
      page.evaluate(`(() => {
        const spans = [...document.querySelectorAll(".xterm-rows span")];
        return getComputedStyle(spans.find((span) => span.textContent.includes(${JSON.stringify(text)}))).color;
      })()`);
    expect(await colour("sandbox")).toBe("rgb(47, 216, 160)");
    expect(await colour("growth.py")).toBe("rgb(47, 216, 160)");
    expect(await page.evaluate("document.querySelectorAll('.xterm style').length")).toBe(0);
    // Closed, it takes its sheets with it.
    const sheets = () => page.evaluate<number>("document.adoptedStyleSheets.length");
    expect(await sheets()).toBeGreaterThan(0);
    await button(page, "Close Terminal 1").click();
    expect(await sheets()).toBe(0);
  });

  it("sends what is typed, follows the size of its window and of the text", async () => {
    const page = await visit({ scene: "sandbox" });
    await openTerminal(page);
    await page.keyboard.type("ls");
    await expect.poll(() => asked(page, "terminal.write")).toHaveLength(2);
    const [opened] = (await asked(page, "terminal.open")) as { cols: number; rows: number }[];
    await page.setViewportSize({ width: 900, height: 500 });
    const cols = async () =>
      ((await asked(page, "terminal.resize")).at(-1) as typeof opened)?.cols ?? 0;
    // The window passes through other sizes on its way.
    let resized = 0;
    const isSettled = async () => {
      const before = resized;
      resized = await cols();
      return resized > 0 && resized === before;
    };
    await expect.poll(isSettled, { interval: 400 }).toBe(true);
    expect(resized).toBeLessThan(opened?.cols ?? 0);
    await page.evaluate("textSize.current = 150");
    await expect.poll(cols).toBeLessThan(resized);
    const bytes = (await asked(page, "terminal.drawn")) as { bytes: number }[];
    expect(bytes.length).toBeGreaterThan(0);
  });

  it("keeps what it shows in its tab, and goes on where it was", async () => {
    const page = await visit({ scene: "sandbox" });
    await openTerminal(page);
    await page.keyboard.type("first");
    await rows(page).getByText("first").waitFor();
    await button(page, "New terminal").click();
    await page.getByRole("menuitem", { name: "In the sandbox" }).click();
    await tab(page, "Terminal 2").waitFor();
    await expect.poll(() => rows(page).getByText("first").count()).toBe(0);
    await tab(page, "Terminal 1").click();
    await rows(page).getByText("first").waitFor();
    expect(await asked(page, "terminal.open")).toHaveLength(2);
    await tab(page, "Terminal 1").press("Delete");
    await expect.poll(() => tab(page, "Terminal 1").count()).toBe(0);
    expect(await asked(page, "terminal.close")).toEqual([{ terminalId: "t1" }]);
  });

  it("finds, copies and pastes, and lets no paste steer it", async () => {
    const page = await visit(
      { scene: "sandbox" },
      { ...sizes.desktop, permissions: ["clipboard-read", "clipboard-write"] },
    );
    await openTerminal(page);
    await page.keyboard.press("Control+Shift+F");
    await page.getByRole("textbox", { name: "Search in the terminal" }).fill("csv");
    await page.getByText("1 of 1").waitFor();
    await page.keyboard.press("Escape");
    await page.evaluate("navigator.clipboard.writeText('echo \\u001b[201~one')");
    await button(page, "Paste").click();
    await expect
      .poll(() => asked(page, "terminal.write"))
      .toMatchObject([{ text: "echo [201~one" }]);
    const word = await rows(page).getByText("growth.py").boundingBox();
    if (!word) throw new Error("The word is not on the screen.");
    await page.mouse.dblclick(word.x + 20, word.y + 8);
    await button(page, "Copy").click();
    await expect.poll(() => page.evaluate("navigator.clipboard.readText()")).toContain("growth");
  });

  it("opens an address only as a page of its own", async () => {
    const page = await visit({ scene: "sandbox" });
    await openTerminal(page);
    await page.evaluate("window.opened = []; window.open = (url) => void opened.push(url)");
    const link = rows(page).getByText("docs.example.com");
    const box = await link.boundingBox();
    if (!box) throw new Error("The link is not on the screen.");
    await page.mouse.move(box.x + 80, box.y + 8);
    await page.getByText("https://docs.example.com/guide").last().waitFor();
    await page.mouse.click(box.x + 80, box.y + 8);
    await expect.poll(() => page.evaluate("opened")).toEqual(["https://docs.example.com/guide"]);
  });

  it("says that it ended, and a new one takes its place", async () => {
    const page = await visit({ scene: "sandbox" });
    await openTerminal(page);
    await page.keyboard.press("Control+D");
    await page.getByText("The shell ended with 0.").waitFor();
    await button(page, "Open a new one").click();
    await expect.poll(() => asked(page, "terminal.open")).toHaveLength(2);
    await expect.poll(() => page.getByText("The shell ended").count()).toBe(0);
  });

  it("asks once before it opens one on this machine, and marks it", async () => {
    const page = await visit({ scene: "sandbox" });
    const machine = async () => {
      await button(page, "New terminal").click();
      await page.getByRole("menuitem", { name: "On this machine" }).click();
    };
    await machine();
    await button(page, "Cancel").click();
    expect(await asked(page, "terminal.open")).toEqual([]);
    await machine();
    await button(page, "Open it").click();
    await tab(page, "This machine").waitFor();
    await machine();
    await tab(page, "This machine 2").waitFor();
    await expect
      .poll(() => asked(page, "terminal.open"))
      .toMatchObject([{ place: "machine" }, { place: "machine" }]);
  });
});

describe("the status", () => {
  it("allows and forbids hosts, stops what was left running, resets and restarts", async () => {
    const page = await visit({ scene: "sandbox" });
    await button(page, "Forbid pypi.org").click();
    await button(page, "Allow telemetry.example.com").click();
    await page.getByRole("textbox", { name: "Host to allow" }).fill("not a host");
    await button(page, "Allow").last().click();
    await page.getByText("This is no host name.").waitFor();
    await page.getByRole("textbox", { name: "Host to allow" }).fill("https://a.example/x");
    await page.keyboard.press("Enter");
    await expect
      .poll(() => asked(page, "sandbox.host"))
      .toMatchObject([
        { host: "pypi.org", allowed: false },
        { host: "telemetry.example.com", allowed: true },
        { host: "a.example", allowed: true },
      ]);
    await button(page, /^python3 -m http/).click();
    await page.getByText("Serving HTTP").waitFor();
    await button(page, "Stop “python3").click();
    await button(page, "Reset Python").click();
    await button(page, "Restart").click();
    await page.getByRole("dialog").getByRole("button", { name: "Restart" }).click();
    await expect.poll(() => asked(page, "sandbox.restart")).toHaveLength(1);
    expect(await asked(page, "sandbox.stopProcess")).toMatchObject([{ processId: "p1" }]);
    expect(await asked(page, "sandbox.reset")).toMatchObject([{ language: "python" }]);
  });

  it("lets code run on the bare machine only after a clear question, and takes it back", async () => {
    const page = await visit({ scene: "sandbox", state: "none" });
    await button(page, "Run without a wall…").click();
    await page.getByRole("dialog").getByText("they can read and change all your files").waitFor();
    await button(page, "Cancel").click();
    expect(await asked(page, "sandbox.consent")).toEqual([]);
    await button(page, "Run without a wall…").click();
    await button(page, "Run on this machine").click();
    await expect.poll(() => asked(page, "sandbox.consent")).toMatchObject([{ machine: true }]);
    const bare = await visit({ scene: "sandbox", state: "machine" });
    await button(bare, "Take it back").click();
    await expect.poll(() => asked(bare, "sandbox.consent")).toMatchObject([{ machine: false }]);
  });

  it("cancels the building of an image", async () => {
    const page = await visit({ scene: "sandbox", state: "building" });
    await page.getByRole("progressbar", { name: "Building the sandbox" }).waitFor();
    await button(page, "Cancel").click();
    await expect.poll(() => asked(page, "sandbox.stopBuild")).toHaveLength(1);
  });
});
