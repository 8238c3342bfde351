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

type Times = { came: number; seen: number };

/** Until the page has come, and until a model could be told of it. */
async function bare(): Promise<Times> {
  const startedMs = performance.now();
  const isRoot = process.getuid?.() === 0;
  const browser = await chromium.launch({
    executablePath: chromiumHere(),
    args: isRoot ? ["--no-sandbox"] : [],
  });
  const opened = await browser.newPage();
  await opened.goto(`http://${host}/`);
  const came = performance.now() - startedMs;
  await opened.ariaSnapshot();
  const seen = performance.now() - startedMs;
  await browser.close();
  return { came, seen };
}

let sessions = 0;
async function ours(): Promise<Times> {
  const sessionId = `session-${sessions++}` as SessionId;
  const startedMs = performance.now();
  const browser = await browsers.open(sessionId, waiter);
  const loaded = new Promise<number>((resolve) =>
    browser.activePage()?.once("load", () => resolve(performance.now() - startedMs)),
  );
  const { text, picture } = await browser.open(`http://${host}/`, never);
  const seen = performance.now() - startedMs;
  if (!text.includes("Some words") || !(await picture)) throw new Error(`It told: ${text}`);
  await browsers.forget(sessionId);
  return { came: await loaded, seen };
}

try {
  // The first of each loads the programs from the disk.
  await bare();
  await ours();
  const theirs: Times[] = [];
  const own: Times[] = [];
  for (let round = 0; round < rounds; round++) {
    theirs.push(await bare());
    own.push(await ours());
  }
  const ratio = (of: (times: Times) => number) =>
    quantile(own.map(of), 0.5) / quantile(theirs.map(of), 0.5);
  report({
    ...{ name: "browser-open", promise: "open the browser, first page", unit: "×", limit: 1.15 },
    value: ratio(({ came }) => came),
    yardstick: "Playwright's launch, newPage and goto",
  });
  report({
    ...{ name: "browser-open-seen", promise: "the same, until the model is told" },
    ...{ value: ratio(({ seen }) => seen), unit: "×", limit: 1.15 },
    yardstick: "the same and ariaSnapshot()",
  });
} finally {
  await close();
  await egress.close();
  site.close();
  rmSync(dataDir, { recursive: true, force: true });
}
