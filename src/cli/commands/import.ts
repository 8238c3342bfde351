// `aetheria import`: an exported session back into the log, under a new id when its own is taken.
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { uuidv7 } from "uuidv7";
import { AetheriaError } from "../../contract/errors.ts";
import { bytesToSend, putAttachment } from "../../rpc/put-attachment.ts";
import type { Command, CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { badUsage, parseOptions, sharedOptions } from "../options.ts";
import { readAll } from "../read-all.ts";
import { printable } from "../terminal/printable.ts";
import { withClient } from "../with-client.ts";

const options = sharedOptions;

export const importSession: Command = {
  help: {
    usage: ["aetheria import FILE [--json]"],
    about: "Reads a session that was exported as JSON. FILE may be - for standard input.",
    options,
    examples: ["aetheria import trip.json", "ssh laptop aetheria export ID | aetheria import -"],
  },
  async run(args, context) {
    const { positionals } = parseOptions(args, options);
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw badUsage("Which file? Give exactly one.");
    const text = file === "-" ? await readAll(context.io.stdin) : await readNamed(file, context);
    const summary = await withClient(context, async ({ client }) => {
      const bytes = Buffer.from(text, "utf8");
      const sent = bytesToSend(uuidv7(), "session.json", "application/json", bytes);
      return client.call("session.import", { file: await putAttachment(client, sent) });
    });
    const { terminal, json } = context;
    if (json) terminal.json({ type: "imported", session: summary });
    else terminal.print(`Imported “${printable(summary.title)}” as ${summary.sessionId}.`);
    return exitCodes.done;
  },
};

async function readNamed(file: string, { io }: CommandContext): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new AetheriaError("not_found", `${file} cannot be read (${code}).`, {
      hint: "Check the name and that you may read it.",
      cause,
    });
  }
}
