// `aetheria search`: words in all sessions, with their surroundings.
import type { SearchHit } from "../../contract/session.ts";
import type { Command, CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { badUsage, parseOptions, sessionIdFrom, sharedOptions, wholeNumber } from "../options.ts";
import { printable } from "../terminal/printable.ts";
import { withClient } from "../with-client.ts";

const options = {
  session: { type: "string", value: "ID", help: "only in this session" },
  limit: { type: "string", value: "N", help: "at most so many hits (usually 20)" },
  ...sharedOptions,
} as const;

export const search: Command = {
  help: {
    usage: ["aetheria search QUERY [--session ID] [--limit N] [--json]"],
    about: "Finds words in what you and the agent wrote, in every session, the best hits first.",
    options,
    examples: ['aetheria search "train to Lyon"', "aetheria search invoice --limit 5 --json"],
  },
  async run(args, context) {
    const { values, positionals } = parseOptions(args, options);
    const query = positionals.join(" ").trim();
    if (query === "") throw badUsage("What should be searched for?", "aetheria search QUERY");
    const limit = wholeNumber("limit", values.limit ?? "20", 1, 1000);
    const sessionId = values.session === undefined ? undefined : sessionIdFrom(values.session);
    const found = await withClient(context, ({ client }) =>
      client.call("session.search", { query, limit, ...(sessionId ? { sessionId } : {}) }),
    );
    show(found, context);
    return exitCodes.done;
  },
};

function show(
  { hits, complete }: { hits: SearchHit[]; complete: boolean },
  context: CommandContext,
) {
  const { terminal, json } = context;
  for (const hit of hits) {
    if (json) terminal.json({ type: "hit", ...hit });
    else for (const line of inLines(hit, context)) terminal.print(line);
  }
  if (json) terminal.json({ type: "result", hits: hits.length, complete });
  else if (hits.length === 0) terminal.note("Nothing was found.");
  if (!complete) terminal.note("There was no time to look at everything: try more exact words.");
}

function inLines(hit: SearchHit, { terminal: { out }, io }: CommandContext): string[] {
  const when = new Date(hit.at).toLocaleString("sv-SE").slice(0, 16);
  const who = hit.role === "person" ? "you" : "agent";
  // Without colours a match still has to be seen.
  const mark = (text: string) => (out.mark(text) === text ? `*${text}*` : out.mark(text));
  const extract = hit.extract
    .map((part) => (io.stdout.isTTY ? printable(part) : part).replace(/\s+/g, " "))
    .map((part, i) => (i % 2 === 1 ? mark(part) : part))
    .join("");
  const title = printable(hit.sessionTitle);
  return [`${out.bold(title)}  ${out.dim(`${when} · ${who} · ${hit.sessionId}`)}`, `  ${extract}`];
}
