// Model text in a real browser: any way of cutting it ends in the same page, maths and diagrams are
// drawn under the page's policy, long things stay cheap, and hostile things stay text.
import spec from "commonmark-spec";
import { join } from "node:path";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../bench/seeded.ts";
import { Gallery, galleryPictures } from "./gallery-page.ts";
import { colourRules, findings, overflow } from "./show.ts";

let gallery: Gallery;
beforeAll(async () => {
  gallery = await Gallery.open();
});
afterAll(async () => {
  await gallery?.close();
});

async function open(
  query: Record<string, string> = {},
  options: BrowserContextOptions = {},
): Promise<Page> {
  return gallery.page({ scene: "markdown", theme: "light", ...query }, options);
}

async function show(page: Page, text: string, isGrowing = false): Promise<void> {
  await page.evaluate(`window.scene.show(${JSON.stringify(text)}, ${isGrowing})`);
}

const shownText = (page: Page) =>
  page.evaluate<string>(`document.querySelector(".shown").textContent`);

describe("streamed text", () => {
  const examples = spec.tests.map(({ markdown }) => markdown.replaceAll("→", "\t"));
  const variants: [string, (text: string) => string][] = [
    ["as written", (text) => text],
    ["with Windows line ends", (text) => text.replaceAll("\n", "\r\n")],
    ["between astral characters", (text) => `👩‍🚀𝒜${text}🏳️‍🌈`],
  ];

  /** Every text is cut thrice; what ends in another page than the whole text is returned. */
  async function differing(page: Page, texts: string[], seed: number): Promise<string[]> {
    const random = seeded(seed);
    const work = texts.flatMap((text) =>
      Array.from({ length: 3 }, () => ({
        text,
        cuts: Array.from({ length: 1 + Math.floor(random() * 10) }, () =>
          Math.floor(random() * (text.length + 1)),
        ).sort((a, b) => a - b),
      })),
    );
    return page.evaluate<string[]>(`(async () => {
      const wrong = [];
      for (const { text, cuts } of ${JSON.stringify(work)}) {
        const [grown, whole] = await window.scene.both(text, cuts);
        if (grown !== whole) wrong.push(JSON.stringify({ text, cuts, grown, whole }));
      }
      return wrong;
    })()`);
  }

  it.each(variants)("ends in the page of the whole text: CommonMark %s", async (_name, variant) => {
    const page = await open();
    expect(examples.length).toBeGreaterThanOrEqual(652);
    expect(await differing(page, examples.map(variant), 41)).toEqual([]);
    await page.context().close();
  });

  it("ends in the page of the whole text: runs of several examples", async () => {
    const page = await open();
    const random = seeded(42);
    const runs = Array.from({ length: 150 }, () =>
      Array.from(
        { length: 2 + Math.floor(random() * 6) },
        () => examples[Math.floor(random() * examples.length)],
      ).join("\n"),
    );
    expect(await differing(page, runs, 43)).toEqual([]);
    await page.context().close();
  });

  it("ends in the page of the whole text: maths, code and a table", async () => {
    const page = await open();
    const rich = await page.evaluate<string>("window.scene.richText");
    await show(page, rich);
    await page.locator(".hljs-keyword").first().waitFor();
    await page.locator(".math .katex").nth(6).waitFor();
    const html = `document.querySelector(".shown").innerHTML.replace(/<!--.*?-->/g, "")`;
    const whole = await page.evaluate<string>(html);
    await show(page, "");
    for (let end = 0; end < rich.length; end += 11) await show(page, rich.slice(0, end), true);
    await show(page, rich);
    await page.locator(".hljs-keyword").first().waitFor();
    await expect.poll(() => page.evaluate<string>(html)).toBe(whole);
    await page.context().close();
  });
});

describe("maths", () => {
  it("is loaded by the first text that has some, with its fonts, from here", async () => {
    const page = await open();
    const complaints: string[] = [];
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    await show(page, "No maths: $5 and $6.");
    expect(await page.locator(".katex").count()).toBe(0);
    expect(requested.filter((url) => /math|katex/i.test(url))).toEqual([]);
    await show(page, "Some: $x^2$");
    await page.locator(".katex").waitFor();
    await page.evaluate("document.fonts.ready");
    expect(requested.some((url) => /KaTeX.*woff2/.test(url))).toBe(true);
    expect(requested.filter((url) => !url.startsWith("http://127.0.0.1:"))).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  it("shows the source of what is broken, hostile or too deep", async () => {
    const page = await open();
    const deep = `${"{".repeat(1_900)}x${"}".repeat(1_900)}`;
    const bomb = "\\def\\a{\\a\\a}\\a";
    await show(page, `$\\frac{1$ and $${bomb}$ and $$${deep}$$ and $x$`);
    await page.locator(".math .katex").first().waitFor();
    const broken = await page.locator(".math-broken").allTextContents();
    expect(broken).toContain("\\frac{1");
    expect(broken).toContain(bomb);
    await show(page, "$\\href{javascript:alert(1)}{x}$ $\\includegraphics{https://a.b/c.png}$ $y$");
    await page.locator(".math .katex").first().waitFor();
    expect(await page.locator(".shown :is(a, img)").count()).toBe(0);
    await page.context().close();
  });

  it("is copied as TeX", async () => {
    const page = await open();
    await show(page, "Since $x^2$ holds:\n\n$$\ny_1\n$$\n\nDone.");
    await page.locator(".katex").nth(1).waitFor();
    const copied = await page.evaluate<string>(`(() => {
      let text = "";
      document.addEventListener("copy", (event) => (text = event.clipboardData.getData("text/plain")));
      getSelection().selectAllChildren(document.querySelector(".shown"));
      document.execCommand("copy");
      return text;
    })()`);
    expect(copied).toContain("Since $x^2$ holds:");
    expect(copied).toContain("$$y_1$$");
    await page.context().close();
  });
});

describe("diagrams", () => {
  const kinds: Record<string, string> = {
    flowchart: "flowchart LR\n  A[Start] --> B{Sure?}\n  B -- yes --> C[End]",
    sequence: "sequenceDiagram\n  Alice->>Bob: Hello\n  Bob-->>Alice: Hi",
    class: "classDiagram\n  Animal <|-- Duck\n  Duck : +swim()",
    state: "stateDiagram-v2\n  [*] --> Still\n  Still --> Moving: go",
    entities: "erDiagram\n  CUSTOMER ||--o{ ORDER : places",
    plan: "gantt\n  dateFormat YYYY-MM-DD\n  section A\n  One :a1, 2024-01-01, 10d",
    pie: 'pie title Pets\n  "Dogs" : 386\n  "Cats" : 85',
    mind: "mindmap\n  root((mind))\n    A\n    B",
  };
  const fence = (source: string) => `\`\`\`mermaid\n${source}\n\`\`\`\n`;

  async function draw(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Show as diagram" }).first().click();
    await page.getByText("Drawing…").waitFor({ state: "detached" });
  }

  it.each(Object.entries(kinds))("are drawn on demand: %s", async (_kind, source) => {
    const page = await open();
    await show(page, fence(source));
    expect(await page.locator("figure img").count()).toBe(0);
    await draw(page);
    const picture = page.locator("figure img");
    const area = await page.evaluate<number>(`(async () => {
      const picture = document.querySelector("figure img");
      await picture.decode();
      return picture.naturalWidth * picture.naturalHeight;
    })()`);
    expect(area).toBeGreaterThan(1_000);
    expect(await picture.getAttribute("alt")).toMatch(/^Diagram: ./);
    expect(await page.evaluate("document.body.childElementCount")).toBe(1);
    await page.context().close();
  });

  it("keep their source, open large, and follow the theme", async () => {
    const page = await open();
    await show(page, fence(kinds["flowchart"] ?? ""));
    await draw(page);
    const address = () => page.locator("figure img").getAttribute("src");
    const light = await address();
    await page.evaluate(`window.theme.current = "dark"`);
    await expect.poll(address).not.toBe(light);
    await page.getByRole("button", { name: "Open large" }).click();
    await page.getByRole("dialog").locator("img").waitFor();
    expect(await findings(page)).toEqual([]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Show source" }).click();
    expect(await page.locator("code").textContent()).toBe(kinds["flowchart"]);
    await page.context().close();
  });

  it("say when they cannot be drawn", async () => {
    const page = await open();
    await show(page, fence("flowchart LR\n A -->"));
    await draw(page);
    await page.getByRole("status").getByText("could not be drawn").waitFor();
    expect(await page.locator("code").textContent()).toBe("flowchart LR\n A -->");
    await page.context().close();
  });

  it("run nothing and load nothing, whatever they say", async () => {
    const page = await open();
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    await show(
      page,
      fence(
        `%%{init: {"securityLevel": "loose", "htmlLabels": true, "themeCSS": "* { background: url(https://evil.example/a) }"}}%%\nflowchart LR\n  A["<img src=https://evil.example/b onerror=window.pwned=1><script>window.pwned=1</script>"] --> B\n  click A "javascript:window.pwned=1"`,
      ),
    );
    await draw(page);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(requested.filter((url) => url.includes("evil"))).toEqual([]);
    await page.context().close();
  });
});

describe("code", () => {
  it("is copied and saved whole, folded when long, wrapped when asked", async () => {
    const page = await open({}, { permissions: ["clipboard-read", "clipboard-write"] });
    const lines = Array.from(
      { length: 1_000 },
      (_, at) => `const line${at} = "${"x".repeat(200)}";`,
    );
    const code = ["// src/long.ts", ...lines].join("\n");
    await show(page, `\`\`\`ts\n${code}\n\`\`\`\n`);
    await page.locator(".hljs-keyword").first().waitFor();
    const shownLines = async () =>
      ((await page.locator("pre code").textContent()) ?? "").split("\n").length;
    expect(await shownLines()).toBe(400);
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: "Save to file" }).click();
    expect((await saved).suggestedFilename()).toBe("long.ts");
    await page.getByRole("button", { name: "Copy code" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(code);
    const width = () => page.locator("pre").evaluate((pre) => pre.scrollWidth - pre.clientWidth);
    expect(await width()).toBeGreaterThan(0);
    await page.getByRole("button", { name: "Wrap long lines" }).click();
    expect(await width()).toBe(0);
    await page.getByRole("button", { name: "Show all 1,001 lines" }).click();
    expect(await shownLines()).toBe(1_001);
    expect(await page.locator("pre code").textContent()).toBe(code);
    await page.context().close();
  });

  it("writes out what would turn its lines around", async () => {
    const page = await open();
    await show(page, '```js\nif (level != "user\u202E \u2066// admin\u2069 \u2066") {\n```\n');
    expect(await page.locator("pre code").textContent()).toContain("user[RLO] [LRI]// admin[PDI]");
    await page.context().close();
  });
});

describe("tables", () => {
  it("show 200 of 3,000 rows until all are wanted, under a head that stays", async () => {
    const page = await open({}, { permissions: ["clipboard-read", "clipboard-write"] });
    const rows = Array.from({ length: 3_000 }, (_, at) => `| ${at} | "a, ${at}" |`).join("\n");
    const text = `| n | said |\n| - | - |\n${rows}\n`;
    await show(page, text);
    expect(await page.locator("tbody tr").count()).toBe(200);
    expect(await page.evaluate("document.querySelectorAll('*').length")).toBeLessThan(1_000);
    await page.locator(".scroller").evaluate((box) => (box.scrollTop = 2_000));
    const offset =
      "document.querySelector('th').getBoundingClientRect().top - document.querySelector('.scroller').getBoundingClientRect().top";
    await expect
      .poll(async () => Math.abs(await page.evaluate<number>(offset)))
      .toBeLessThanOrEqual(1);
    await page.getByRole("button", { name: "Copy as CSV" }).click();
    await expect
      .poll(() => page.evaluate<string>("navigator.clipboard.readText()"))
      .toContain('2999,"""a, 2999"""');
    await page.getByRole("button", { name: "Show all 3,000 rows" }).click();
    await expect.poll(() => page.locator("tbody tr").count(), { timeout: 20_000 }).toBe(3_000);
    await page.context().close();
  });
});

describe("hostile text", () => {
  const attacks = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=window.pwned=1>",
    "<svg><script>window.pwned=1</script></svg>",
    "<svg onload=window.pwned=1>",
    "<svg><animate onbegin=window.pwned=1 attributeName=x dur=1s>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.pwned=1>",
    "<style>body{display:none}</style>",
    '<p style="position:fixed;inset:0">cover</p>',
    "<iframe srcdoc='<script>parent.pwned=1</script>'></iframe>",
    "<object data=data:text/html,x></object><embed src=x>",
    "<form action=https://evil.example><input name=a><button>Send</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href=https://evil.example>",
    "<link rel=stylesheet href=https://evil.example/a.css>",
    "<a href='javascript:window.pwned=1'>a</a>",
    "<a href='&#106;avascript:window.pwned=1'>a</a>",
    "<a href='jav&#x09;ascript:window.pwned=1'>a</a>",
    "[a](javascript:window.pwned=1)",
    "[a](JaVaScRiPt:window.pwned=1)",
    "[a](&#106;avascript:window.pwned=1)",
    "[a](<java\tscript:window.pwned=1>)",
    "[a](data:text/html;base64,PHNjcmlwdD4=)",
    "[a](vbscript:x)",
    "<javascript:window.pwned=1>",
    "![a](javascript:window.pwned=1)",
    "![a](https://evil.example/pixel.png)",
    "![a](data:image/svg+xml,<svg onload=window.pwned=1>)",
    "<details open ontoggle=window.pwned=1>x</details>",
    "<a id=app name=body href='#token=x'>a</a>",
    "<video src=https://evil.example/a autoplay></video>",
    "<template><img src=x onerror=window.pwned=1></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.pwned=1>'>",
    "<table background=https://evil.example/a><tr><td>x</table>",
    "| a |\n| - |\n| </td></table><img src=x onerror=window.pwned=1> |",
    '```"><img/src=x/onerror=window.pwned=1>\nx\n```',
  ];

  it("stays inert, growing or finished", async () => {
    const page = await open();
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));
    const start = page.url();
    const all = attacks.join("\n\n");
    for (let end = 0; end < all.length; end += 7) await show(page, all.slice(0, end), true);
    await show(page, all);
    for (const attack of attacks) await show(page, attack);
    await show(page, all);
    for (const link of await page.locator(".shown a").all()) {
      const href = (await link.getAttribute("href")) ?? "https:";
      expect(href).toMatch(/^(?:https?:|mailto:)/);
    }
    const unsafe =
      ":is(script, style, svg:not(.lucide-icon), math, iframe, object, embed, form, meta, base, link, video, template, [onerror], [onload], [onbegin], [ontoggle], [style], [id], [name])";
    expect(await page.locator(`.shown ${unsafe}`).count()).toBe(0);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
    expect(requested.filter((url) => url.includes("evil"))).toEqual([]);
    expect(page.url()).toBe(start);
    await page.context().close();
  });

  it.each([
    ["quotes", "> ".repeat(10_000) + "end"],
    ["lists", "- ".repeat(10_000) + "end"],
    ["elements", "<b>".repeat(10_000) + "end"],
    ["emphasis", "*a _b ".repeat(5_000) + "end" + "_ a*".repeat(5_000)],
    ["brackets", "[".repeat(10_000) + "end"],
    ["words in one line", "word ".repeat(200_000) + "end"],
  ])("is shown to its end: 10,000 %s", async (_name, text) => {
    const page = await open();
    await show(page, text.slice(0, text.length / 2), true);
    await show(page, text);
    expect(await shownText(page)).toContain("end");
    expect(await overflow(page)).toBe(0);
    await page.context().close();
  });

  it("tells where a link leads, and asks the page to open it", async () => {
    const page = await open({ opener: "" });
    await show(
      page,
      "[apple.com](https://evil.example/x) [apple](https://аpple.com) [plain](https://example.com/a) [rlo\u202Egnp](https://example.com/b)",
    );
    const links = await page.locator(".shown a").allTextContents();
    expect(links).toEqual([
      "apple.com (evil.example)",
      "apple (xn--pple-43d.com)",
      "plain",
      "rlo[RLO]gnp",
    ]);
    expect(await page.locator(".shown a").nth(1).getAttribute("title")).toBe(
      "https://xn--pple-43d.com/",
    );
    await page.getByRole("link", { name: "plain" }).click();
    await page.getByRole("link", { name: "rlo" }).press("Enter");
    expect(await page.evaluate("window.scene.followed")).toEqual([
      "https://example.com/a",
      "https://example.com/b",
    ]);
    expect(page.context().pages()).toHaveLength(1);
    await page.context().close();
  });
});

describe("a rich answer", () => {
  for (const theme of ["light", "dark", "contrast"]) {
    for (const [size, width] of Object.entries({ desktop: 900, phone: 390 })) {
      it(`passes axe: ${theme}, ${size}`, async () => {
        const viewport = { width, height: 900 };
        const page = await open({ theme, text: "rich" }, { viewport });
        await page.getByRole("button", { name: "Show as diagram" }).click();
        await page.locator("figure img").waitFor();
        await page.locator(".math .katex").first().waitFor();
        await page.locator(".hljs-keyword").first().waitFor();
        await page.evaluate("document.fonts.ready");
        await page.screenshot({
          path: join(galleryPictures, `rich-${theme}-${size}.png`),
          fullPage: true,
        });
        // Names and places are the same in every theme.
        const rules = theme === "light" ? {} : { only: colourRules };
        expect(await findings(page, rules)).toEqual([]);
        expect(await overflow(page)).toBe(0);
        await page.context().close();
      });
    }
  }
});
