// How soon a conversation of 5,000 events is on a phone's screen: from the tap in the list until the frame
// that shows its end, straight and through the mirror, where the phone keeps its own copy.
import { startSupabase } from "../src/testing/supabase/start-supabase.ts";
import { linkedPage, openBrowser, type Wire } from "./companion-page.ts";
import { sessionId } from "./filled-store.ts";
import { fillLong } from "./long-session.ts";
import { BenchHost, isUpToDate } from "./mirrored-host.ts";
import { quantile, report } from "./report.ts";

const rounds = 9;
/** Five events to two messages, and one where each third run has a step. */
const messages = 2_010;
const title = "A long one";

/** In the page: how long from a press on the card until the frame that follows the conversation's end. */
const measure = `(async () => {
  const end = () => document.querySelector("[role=log] .scroller, [role=log]");
  const card = [...document.querySelectorAll("button")].find((one) =>
    one.textContent.includes(${JSON.stringify(title)}));
  const from = performance.now();
  card.click();
  await new Promise((resolve) => {
    const look = () => {
      const log = end();
      if (log && log.textContent.length > 200) requestAnimationFrame(() => setTimeout(resolve));
      else requestAnimationFrame(look);
    };
    look();
  });
  return performance.now() - from;
})()`;

const supabase = await startSupabase();
const host = new BenchHost();
const browser = await openBrowser();
try {
  await host.start();
  await host.signIn(supabase);
  await host.mirrorIs(isUpToDate);
  await host.stop();
  host.fill((store) => fillLong(store, sessionId(0), messages));
  await host.start();
  await host.mirrorIs((status) => isUpToDate(status) && status.waitingEvents === 0);
  for (const wire of ["lan", "mirror"] as const) await open(wire);
} finally {
  await browser.close();
  await host.close();
  await supabase.close();
}

async function open(wire: Wire): Promise<void> {
  const page = await linkedPage(browser, host, wire);
  const toList = page.getByRole("button", { name: "All sessions" });
  const card = page.getByRole("button", { name: new RegExp(`^${title} now|^${title}`) });
  const times: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await card.first().waitFor();
    const took = await page.evaluate<number>(measure);
    // The first one loads what shows Markdown, and what the phone has not yet.
    if (round > 0) times.push(took);
    await toList.tap();
    await page.getByRole("log").waitFor({ state: "detached" });
  }
  const way = wire === "mirror" ? "through the mirror" : "straight, on the same network";
  report({
    name: `companion-open-${wire}`,
    promise: `a session of 5,000 events opened on a phone, ${way}`,
    value: quantile(times, 0.5),
    limit: 200,
    unit: "ms",
    yardstick: "from the tap to the frame that shows its end, median",
  });
  await page.context().close();
}
