// What it costs to show a 100 KB answer that comes in pieces of 20 characters, against showing the
// same text at once, in a real Chromium. Every piece is a message of its own, all come as fast as the
// channel carries them, and a frame shows what has come. Cost is the processor time of the page's
// main thread (script, style, layout, paint) until the last colour is on the page; the two must end
// in the same page. The second number shows that a piece late in the text costs no more than an early one.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { chromium, type CDPSession, type Page } from "playwright-core";
import { build, preview } from "vite";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { longAnswer } from "./long-answer.ts";
import { quantile, report } from "./report.ts";

const rounds = 7;
const answer = longAnswer(100_000, 7);
const pieces = answer.match(/[\s\S]{1,20}/g) ?? [];

const folder = mkdtempSync(join(tmpdir(), "aetheria-markdown-bench-"));
const root = join(import.meta.dirname, "markdown-page");
const shared = { root, configFile: false as const, logLevel: "error" as const };
await build({
  ...shared,
  plugins: [svelte({ configFile: false })],
  build: { outDir: folder, assetsInlineLimit: 0 },
});
const server = await preview({
  ...shared,
  build: { outDir: folder },
  preview: { host: "127.0.0.1", port: 0, strictPort: true },
});
const executablePath = findChromium();
if (!executablePath) throw new Error("No Chromium found: install one or set CHROMIUM_PATH.");
const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(server.resolvedUrls?.local[0] ?? "");
  const cdp = await page.context().newCDPSession(page);
  // The thread's own time: what else the machine does then does not count.
  await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  await measure(page, cdp);
} finally {
  await browser.close();
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(page: Page, cdp: CDPSession): Promise<void> {
  await page.evaluate(`window.answer = ${JSON.stringify(answer)};`);
  await page.evaluate(`window.pieces = ${JSON.stringify(pieces)};`);
  const atOnce: number[] = [];
  const streamed: number[] = [];
  // The first round of each warms the compiler and the worker up.
  for (let round = 0; round <= rounds; round += 1) {
    const once = await cost(page, cdp, "bench.atOnce(answer)");
    const whole = await page.evaluate<string>("bench.html()");
    const stream = await cost(page, cdp, "bench.fromChannel(pieces)");
    const grown = await page.evaluate<string>("bench.html()");
    if (grown !== whole) throw new Error("The streamed text ended in another page.");
    if (round === 0) continue;
    atOnce.push(once);
    streamed.push(stream);
  }
  report({
    name: "markdown-stream",
    promise: "a 100 KB reply with code and tables, streamed, the same page at the end",
    value: quantile(streamed, 0.5) / quantile(atOnce, 0.5),
    limit: 1.5,
    unit: "×",
    yardstick: "one-shot render of the same text",
  });
  await page.evaluate("bench.empty()");
  const frames = await page.evaluate<number[]>("bench.byFrames(pieces, 7)");
  const quarter = Math.floor(frames.length / 4);
  report({
    name: "markdown-late-piece",
    promise: "a frame of the last quarter of a streamed 100 KB reply",
    // The lower quarter: a frame during which the machine did something else says nothing.
    value:
      quantile(frames.slice(-quarter), 0.25) / quantile(frames.slice(quarter / 4, quarter), 0.25),
    limit: 2,
    unit: "×",
    yardstick: "a frame of its first quarter",
  });
  if (process.env["BENCH_DETAILS"]) {
    console.error({ atOnce, streamed, frames: [0.5, 0.95, 1].map((q) => quantile(frames, q)) });
  }
}

/** Milliseconds the main thread was busy. */
async function cost(page: Page, cdp: CDPSession, script: string): Promise<number> {
  await page.evaluate("bench.empty()");
  const busy = async () => {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? NaN) * 1_000;
  };
  const before = await busy();
  await page.evaluate(script);
  return (await busy()) - before;
}
