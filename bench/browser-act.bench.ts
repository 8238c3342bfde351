// A press on a page and what it changed, against Playwright's own click and whole snapshot of the same
// page, in turns in one run.
import { chromium, type Page } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { createPageView } from "../src/host/browser/page/create-page-view.ts";
import { registerPagePrograms } from "../src/host/browser/page/page-programs.ts";
import { quantile, report } from "./report.ts";

const rows = Array.from(
  { length: 60 },
  (_, at) => `<tr><td>Order ${at}<td>${at * 7} €<td><button class=row>Ship ${at}</button></tr>`,
).join("");
const content = `<!doctype html><title>Orders</title><nav><a href="/a">Home</a> <a href="/b">Orders</a></nav>
<h1>Orders</h1><form><label>Search <input></label><button type=button>Find</button></form>
<p>Pressed <b id=count>0</b> times.</p><button id=press>Count</button><table>${rows}</table>
<script>let n = 0; press.onclick = () => { count.textContent = String(++n); }</script>`;
const never = new AbortController().signal;
const rounds = 60;

await registerPagePrograms();
const executablePath = findChromium();
if (!executablePath) throw new Error("This bench needs a Chromium.");
const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });

async function openPage(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.setContent(content);
  return page;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

try {
  const page = await openPage();
  let last = 0;
  const view = createPageView({ page, nextNumber: () => ++last, redact: (text) => text });
  const { text } = await view.look({}, never);
  const element = Number(/\[(\d+)\] button "Count"/.exec(text)?.[1]);
  const act = async () => {
    await view.act({ kind: "click", element }, never);
    const change = await view.change(never);
    if (!change.text.includes("~ Pressed")) throw new Error(`It told: ${change.text}`);
  };
  const bare = async () => {
    await page.locator("#press").click();
    await page.ariaSnapshot();
  };
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let at = 0; at < rounds + 10; at++) {
    const [bareMs, actMs] = [await timed(bare), await timed(act)];
    if (at >= 10) theirs.push(bareMs);
    if (at >= 10) ours.push(actMs);
  }
  report({
    ...{ name: "browser-act", promise: "act and what it changed, p50", limit: 1.3, unit: "×" },
    ...{ value: quantile(ours, 0.5) / quantile(theirs, 0.5) },
    yardstick: "Playwright's click() and ariaSnapshot()",
  });
  report({
    ...{ name: "browser-act-p50", promise: "the same", value: quantile(ours, 0.5), limit: 100 },
    ...{ unit: "ms", yardstick: "–" },
  });
  view.close();
} finally {
  await browser.close();
}
