// How smooth the window stays while a model writes 2,000 tokens a second into a session of 10,000
// messages, as one long answer, and the person types meanwhile: every frame of the page, every key until
// it is painted, every node of the document, from the question to past the answer's end.
// Frames need the processor in time: neighbours on a busy machine show, first in the idle page.
import { setTimeout as sleep } from "node:timers/promises";
import { openSession } from "./opened-session.ts";
import { lateShare, watchPage, type Seen } from "./page-frames.ts";
import { quantile, report } from "./report.ts";

const messages = Number(process.env["BENCH_MESSAGES"] ?? 10_000);
const seconds = Number(process.env["BENCH_SECONDS"] ?? 22);
const tokensPerSecond = 2_000;
const keyEveryMs = 125;
const idleMs = 4_000;
/** What comes before and after the answer. */
const aroundMs = 3_000;
/** The least that the page's clock of events tells of. */
const leastEventMs = 16;

const pace = { tokens: tokensPerSecond * seconds, tokensPerSecond };
const session = await openSession(messages, pace);
const { page } = session.app;
try {
  await sleep(2_000);
  await page.evaluate(`(${watchPage.toString()})()`);
  await sleep(idleMs);
  const idle = await page.evaluate<Seen>("window.seen()");
  await session.send("Write the whole report, with tables and code.");
  const pressed = await typeFor(seconds * 1_000 + aroundMs);
  if (await page.getByRole("button", { name: "Stop" }).isVisible())
    throw new Error("The answer came slower than the model wrote it.");
  tell(idle, await page.evaluate<Seen>("window.seen()"), pressed);
} finally {
  await session.close();
}

async function typeFor(ms: number): Promise<number> {
  const letters = "whatissaidhereiswrittenwhiletheanswergrows";
  const startedAt = performance.now();
  let pressed = 0;
  for (; pressed * keyEveryMs < ms; pressed += 1) {
    const dueMs = startedAt + pressed * keyEveryMs - performance.now();
    if (dueMs > 0) await sleep(dueMs);
    await session.press(letters[pressed % letters.length] ?? "a");
  }
  return pressed;
}

function tell(idle: Seen, { frames, keys, nodes }: Seen, pressed: number): void {
  const quick = Math.max(0, pressed - keys.length);
  const toPaint = [...keys, ...Array.from({ length: quick }, () => leastEventMs)];
  const key = [0.5, 0.95, 1].map((share) => quantile(toPaint, share).toFixed(0)).join(", ");
  console.error(
    `idle page: ${lateShare(idle.frames).toFixed(1)} % late, worst ${Math.max(...idle.frames).toFixed(0)} ms; ` +
      `${frames.length} frames, ${pressed} keys: ${key} ms`,
  );
  const promise = `${tokensPerSecond} tokens/s into a session of ${messages} messages`;
  const result = (name: string, what: string, value: number, limit: number, unit: string) =>
    report({ name, promise: `${promise}: ${what}`, value, limit, unit, yardstick: "–" });
  result("frames-late", "frames longer than 33 ms", lateShare(frames), 1, "%");
  result("frames-worst", "the longest frame", Math.max(...frames), 100, "ms");
  result("frames-key", "key to paint, p95", quantile(toPaint, 0.95), 50, "ms");
  result("frames-nodes", "DOM", nodes, 3_000, "nodes");
}
