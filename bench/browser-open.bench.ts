// Opening a session's browser with its first page against Playwright's bare launch of the same program.
// Taken in turns, so that a machine that is busy for a while is so for both.
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import type { SessionId } from "../src/contract/ids.ts";
import { createEgress } from "../src/host/egress/egress.ts";
import { chromiumHere, never, openTestBrowsers, waiter } from "../src/testing/browser-fixture.ts";
import { quantile, report } from "./report.ts";

const rounds = 12;
const page = `<title>Bench</title><h1>Hello</h1><p>${"Some words of a page. ".repeat(40)}</p>`;
const site = createServer((_asked, answer) => {
  answer.setHeader("content-type", "text/html");
  answer.end(page);
});
await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
const host = `127.0.0.1:${(site.address() as AddressInfo).port}`;
const egress = createEgress({
  rules: () => ({ offline: false, allowedPrivateHosts: [host] }),
  clock: { now: Date.now },
});
const dataDir = mkdtempSync(join(tmpdir(), "aetheria-bench-"));
const { browsers, close } = openTestBrowsers({ dataDir, openWay: egress.browser.open });

async function bare(): Promise<number> {
  const startedMs = performance.now();
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: chromiumHere(),
    args: isRoot ? ["--no-sandbox"] : [],
  });
  const opened = await browser.newPage();
  await opened.goto(`http://${host}/`);
  const ms = performance.now() - startedMs;
  await browser.close();
  return ms;
}

let sessions = 0;
async function ours(): Promise<number> {
  const sessionId = `session-${sessions++}` as SessionId;
  const startedMs = performance.now();
  const browser = await browsers.open(sessionId, waiter);
  const openedMs = performance.now();
  await browser.open(`http://${host}/`, never);
  const ms = performance.now() - startedMs;
  if (process.env["BENCH_PARTS"]) console.error(openedMs - startedMs, ms);
  await browsers.forget(sessionId);
  return ms;
}

try {
  // The first of each loads the programs from the disk.
  await bare();
  await ours();
  const theirs: number[] = [];
  const own: number[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await bare());
    own.push(await ours());
  }
  report({
    ...{ name: "browser-open", promise: "open the browser, first page" },
    ...{ value: quantile(own, 0.5) / quantile(theirs, 0.5), limit: 1.15, unit: "×" },
    yardstick: "Playwright's launch, newPage and goto",
  });
} finally {
  await close();
  await egress.close();
  site.close();
  rmSync(dataDir, { recursive: true, force: true });
}
