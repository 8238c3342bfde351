// What a long day in one conversation leaves in memory: 2,000 turns of 2,000 streamed tokens, the session
// open in the window all the time. All processes of the app at the end, against the same after 100 turns.
import { setTimeout as sleep } from "node:timers/promises";
import { openSession } from "./opened-session.ts";
import { report } from "./report.ts";
import { pssMb } from "./started-app.ts";

const turns = Number(process.env["BENCH_TURNS"] ?? 2_000);
const warmTurns = Number(process.env["BENCH_WARM_TURNS"] ?? 100);
const tokens = 2_000;
/** The host collects its garbage when it likes: the least of some quiet seconds counts. */
const quietSeconds = 12;

const session = await openSession(0, { tokens, tokensPerSecond: 0 });
const { page, child } = session.app;
try {
  await page.evaluate(`(${followEnds.toString()})()`);
  await take(0, warmTurns);
  const warmMb = await restingMb(warmTurns);
  for (let turn = warmTurns; turn < turns; turn += 250) {
    const reached = Math.min(turn + 250, turns);
    await take(turn, reached);
    console.error(`after ${reached} turns, busy: ${pssMb(child.pid ?? 0).toFixed(0)} MB`);
  }
  const lastMb = await restingMb(turns);
  report({
    name: "memory-long-session",
    promise: `${(turns * tokens) / 1e6} million streamed tokens over ${turns} turns: memory of all processes (PSS)`,
    value: lastMb / warmMb,
    limit: 1.2,
    unit: "×",
    yardstick: `the same after ${warmTurns} turns`,
  });
} finally {
  await session.close();
}

async function take(from: number, to: number): Promise<void> {
  const startedAt = performance.now();
  for (let turn = from; turn < to; turn += 1) {
    await session.send(`Go on with part ${turn + 1}.`);
    await page.evaluate(`window.turnEnded()`);
  }
  const eachMs = (performance.now() - startedAt) / (to - from);
  console.error(`turns ${from + 1} to ${to}: ${eachMs.toFixed(0)} ms each`);
}

/** In the page: `turnEnded()` waits until the conversation ends in the end of another run. */
function followEnds(): void {
  let last: Element | undefined;
  const endOf = () => {
    const row = [...document.querySelectorAll("[role=log] > [data-index]")].at(-1);
    return row?.querySelector(".run_end") && row !== last ? row : undefined;
  };
  const turnEnded = () =>
    new Promise<void>((resolve, reject) => {
      const limit = setTimeout(() => reject(new Error("A turn does not end.")), 60_000);
      const observer = new MutationObserver(look);
      observer.observe(document.body, { childList: true, subtree: true });
      look();
      function look() {
        const end = endOf();
        if (!end) return;
        last = end;
        observer.disconnect();
        clearTimeout(limit);
        resolve();
      }
    });
  Object.assign(window, { turnEnded });
}

async function restingMb(turn: number): Promise<number> {
  let least = Infinity;
  for (let second = 0; second < quietSeconds; second += 1) {
    await sleep(1_000);
    await session.cdp.send("HeapProfiler.collectGarbage");
    least = Math.min(least, pssMb(child.pid ?? 0));
  }
  console.error(`after ${turn} turns, at rest: ${least.toFixed(0)} MB`);
  return least;
}
