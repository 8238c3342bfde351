// `aetheria export`: one session as JSON (which can be imported) or as Markdown (to be read).
import { stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AetheriaError } from "../../contract/errors.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { badUsage, oneOf, parseOptions, sessionIdFrom, sharedOptions } from "../options.ts";
import { withClient } from "../with-client.ts";

const options = {
  format: {
    type: "string",
    value: "json|markdown",
    help: "json can be imported again (the usual)",
  },
  out: { type: "string", value: "FILE", help: "write here (a folder: named after the session)" },
  force: { type: "boolean", help: "replace the file if it is there" },
  ...sharedOptions,
} as const;

export const exportSession: Command = {
  help: {
    usage: ["aetheria export ID [--format json|markdown] [--out FILE] [--force] [--json]"],
    about:
      "Writes a whole session to a file, or to standard output. The JSON form holds every event and can be imported on another machine; the Markdown form is for reading.",
    options,
    examples: [
      "aetheria export 0197a3c2-… --out trip.json",
      "aetheria export 0197a3c2-… --format markdown",
    ],
  },
  async run(args, context) {
    const { values, positionals } = parseOptions(args, options);
    const [id, ...rest] = positionals;
    if (id === undefined || rest.length > 0)
      throw badUsage("Which session? Give its id.", "aetheria search QUERY shows ids.");
    const format = oneOf("format", values.format ?? "json", ["json", "markdown"]);
    const sessionId = sessionIdFrom(id);
    const { name, mime, text } = await withClient(context, ({ client }) =>
      client.call("session.export", { sessionId, format }),
    );
    const { terminal, json, io } = context;
    if (values.out === undefined) {
      if (json) terminal.json({ type: "export", name, mime, text });
      else terminal.write(text.endsWith("\n") ? text : `${text}\n`);
      return exitCodes.done;
    }
    const file = await placeFor(resolve(io.cwd, values.out), name);
    await writeNew(file, text, values.force === true);
    if (json) terminal.json({ type: "export", name, mime, file });
    else terminal.note(`Written to ${file}.`);
    return exitCodes.done;
  },
};

async function placeFor(path: string, name: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  return found?.isDirectory() ? join(path, name) : path;
}

async function writeNew(file: string, text: string, force: boolean): Promise<void> {
  try {
    await writeFile(file, text, { flag: force ? "w" : "wx" });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    if (code === "EEXIST")
      throw new AetheriaError("conflict", `${file} is already there.`, {
        hint: "Choose another name, or add --force to replace it.",
        cause,
      });
    const full = code === "ENOSPC" || code === "EDQUOT";
    throw new AetheriaError(
      full ? "disk_full" : "not_found",
      `${file} cannot be written (${code}).`,
      {
        hint: "Choose a folder that is there, may be written and has room.",
        cause,
      },
    );
  }
}
