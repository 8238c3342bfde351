// Tells a person what went wrong: a sentence, a way out on the next line, never a stack. What was
// not meant to happen goes to the log file with all its details.
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import { logPath, openLog } from "../host/entry/log-file.ts";
import { exitCodeOf } from "./exit-codes.ts";
import { UsageError } from "./options.ts";
import { printable } from "./terminal/printable.ts";
import type { Terminal } from "./terminal/terminal.ts";

type Place = { terminal: Terminal; json: boolean; name: string; dataDir: string };

/** Returns the exit code that goes with it. */
export function reportError(error: unknown, { terminal, json, name, dataDir }: Place): number {
  const data = AetheriaError.toData(error);
  if (!(error instanceof AetheriaError) || data.code === "internal")
    openLog(dataDir)(`${name} failed.`, error);
  const hint =
    data.code === "internal"
      ? `The details are in ${logPath(dataDir)}.`
      : (data.hint ?? (error instanceof UsageError ? `See ${name} --help.` : undefined));
  const told: ErrorData = { ...data, ...(hint === undefined ? {} : { hint }) };
  tellError(terminal, told);
  if (json) terminal.json({ type: "error", error: told });
  return exitCodeOf(data.code);
}

export function tellError(terminal: Terminal, { message, hint }: ErrorData): void {
  terminal.tell(terminal.err.red(printable(message)));
  if (hint !== undefined) terminal.tell(printable(hint));
}
