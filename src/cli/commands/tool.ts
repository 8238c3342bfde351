// `aetheria tool`: one tool by hand, asked about, logged and shown like the agent's own calls.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AetheriaError } from "../../contract/errors.ts";
import type { ToolDescription } from "../../contract/tool.ts";
import { closest } from "../closest.ts";
import type { Command, CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { badUsage, oneOf, parseOptions, sharedOptions } from "../options.ts";
import { readAll } from "../read-all.ts";
import { approveModes } from "../session/approver.ts";
import { runByHand } from "../session/run-by-hand.ts";
import { columns } from "../terminal/columns.ts";
import { withClient } from "../with-client.ts";

const options = {
  input: { type: "string", value: "JSON", help: "the tool's input; @FILE reads a file, - stdin" },
  workspace: { type: "string", value: "DIR", help: "the folder it may work in (usually this one)" },
  approve: {
    type: "string",
    value: "ask|auto|deny",
    help: "what to do when it needs your answer (usually ask)",
  },
  list: { type: "boolean", help: "show every tool" },
  ...sharedOptions,
} as const;

export const tool: Command = {
  help: {
    usage: [
      "aetheria tool NAME --input JSON [--workspace DIR] [--approve ask|auto|deny] [--json]",
      "aetheria tool --list [--json]",
    ],
    about:
      "Runs one tool by hand in this folder. It is kept in a session called “By hand”. Your command is your consent; the borders of the folder and what you have denied hold as for the agent.",
    options,
    examples: [
      "aetheria tool --list",
      `aetheria tool list_files --input '{"path":"."}'`,
      "aetheria tool write_file --input @note.json --approve auto",
    ],
  },
  async run(args, context) {
    const { values, positionals } = parseOptions(args, options);
    const [name, ...rest] = positionals;
    if (values.list === true) return list(context);
    if (name === undefined || rest.length > 0)
      throw badUsage("Which tool? Give exactly one name.", "aetheria tool --list shows them all.");
    const approve = oneOf("approve", values.approve ?? "ask", approveModes);
    const input = await inputFrom(values.input, context);
    const workspace = resolve(context.io.cwd, values.workspace ?? ".");
    return withClient(context, async ({ client }) => {
      const { tools } = await client.call("tool.list", {});
      requireKnown(name, tools);
      return runByHand({ client, name, input, workspace, approve }, context);
    });
  },
};

function requireKnown(name: string, tools: ToolDescription[]): void {
  const names = tools.map((each) => each.name);
  if (names.includes(name)) return;
  const near = closest(name, names);
  throw badUsage(
    `There is no tool “${name}”.`,
    near ? `Did you mean ${near}?` : "aetheria tool --list shows them all.",
  );
}

async function inputFrom(given: string | undefined, { io }: CommandContext): Promise<unknown> {
  const text = await inputText(given ?? "{}", io);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : "it does not parse";
    throw new AetheriaError("bad_input", `--input is not JSON: ${why}.`, {
      hint: `Give one JSON object, for example --input '{"path":"."}'.`,
      cause,
    });
  }
}

async function inputText(given: string, io: CommandContext["io"]): Promise<string> {
  if (given === "-") return readAll(io.stdin);
  if (!given.startsWith("@")) return given;
  const path = resolve(io.cwd, given.slice(1));
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new AetheriaError("bad_input", `--input names ${path}, which cannot be read.`, { cause });
  }
}

async function list(context: CommandContext): Promise<number> {
  const { terminal, json } = context;
  const { tools } = await withClient(context, ({ client }) => client.call("tool.list", {}));
  if (json) for (const each of tools) terminal.json({ type: "tool", ...each });
  else for (const line of table(tools, context)) terminal.print(line);
  return exitCodes.done;
}

function table(tools: ToolDescription[], { terminal: { out } }: CommandContext): string[] {
  const key = ({ family, name }: ToolDescription) => `${family}\n${name}`;
  const sorted = [...tools].sort((a, b) => (key(a) < key(b) ? -1 : 1));
  const rows = sorted.map(({ family, name, effect, title }, i) => [
    sorted[i - 1]?.family === family ? "" : out.bold(family),
    name,
    out.dim(effect.replaceAll("_", " ")),
    title,
  ]);
  return columns(rows);
}
