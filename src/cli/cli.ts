// The `aetheria` command: picks the command, runs it, and turns every outcome into an exit code.
// Each command is loaded only when it is the one; starting pays for nothing else.
import { homedir } from "node:os";
import { resolve } from "node:path";
import { defaultDataDir } from "../host/entry/data-dir.ts";
import { closest } from "./closest.ts";
import type { Command, CommandParts } from "./command.ts";
import { exitCodes } from "./exit-codes.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { type Io, processIo } from "./io.ts";
import { badUsage, parseOptions } from "./options.ts";
import { realParts } from "./parts.ts";
import { reportError } from "./report-error.ts";
import { createTerminal } from "./terminal/terminal.ts";

type Entry = { summary: string; load: () => Promise<Command> };

const commands: Record<string, Entry> = {
  serve: {
    summary: "start Aetheria and print the address to open",
    load: async () => (await import("./commands/serve.ts")).serve,
  },
  run: {
    summary: "ask for something and watch the answer come",
    load: async () => (await import("./commands/run.ts")).run,
  },
  tool: {
    summary: "run one tool by hand, or list them all",
    load: async () => (await import("./commands/tool.ts")).tool,
  },
  search: {
    summary: "find words in all sessions",
    load: async () => (await import("./commands/search.ts")).search,
  },
  export: {
    summary: "write a session to a file",
    load: async () => (await import("./commands/export.ts")).exportSession,
  },
  import: {
    summary: "read an exported session back in",
    load: async () => (await import("./commands/import.ts")).importSession,
  },
  doctor: {
    summary: "check this machine and say what to fix",
    load: async () => (await import("./commands/doctor.ts")).doctor,
  },
};

/** Runs one command line; never rejects. `argv` is without the program's own name. */
export async function runCli(
  argv: string[],
  io: Io = processIo(),
  parts: CommandParts = realParts(),
): Promise<number> {
  const terminal = createTerminal(io, false);
  const [first = "", ...args] = argv;
  if (["--help", "-h", "help"].includes(first)) {
    terminal.print(await helpFor(args[0]));
    return exitCodes.done;
  }
  if (first === "--version" || first === "-v") {
    const { version } = await import("../host/entry/version.ts");
    terminal.print(version);
    return exitCodes.done;
  }
  const entry = Object.hasOwn(commands, first) ? commands[first] : undefined;
  if (!entry) return refuseUnknown(first, terminal.tell);
  return runCommand(await entry.load(), `aetheria ${first}`, args, io, parts);
}

async function helpFor(name: string | undefined): Promise<string> {
  const entry = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry) return commandHelp((await entry.load()).help);
  return generalHelp(Object.entries(commands).map(([each, { summary }]) => [each, summary]));
}

async function refuseUnknown(word: string, tell: (line: string) => void): Promise<number> {
  if (word === "") {
    tell(await helpFor(undefined));
    return exitCodes.badUsage;
  }
  const what = word.startsWith("-") ? "option" : "command";
  const near = closest(word, [...Object.keys(commands), "--help", "--version"]);
  tell(`There is no ${what} “${word}”.`);
  tell(near ? `Did you mean aetheria ${near}?` : "aetheria --help lists what there is.");
  return exitCodes.badUsage;
}

async function runCommand(
  command: Command,
  name: string,
  args: string[],
  io: Io,
  parts: CommandParts,
): Promise<number> {
  // Known before the arguments are: what is wrong with them must come out in the right form.
  const json = args.includes("--json");
  const terminal = createTerminal(io, json);
  let dataDir = defaultDataDir({ env: io.env, platform: process.platform, home: homedir() });
  try {
    const { values } = parseOptions(args, command.help.options);
    if (values["help"] === true) {
      terminal.print(commandHelp(command.help));
      return exitCodes.done;
    }
    if (typeof values["data"] === "string") dataDir = resolve(io.cwd, values["data"]);
    if (dataDir === "") throw badUsage("--data needs a folder.");
    return await command.run(args, { io, terminal, parts, dataDir, json });
  } catch (error) {
    return reportError(error, { terminal, json, name, dataDir });
  } finally {
    await terminal.flushed();
  }
}
