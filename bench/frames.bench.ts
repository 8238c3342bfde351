// How smooth the window stays while a model writes 2,000 tokens a second into a session of 10,000
// messages, as one long answer, and the person types meanwhile: every frame of the page, every key until
// it is painted, every node of the document, from the question to past the answer's end.
// Frames need the processor in time: neighbours on a busy machine show, first in the idle page.
import { setTimeout as sleep } from "node:timers/promises";
import { quantile, report } from "./report.ts";
import { openSession } from "./opened-session.ts";

const messages = Number(process.env["BENCH_MESSAGES"] ?? 10_000);
const seconds = Number(process.env["BENCH_SECONDS"] ?? 22);
const tokensPerSecond = 2_000;
const keyEveryMs = 125;
const idleMs = 4_000;
/** What comes before and after the answer. */
const aroundMs = 3_000;
/** The least that the page's clock of events tells of. */
const leastEventMs = 16;

type Seen = { frames: number[]; keys: number[]; nodes: number };

const pace = { tokens: tokensPerSecond * seconds, tokensPerSecond };
const session = await openSession(messages, pace);
const { page } = session.app;
try {
  await sleep(2_000);
  await page.evaluate(`(${watch.toString()})()`);
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

/** In the page: what is seen from one `seen()` to the next. */
function watch(): void {
  let [frames, keys]: [number[], number[]] = [[], []];
  let [last, nodes] = [0, 0];
  const step = (at: number) => {
    if (last > 0) frames.push(at - last);
    last = at;
    requestAnimationFrame(step);
  };
  requestAnimationFrame(step);
  const observer = new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === "keydown") keys.push(duration);
  });
  const observed: PerformanceObserverInit & { durationThreshold: number } = {
    type: "event",
    durationThreshold: 16,
  };
  observer.observe(observed);
  const count = () => {
    const walker = document.createTreeWalker(document);
    let counted = 0;
    while (walker.nextNode()) counted += 1;
    nodes = Math.max(nodes, counted);
  };
  setInterval(count, 1_000);
  const seen = (): Seen => {
    const before = { frames, keys, nodes };
    [frames, keys, nodes] = [[], [], 0];
    return before;
  };
  Object.assign(window, { seen });
}

/** In %. A frame of two beats of a 60 Hz screen lasts 33.3 ms. */
function lateShare(frames: readonly number[]): number {
  return (frames.filter((ms) => Math.round(ms) > 33).length / frames.length) * 100;
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
