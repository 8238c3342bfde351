// What a model reads of a page against Playwright's `ariaSnapshot()` of the same, over the saved pages of
// bench/pages. Tokens are those of core/agent/tokens.ts: 3.5 characters each, for both.
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { chromium } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { tokensOf } from "../src/core/agent/tokens.ts";
import { createPageView } from "../src/host/browser/page/create-page-view.ts";
import { registerPagePrograms } from "../src/host/browser/page/page-programs.ts";
import { report } from "./report.ts";

const folder = new URL("pages/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".html"));
const never = new AbortController().signal;

const server = createServer((request, response) => {
  const file = request.url?.slice(1) ?? "";
  response.writeHead(files.includes(file) ? 200 : 404, {
    "content-type": "text/html; charset=utf-8",
  });
  response.end(files.includes(file) ? readFileSync(new URL(file, folder)) : "");
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
await registerPagePrograms();
const executablePath = findChromium();
if (!executablePath) throw new Error("This bench needs a Chromium.");
const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
try {
  const ratios: number[] = [];
  let most = 0;
  for (const file of files) {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    let last = 0;
    const view = createPageView({ page, nextNumber: () => ++last, redact: (text) => text });
    await page.goto(`http://127.0.0.1:${port}/${file}`);
    const { text } = await view.look({}, never);
    const ours = tokensOf(text);
    const theirs = tokensOf(await page.ariaSnapshot());
    ratios.push(ours / theirs);
    most = Math.max(most, ours);
    console.error(`${file}: ${ours} of ${theirs}, ${(ours / theirs).toFixed(2)}×`);
    view.close();
    await page.close();
  }
  const yardstick = "ariaSnapshot() of the same";
  report({
    ...{
      name: "browser-tokens",
      promise: `tokens to see a page, average of ${files.length} saved pages`,
    },
    ...{ value: ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length, limit: 0.35 },
    ...{ unit: "×", yardstick },
  });
  report({
    ...{ name: "browser-tokens-most", promise: "tokens to see a page, the most of them" },
    ...{ value: most, limit: 2_000, unit: "tokens", yardstick: "–" },
  });
} finally {
  await browser.close();
  server.close();
}
