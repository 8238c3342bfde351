// Something to wait at until somebody rings, or a time has passed. A ring while nobody waits is kept.
import type { Clock } from "../ports.ts";

/** Said to the timer when it is not needed any more: an error would cost more than the waiting. */
const overslept = "rung";

export interface Bell {
  ring(): void;
  /** Resolves when rung, after `ms` (null: never), or when the signal says so; never rejects. One waits
   * at a time. */
  wait(ms: number | null, signal: AbortSignal): Promise<void>;
}

export function createBell(clock: Pick<Clock, "sleep">): Bell {
  let isRung = false;
  let stopWaiting: (() => void) | null = null;
  return {
    ring() {
      isRung = true;
      stopWaiting?.();
    },
    async wait(ms, signal) {
      if (!isRung && !signal.aborted)
        await new Promise<void>((resolve) => {
          const timer = new AbortController();
          const stop = () => {
            stopWaiting = null;
            signal.removeEventListener("abort", stop);
            timer.abort(overslept);
            resolve();
          };
          stopWaiting = stop;
          signal.addEventListener("abort", stop, { once: true });
          if (ms !== null) void clock.sleep(ms, timer.signal).then(stop, stop);
        });
      isRung = false;
    },
  };
}
