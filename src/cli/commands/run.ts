// `aetheria run`: one message, its answer on stdout as it comes, the steps on stderr.
import { resolve } from "node:path";
import { AetheriaError } from "../../contract/errors.ts";
import type { ModelRef } from "../../contract/session.ts";
import type { Command, CommandContext } from "../command.ts";
import { badUsage, oneOf, parseOptions, sessionIdFrom, sharedOptions } from "../options.ts";
import { readPiped } from "../read-piped.ts";
import { approveModes } from "../session/approver.ts";
import { converse } from "../session/converse.ts";
import { openSession } from "../session/open-session.ts";
import { withClient } from "../with-client.ts";

const options = {
  model: { type: "string", value: "PROVIDER/NAME", help: "answer with this model" },
  session: { type: "string", value: "ID", help: "go on in this session" },
  workspace: { type: "string", value: "DIR", help: "the folder it may work in (usually this one)" },
  approve: {
    type: "string",
    value: "ask|auto|deny",
    help: "what to do when something needs your answer (usually ask)",
  },
  ...sharedOptions,
} as const;

export const run: Command = {
  help: {
    usage: [
      'aetheria run "PROMPT" [--model PROVIDER/NAME] [--session ID] [--workspace DIR]',
      "             [--approve ask|auto|deny] [--json]",
    ],
    about:
      "Asks for something and prints the answer as it comes; the steps are shown on standard error. What is piped in is added to the prompt. With --approve auto, what policy leaves to you is allowed once each time; what would send private data away after untrusted text was read still asks, and is denied where there is no terminal. Ctrl-C stops the run, a second one leaves at once.",
    options,
    examples: [
      'aetheria run "What is in this folder?"',
      'git diff | aetheria run "Review this" --approve deny',
      'aetheria run "And in French?" --session 0197a3c2-…',
    ],
  },
  async run(args, context) {
    const { values, positionals } = parseOptions(args, options);
    const approve = oneOf("approve", values.approve ?? "ask", approveModes);
    const model = values.model === undefined ? undefined : parseModel(values.model);
    const text = await promptFrom(positionals, context);
    const workspace = values.workspace && resolve(context.io.cwd, values.workspace);
    return withClient(context, async (opened) => {
      const sessionId = await openSession(opened.client, {
        sessionId: values.session === undefined ? null : sessionIdFrom(values.session),
        model,
        workspace,
        cwd: context.io.cwd,
      });
      return converse({ opened, sessionId, text, approve }, context);
    });
  },
};

async function promptFrom(words: string[], { io, terminal }: CommandContext): Promise<string> {
  const typed = words.join(" ").trim();
  const piped = (await readPiped(io.stdin, terminal)).trimEnd();
  const text = [typed, piped].filter((part) => part !== "").join("\n\n");
  if (text === "") throw badUsage("What should be done?", 'aetheria run "PROMPT"');
  return text;
}

/** `provider/name`; the name may hold slashes. */
export function parseModel(text: string): ModelRef {
  const [, provider, name] = /^([^/\s]+)\/(\S.*)$/.exec(text.trim()) ?? [];
  if (provider !== undefined && name !== undefined) return { provider, name };
  throw new AetheriaError("bad_input", `“${text}” does not name a model.`, {
    hint: "Write it as provider/name, for example ollama/qwen3:8b.",
  });
}
