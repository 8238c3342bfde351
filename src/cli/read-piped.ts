// What was piped or redirected into the command; a terminal or nothing at all gives nothing.
import { fstatSync } from "node:fs";
import type { InStream } from "./io.ts";
import { readAll } from "./read-all.ts";
import type { Terminal } from "./terminal/terminal.ts";

const patienceMs = 2000;

/** Reads to the end, and says so when that takes its time: somebody may have left a pipe open. */
export async function readPiped(stdin: InStream, terminal: Terminal): Promise<string> {
  if (stdin.isTTY || !holdsInput(stdin)) return "";
  const timer = setTimeout(
    () => terminal.note("Waiting for standard input to end; use < /dev/null to go without it."),
    patienceMs,
  );
  try {
    return await readAll(stdin);
  } finally {
    clearTimeout(timer);
  }
}

/** A pipe, a socket or a file; not /dev/null or a closed descriptor. */
function holdsInput(stdin: InStream): boolean {
  if (!("fd" in stdin) || typeof stdin.fd !== "number") return true;
  try {
    const found = fstatSync(stdin.fd);
    return found.isFIFO() || found.isSocket() || found.isFile();
  } catch {
    return false;
  }
}
