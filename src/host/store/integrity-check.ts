// Starts the check of the whole database in the background and waits for what it found.
import { Worker } from "node:worker_threads";
import * as z from "zod/mini";
import { isDamage } from "./storage-error.ts";

export type IntegrityCheck = {
  /** What is wrong with the file, line by line; empty when it is sound or the check was stopped. */
  readonly found: Promise<string[]>;
  stop(): void;
};

export function startIntegrityCheck(path: string): IntegrityCheck {
  const worker = new Worker(new URL("./integrity.worker.ts", import.meta.url), {
    workerData: { path },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  worker.unref();
  const found = new Promise<string[]>((resolve, reject) => {
    worker.once("message", (lines) => resolve(z.array(z.string()).parse(lines)));
    worker.once("error", (error) =>
      isDamageText(error) ? resolve([error.message]) : reject(error),
    );
    worker.once("exit", () => resolve([]));
  });
  return { found, stop: () => void worker.terminate() };
}

/** Errors lose their class on the way out of a thread; their code stays. */
function isDamageText(error: Error): boolean {
  return isDamage(error) || /malformed|not a database/.test(error.message);
}
