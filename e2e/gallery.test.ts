// The design system in a real browser: pictures in every theme and size, axe, and the behaviour
// that needs a layout. Pictures go to test-results/gallery.
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Gallery, galleryPictures } from "./gallery-page.ts";
import { desktop, phone } from "./page-rig.ts";
import { colourRules, findings } from "./show.ts";

let gallery: Gallery;

beforeAll(async () => {
  gallery = await Gallery.open();
});
afterAll(() => gallery?.close());

const open = (
  query: Record<string, string>,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<Page> => gallery.page(query, options);

/** Names and places are the same in every theme. */
const rulesOf = (theme: string) => (theme === "light" ? {} : { only: colourRules });

const themes = ["light", "dark", "contrast"] as const;
const sizes = { desktop, phone } as const;

describe("the parts", () => {
  for (const theme of themes) {
    for (const [size, viewport] of Object.entries(sizes)) {
      for (const scene of ["parts", "shell"]) {
        it(`pass axe: ${scene}, ${theme}, ${size}`, async () => {
          const page = await open({ scene, theme }, { viewport });
          await page.screenshot({
            path: join(galleryPictures, `${scene}-${theme}-${size}.png`),
            fullPage: scene === "parts",
          });
          expect(await findings(page, rulesOf(theme))).toEqual([]);
          const overflow = "document.documentElement.scrollWidth - innerWidth";
          expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
          await page.context().close();
        });
      }
    }
  }

  it("stay inside the page with the text at 200 %", async () => {
    const page = await open({ scene: "parts", theme: "light", text: "200" });
    await page.screenshot({ path: join(galleryPictures, "parts-text-200.png"), fullPage: true });
    expect(await findings(page)).toEqual([]);
    const overflow = "document.documentElement.scrollWidth - innerWidth";
    expect(await page.evaluate(overflow)).toBeLessThanOrEqual(0);
    await page.context().close();
  });

  it("follow the system's colours until told otherwise", async () => {
    const page = await open({ scene: "parts" }, { viewport: desktop, colorScheme: "dark" });
    const colour = "getComputedStyle(document.body).backgroundColor";
    expect(await page.evaluate(colour)).toBe("rgb(22, 20, 15)");
    await page.context().close();
  });

  it("remember the chosen look and text size, and do without where storage is refused", async () => {
    const page = await open({ scene: "stream" });
    await page.evaluate(`window.theme.current = "dark", window.textSize.current = 900`);
    await page.reload();
    const look = `[document.documentElement.dataset.theme, document.documentElement.style.fontSize]`;
    expect(await page.evaluate(look)).toEqual(["dark", "200%"]);
    await page.addInitScript(`Object.defineProperty(window, "localStorage", {
      get() { throw new DOMException("refused", "SecurityError"); },
    })`);
    await page.reload();
    await page.evaluate(`window.theme.current = "contrast"`);
    expect(await page.evaluate(look)).toEqual(["contrast", "100%"]);
    await page.context().close();
  });

  it("load nothing from elsewhere and break no content policy", async () => {
    const page = await gallery.emptyPage();
    const requested: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(`${gallery.address}/?scene=parts`, { waitUntil: "networkidle" });
    const isLocal = (url: string) => url.startsWith(gallery.address) || url.startsWith("data:");
    expect(requested.filter((url) => !isLocal(url))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe("the controls", () => {
  it("work from the keyboard: a menu opens, moves, finds by letter, chooses and gives focus back", async () => {
    const page = await open({ scene: "parts", theme: "light" });
    const more = page.getByRole("button", { name: "More" });
    await more.focus();
    await page.keyboard.press("Enter");
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("ArrowDown");
    await page.locator("[role=menuitem]:focus", { hasText: "Fork" }).waitFor();
    await page.keyboard.press("d");
    await page.keyboard.press("Enter");
    expect(await page.locator("output").textContent()).toBe("delete");
    expect(await more.evaluate((button) => button.matches(":focus"))).toBe(true);
    await page.context().close();
  });

  it("keep focus inside a dialog, pass axe there, and close on Escape", async () => {
    const page = await open({ scene: "parts", theme: "dark" });
    await page.getByRole("button", { name: "Open dialog" }).click();
    await page.getByRole("dialog", { name: "Forget this session?" }).waitFor();
    await page.screenshot({ path: join(galleryPictures, "dialog-dark.png") });
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "hidden" });
    await page.context().close();
  });

  it("move between tabs with the arrows", async () => {
    const page = await open({ scene: "parts", theme: "light" });
    await page.getByRole("tab", { name: /Changes/ }).focus();
    await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("tabpanel").textContent()).toBe("Panel two");
    await page.context().close();
  });
});

describe("sanitizeHtml", () => {
  const cases: [name: string, html: string, safe: string][] = [
    ["drops scripts", "<p>a<script>x()</script></p>", "<p>a</p>"],
    ["drops handlers and styles", '<b onclick="x()" style="color:red" id="y">a</b>', "<b>a</b>"],
    ["drops foreign classes", '<p class="approval">a</p>', "<p>a</p>"],
    [
      "keeps language classes",
      '<code class="language-ts">a</code>',
      '<code class="language-ts">a</code>',
    ],
    ["takes the target from script links", '<a href="javascript:x()">a</a>', "<a>a</a>"],
    ["takes the target from jumps within the page", '<a href="#x">a</a>', "<a>a</a>"],
    [
      "opens links apart from this page and names their target",
      '<a href="https://a.b">a</a>',
      '<a href="https://a.b" title="https://a.b/" target="_blank" rel="noopener noreferrer">a</a>',
    ],
    [
      "shows the host when the words name another",
      '<a href="https://a.b">c.com</a>',
      '<a href="https://a.b" title="https://a.b/" target="_blank" rel="noopener noreferrer">c.com (a.b)</a>',
    ],
    ["loads no remote picture", '<img src="https://a.b/c.png" alt="c">', '<img alt="c">'],
    [
      "keeps a picture that is here",
      '<img src="data:image/png;base64,AA==" alt="c">',
      '<img src="data:image/png;base64,AA==" alt="c">',
    ],
    ["drops frames, forms and buttons", "<iframe></iframe><form><button>a</button></form>", "a"],
    ["drops drawings", '<svg><a href="https://a.b">x</a></svg>', ""],
  ];

  it("lets through prose and nothing that acts", async () => {
    const page = await open({ scene: "stream" });
    for (const [name, html, safe] of cases) {
      const actual = await page.evaluate(`window.sanitizeHtml(${JSON.stringify(html)})`);
      expect(actual, name).toBe(safe);
    }
    await page.context().close();
  });
});

describe("streamed markdown", () => {
  it("ends with the page the whole text gives, and never grows back more than a line", async () => {
    const page = await open({ scene: "stream", theme: "light" });
    const shrinks = await page.evaluate(`(async () => {
      const live = document.querySelector(".live");
      const { scene } = window;
      let worst = 0;
      let height = 0;
      for (let end = 0; end <= scene.full.length; end += 3) {
        scene.show(scene.full.slice(0, end));
        await new Promise((resolve) => requestAnimationFrame(resolve));
        const now = live.getBoundingClientRect().height;
        if (height - now > worst) {
          worst = height - now;
          window.worstAt = scene.full.slice(Math.max(0, end - 60), end);
        }
        height = now;
      }
      scene.show(scene.full);
      scene.finish();
      await new Promise((resolve) => requestAnimationFrame(resolve));
      return worst;
    })()`);
    const where = await page.evaluate("window.worstAt");
    expect(shrinks, `shrank after ${JSON.stringify(where)}`).toBeLessThanOrEqual(24);
    await page.locator(".live .hljs-keyword").first().waitFor();
    await page.locator(".whole .hljs-keyword").first().waitFor();
    const html = async (side: string) =>
      (await page.locator(side).innerHTML()).replace(/<!--.*?-->/g, "");
    expect(await html(".live")).toBe(await html(".whole"));
    expect(await page.locator("script:not([src])").count()).toBe(0);
    await page.context().close();
  });
});

describe("the long list", () => {
  const state = `(() => {
    const list = document.querySelector("[role=log]");
    const box = list.getBoundingClientRect();
    const first = [...list.querySelectorAll("[data-id]")].find(
      (row) => row.getBoundingClientRect().bottom > box.top + 1,
    );
    return {
      // To where the last element ends on screen: scrollHeight is a rounded number.
      gap: list.lastElementChild.getBoundingClientRect().bottom - box.bottom,
      rows: list.querySelectorAll("[data-id]").length,
      first: first.dataset.id,
      offset: Math.round(first.getBoundingClientRect().top - box.top),
    };
  })()`;
  interface ListState {
    gap: number;
    rows: number;
    first: string;
    offset: number;
  }
  const look = (page: Page) => page.evaluate<ListState>(state);
  const frames = (page: Page) =>
    page.evaluate(
      `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))`,
    );

  it("starts at the end and follows it while it grows", async () => {
    const page = await open({ scene: "list", theme: "light" });
    await expect.poll(async () => (await look(page)).gap).toBeLessThanOrEqual(1);
    await page.evaluate("window.scene.add(), window.scene.growLast()");
    await frames(page);
    await expect.poll(async () => (await look(page)).gap).toBeLessThanOrEqual(1);
    expect((await look(page)).rows).toBeLessThan(60);
    expect(await findings(page)).toEqual([]);
    await page.context().close();
  });

  it("leaves the reader in place while rows are added and measured", async () => {
    const page = await open({ scene: "list", theme: "light" });
    await expect.poll(async () => (await look(page)).gap).toBeLessThanOrEqual(1);
    await page.getByRole("log").hover();
    await page.mouse.wheel(0, -3_000);
    await page.getByText("reading").waitFor();
    await frames(page);
    const before = await look(page);
    for (let round = 0; round < 5; round += 1) {
      await page.evaluate("window.scene.add(), window.scene.growLast()");
      await frames(page);
    }
    const after = await look(page);
    expect([after.first, after.offset]).toEqual([before.first, before.offset]);
    await page.evaluate("window.scene.goToEnd()");
    await expect.poll(async () => (await look(page)).gap).toBeLessThanOrEqual(1);
    await page.context().close();
  });

  it("scrolls up over rows of unknown height without a jump, with few rows drawn", async () => {
    const page = await open({ scene: "list", theme: "light" });
    await expect.poll(async () => (await look(page)).gap).toBeLessThanOrEqual(1);
    await page.getByRole("log").hover();
    for (let round = 0; round < 12; round += 1) {
      await page.mouse.wheel(0, -300);
      await frames(page);
      await frames(page);
      const seen = await look(page);
      await frames(page);
      const settled = await look(page);
      expect([settled.first, settled.offset]).toEqual([seen.first, seen.offset]);
      expect(settled.rows).toBeLessThan(60);
    }
    await page.context().close();
  });

  it("goes to a row by its key", async () => {
    const page = await open({ scene: "list", theme: "light" });
    await page.evaluate(`window.scene.goTo("row-1234")`);
    await frames(page);
    await expect.poll(async () => (await look(page)).first).toBe("row-1234");
    expect(Math.abs((await look(page)).offset)).toBeLessThanOrEqual(1);
    await page.context().close();
  });
});
