// Checks the whole database in the background. A small one is read in a moment, here; a large one
// in a thread, whose memory is only worth it then.
import { statSync } from "node:fs";
import { Worker } from "node:worker_threads";
import * as z from "zod/mini";
import { quickCheck } from "./quick-check.ts";

export type IntegrityCheck = {
  /** What is wrong with the file, line by line; empty when it is sound or the check was stopped. */
  readonly found: Promise<string[]>;
  stop(): void;
};

const smallBytes = 8 * 1024 * 1024;

export function startIntegrityCheck(path: string): IntegrityCheck {
  return statSync(path).size <= smallBytes ? checkSmall(path) : checkLarge(path);
}

function checkSmall(path: string): IntegrityCheck {
  let stopped = false;
  const found = new Promise<string[]>((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(stopped ? [] : quickCheck(path));
      } catch (error) {
        reject(error);
      }
    });
  });
  return { found, stop: () => void (stopped = true) };
}

function checkLarge(path: string): IntegrityCheck {
  const worker = new Worker(new URL("./integrity.worker.ts", import.meta.url), {
    workerData: { path },
    resourceLimits: { maxOldGenerationSizeMb: 64 },
  });
  worker.unref();
  const found = new Promise<string[]>((resolve, reject) => {
    worker.once("message", (lines) => resolve(z.array(z.string()).parse(lines)));
    worker.once("error", reject);
    worker.once("exit", () => resolve([]));
  });
  return { found, stop: () => void worker.terminate() };
}
