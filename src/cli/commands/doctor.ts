// `aetheria doctor`: what this machine has, what it lacks, and what to do about it.
import type { Check } from "../../contract/system.ts";
import type { Command, CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { parseOptions, sharedOptions } from "../options.ts";
import type { Colours } from "../terminal/colours.ts";
import { columns } from "../terminal/columns.ts";
import { printable } from "../terminal/printable.ts";
import { withClient } from "../with-client.ts";

const options = sharedOptions;

export const doctor: Command = {
  help: {
    usage: ["aetheria doctor [--json]"],
    about:
      "Checks Node, the data folder, the store, models, keys, the sandbox, browsers and ports, and says how to fix what is wrong. It changes nothing.",
    options,
    examples: ["aetheria doctor"],
  },
  async run(args, context) {
    parseOptions(args, options);
    const { terminal, json } = context;
    const checks = await examine(context);
    for (const check of json ? checks : []) terminal.json({ type: "check", ...check });
    for (const line of json ? [] : inLines(checks, terminal.out)) terminal.print(line);
    return exitCodeFor(checks);
  },
};

/** Also on a machine where no host starts: that is when a doctor is needed most. */
async function examine(context: CommandContext): Promise<Check[]> {
  try {
    const answer = await withClient(context, ({ client }) => client.call("system.doctor", {}));
    return answer.checks;
  } catch (error) {
    return context.parts.doctorWithoutHost(context.dataDir, context.io.env, error);
  }
}

function exitCodeFor(checks: Check[]): number {
  if (checks.some(({ state }) => state === "failed")) return exitCodes.failed;
  if (checks.some(({ state }) => state === "missing")) return exitCodes.missing;
  return exitCodes.done;
}

const icons: Record<Check["state"], string> = { ok: "✓", warning: "!", missing: "○", failed: "✗" };
const paints: Record<Check["state"], keyof Colours> = {
  ok: "green",
  warning: "yellow",
  missing: "red",
  failed: "red",
};

function inLines(checks: Check[], colours: Colours): string[] {
  const rows = checks.flatMap(({ name, state, found, fix }) => [
    [colours[paints[state]](`${icons[state]} ${state}`), name, printable(found)],
    ...(fix === undefined ? [] : [["", "", colours.dim(`→ ${printable(fix)}`)]]),
  ]);
  return columns(rows);
}
