// Long work on everything, one at a time: it can be stopped, and everyone connected sees how far it is.
import type { Push } from "../../contract/calls.ts";
import type { DataProgress } from "../../contract/data.ts";
import { AetheriaError } from "../../contract/errors.ts";

const toldEveryMs = 100;

export type Job = {
  readonly signal: AbortSignal;
  expect(totalBytes: number): void;
  /** More bytes than before. */
  add(bytes: number): void;
  /** This many bytes in all. */
  reach(bytes: number): void;
};

export type Jobs = {
  run<Result>(kind: DataProgress["job"], work: (job: Job) => Promise<Result>): Promise<Result>;
  stop(): void;
  /** Stops what is under way and resolves when it has cleaned up. */
  close(): Promise<void>;
};

const names: Record<DataProgress["job"], string> = {
  backup: "A backup",
  export: "An export",
  restore: "A restore",
};

export function createJobs(broadcast: (push: Push) => void): Jobs {
  let current: {
    kind: DataProgress["job"];
    abort: AbortController;
    ended: Promise<unknown>;
  } | null = null;
  let closed = false;

  function refuseTwo(): void {
    if (closed) throw new AetheriaError("cancelled", "Aetheria is shutting down.");
    if (!current) return;
    throw new AetheriaError("conflict", `${names[current.kind]} is under way already.`, {
      hint: "Wait until it is done, or cancel it.",
      retryable: true,
    });
  }

  return {
    async run(kind, work) {
      refuseTwo();
      const abort = new AbortController();
      const told = createTold(kind, broadcast);
      const running = work({ ...told, signal: abort.signal });
      const ended = running.catch(() => undefined);
      current = { kind, abort, ended };
      try {
        return await running;
      } catch (error) {
        throw abort.signal.aborted ? stopped() : error;
      } finally {
        current = null;
        told.finish();
      }
    },
    stop: () => current?.abort.abort(),
    async close() {
      closed = true;
      current?.abort.abort();
      await current?.ended;
    },
  };
}

function createTold(job: DataProgress["job"], broadcast: (push: Push) => void) {
  let doneBytes = 0;
  let totalBytes = 0;
  let toldAt = -Infinity;
  const tell = (finished: boolean) =>
    broadcast({ type: "data.progress", progress: { job, doneBytes, totalBytes, finished } });
  const changed = () => {
    if (performance.now() - toldAt < toldEveryMs) return;
    toldAt = performance.now();
    tell(false);
  };
  return {
    expect: (bytes: number) => {
      totalBytes = bytes;
      changed();
    },
    add: (bytes: number) => {
      doneBytes += bytes;
      changed();
    },
    reach: (bytes: number) => {
      doneBytes = bytes;
      changed();
    },
    finish: () => tell(true),
  };
}

const stopped = (): AetheriaError =>
  new AetheriaError("cancelled", "That was stopped. Nothing was left behind.", { retryable: true });
