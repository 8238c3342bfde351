// Who drives a browser: the agent, or the person who took over. The agent's verbs take turns here and
// wait while the person has the wheel.
import type { BrowserDriver } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";

export type Driver = ReturnType<typeof createDriver>;

export function createDriver(changed: () => void) {
  let driver: BrowserDriver = "agent";
  let waiting = 0;
  /** Since the agent last heard of it. */
  let droveMeanwhile = false;
  const listeners = new Set<() => void>();

  return {
    driver: () => driver,
    agentWaits: () => waiting > 0,
    drive(now: BrowserDriver): void {
      if (now === driver) return;
      driver = now;
      if (now === "person") droveMeanwhile = true;
      else [...listeners].forEach((listener) => listener());
      changed();
    },
    /** Resolves when it is the agent's turn; at once, mostly. */
    async agentsTurn(signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      if (driver === "agent") return;
      waiting += 1;
      changed();
      try {
        await handedBack(listeners, signal);
      } finally {
        waiting -= 1;
        changed();
      }
    },
    /** True once after the person drove. */
    tookNote(): boolean {
      const drove = droveMeanwhile;
      droveMeanwhile = false;
      return drove;
    },
    /** Throws refused while the agent drives. */
    checkPerson(): void {
      if (driver === "person") return;
      throw new AetheriaError("refused", "The agent drives this browser.", {
        hint: "Take over first.",
      });
    },
  };
}

function handedBack(listeners: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = () => {
      listeners.delete(done);
      signal.removeEventListener("abort", aborted);
    };
    const done = () => (end(), resolve());
    const aborted = () => (end(), reject(signal.reason as Error));
    listeners.add(done);
    signal.addEventListener("abort", aborted, { once: true });
  });
}
