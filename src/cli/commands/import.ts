// `aetheria import`: exported conversations into the log, each under a new id.
import { readFile } from "node:fs/promises";
import { basename, resolve } from "node:path";
import { uuidv7 } from "uuidv7";
import { AetheriaError } from "../../contract/errors.ts";
import { bytesToSend, putAttachment } from "../../rpc/put-attachment.ts";
import type { Command, CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { badUsage, parseOptions, sharedOptions } from "../options.ts";
import { printable } from "../terminal/printable.ts";
import { withClient } from "../with-client.ts";

const options = sharedOptions;

export const importSession: Command = {
  help: {
    usage: ["aetheria import FILE [--json]"],
    about:
      "Reads a session that was exported as JSON, or ChatGPT's export: conversations.json or its zip. " +
      "FILE may be - for standard input.",
    options,
    examples: ["aetheria import trip.json", "ssh laptop aetheria export ID | aetheria import -"],
  },
  async run(args, context) {
    const { positionals } = parseOptions(args, options);
    const [file, ...rest] = positionals;
    if (file === undefined || rest.length > 0) throw badUsage("Which file? Give exactly one.");
    const isPiped = file === "-";
    const bytes = isPiped ? await readBytes(context) : await readNamed(file, context);
    const name = isPiped ? "session.json" : basename(file);
    const { sessions, skipped } = await withClient(context, async ({ client }) => {
      const sent = bytesToSend(uuidv7(), name, "application/octet-stream", bytes);
      return client.call("session.import", { file: await putAttachment(client, sent) });
    });
    const { terminal, json } = context;
    if (json) terminal.json({ type: "imported", sessions, skipped });
    else {
      for (const { title, sessionId } of sessions)
        terminal.print(`Imported “${printable(title)}” as ${sessionId}.`);
      if (skipped > 0)
        terminal.print(
          `${skipped} could not be read and ${skipped === 1 ? "was" : "were"} left out.`,
        );
    }
    return exitCodes.done;
  },
};

async function readBytes({ io }: CommandContext): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of io.stdin)
    pieces.push(typeof piece === "string" ? Buffer.from(piece, "utf8") : piece);
  return Buffer.concat(pieces);
}

async function readNamed(file: string, { io }: CommandContext): Promise<Buffer> {
  try {
    return await readFile(resolve(io.cwd, file));
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw new AetheriaError("not_found", `${file} cannot be read (${code}).`, {
      hint: "Check the name and that you may read it.",
      cause,
    });
  }
}
