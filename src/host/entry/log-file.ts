// The host's log: a text file in the data folder for what people do not need to see, stack traces
// above all. It starts afresh past a size, keeping one predecessor. Logging never fails its caller.
import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

export type Log = (message: string, error?: unknown) => void;

const largestBytes = 5 * 1024 * 1024;

export const logPath = (dataDir: string) => join(dataDir, "aetheria.log");

export function openLog(dataDir: string): Log {
  const path = logPath(dataDir);
  return (message, error) => {
    try {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > largestBytes)
        renameSync(path, `${path}.1`);
      appendFileSync(path, entry(message, error), { mode: 0o600 });
    } catch {
      // A full disk or a read-only folder is told elsewhere; a log has nowhere else to go.
    }
  };
}

function entry(message: string, error: unknown): string {
  const details = error === undefined ? "" : `\n${inDetail(error)}`;
  return `${new Date().toISOString()} ${message}${details}\n`;
}

function inDetail(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${inDetail(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
