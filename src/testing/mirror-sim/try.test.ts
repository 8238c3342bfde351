import { it } from "vitest";
import { makeScripts } from "./script.ts";
import { runSchedule } from "./run-schedule.ts";
it("tries", async () => {
  const scripts = makeScripts();
  const from = Number(process.env.FROM ?? 1),
    to = Number(process.env.TO ?? 20);
  const began = performance.now();
  let bad = 0;
  for (let seed = from; seed <= to; seed++) {
    const t = performance.now();
    const found = await runSchedule(
      { seed, crypto: process.env.CRYPTO === "real" ? "real" : "fast" },
      scripts,
    );
    const ms = performance.now() - t;
    if (ms > 300) console.log("slow", seed, Math.round(ms));
    if (found.length > 0) {
      bad++;
      if (bad < 6)
        console.log(
          seed,
          found.map((f) => f.slice(0, 1500)),
        );
    }
  }
  console.log("bad", bad, "ms each", (performance.now() - began) / (to - from + 1));
}, 600_000);
