// Those who look at one session of a companion: each begins with a snapshot and goes on with what comes.
import type { SessionSnapshot } from "../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { OpenParts } from "../../contract/mirror.ts";
import { createOpenDeltas, type OpenDeltas } from "./open-deltas.ts";
import type { ReplicaListener } from "./replica-ports.ts";

type Watcher = { listener: ReplicaListener; hasBegun: boolean; open: OpenDeltas };

export interface SessionWatchers {
  count(): number;
  add(listener: ReplicaListener): {
    begin(): Promise<void>;
    failed(error: unknown): void;
    stop(): void;
  };
  /** The log is another one now: each begins again with what comes next. */
  restart(): void;
  beginAll(): Promise<void>;
  events(events: SessionEvent[]): Promise<void>;
  open(open: OpenParts): Promise<void>;
  /** Tells them, and lets them go. */
  fail(error: ErrorData): void;
}

/** `snapshot`: null where there is nothing to begin with yet. */
export function createSessionWatchers(
  snapshot: () => Promise<SessionSnapshot | null>,
): SessionWatchers {
  const watchers = new Set<Watcher>();

  async function begin(watcher: Watcher): Promise<void> {
    const current = await snapshot();
    if (!current || !watchers.has(watcher)) return;
    watcher.hasBegun = true;
    watcher.open.restart(current);
    watcher.listener.reset(current);
  }

  return {
    count: () => watchers.size,
    add(listener) {
      const watcher: Watcher = { listener, hasBegun: false, open: createOpenDeltas() };
      watchers.add(watcher);
      return {
        begin: () => begin(watcher),
        failed(error) {
          if (watchers.delete(watcher)) listener.failed?.(AetheriaError.toData(error));
        },
        stop: () => void watchers.delete(watcher),
      };
    },
    restart() {
      for (const watcher of watchers) watcher.hasBegun = false;
    },
    async beginAll() {
      for (const watcher of watchers) await begin(watcher);
    },
    async events(events) {
      for (const watcher of watchers) {
        if (!watcher.hasBegun) await begin(watcher);
        else {
          watcher.open.finish(events);
          watcher.listener.events(events);
        }
      }
    },
    async open(open) {
      for (const watcher of watchers) {
        const live = watcher.hasBegun ? watcher.open.next(open) : [];
        if (live === null) await begin(watcher);
        else if (live.length > 0) watcher.listener.live(live);
      }
    },
    fail(error) {
      for (const watcher of watchers) watcher.listener.failed?.(error);
      watchers.clear();
    },
  };
}
