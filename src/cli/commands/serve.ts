// `aetheria serve`: the host behind an address, until it is told to stop.
import { isLoopback, type RunningServe } from "../../host/entry/serve.ts";
import type { Command, CommandContext } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { parseOptions, sharedOptions, wholeNumber } from "../options.ts";
import { tellError } from "../report-error.ts";

const options = {
  port: {
    type: "string",
    value: "N",
    help: "answer at this port (usually 4517, or the next free)",
  },
  host: { type: "string", value: "H", help: "listen on this address (usually 127.0.0.1)" },
  open: { type: "boolean", help: "open the page in your browser" },
  ...sharedOptions,
} as const;

export const serve: Command = {
  help: {
    usage: ["aetheria serve [--port N] [--host H] [--data DIR] [--json] [--open]"],
    about:
      "Starts Aetheria without a window and prints the address of its page. Whoever has that address, with its token, can use Aetheria as you. Ctrl-C stops it.",
    options,
    examples: ["aetheria serve --open", "aetheria serve --port 8080 --json"],
  },
  async run(args, context) {
    const { values } = parseOptions(args, options);
    const { io, terminal, parts, dataDir } = context;
    const port =
      values.port === undefined ? undefined : wholeNumber("port", values.port, 0, 65_535);
    const hostname = values.host ?? "127.0.0.1";
    const ended = untilInterrupted(context);
    if (!isLoopback(hostname))
      terminal.note(
        terminal.err.yellow(
          `Listening on ${hostname}: every device that can reach this machine can try the address.`,
        ),
      );
    const running = await parts.startServe({
      dataDir,
      env: io.env,
      hostname,
      ...(port === undefined ? {} : { port }),
    });
    await announce(running, context, values.open === true);
    await Promise.race([ended, running.failed]);
    terminal.note("Stopping…");
    await running.close();
    return exitCodes.done;
  },
};

/** Resolves at the first Ctrl-C; the second one ends the process at once. */
function untilInterrupted({ io }: CommandContext): Promise<void> {
  return new Promise((resolve) => {
    let told = 0;
    io.onInterrupt(() => (++told === 1 ? resolve() : io.exit(exitCodes.failed)));
  });
}

async function announce(
  { url, token, port, pid, notices }: RunningServe,
  { terminal, parts, json }: CommandContext,
  open: boolean,
): Promise<void> {
  const address = `${url}/#token=${token}`;
  if (json) terminal.json({ type: "ready", url, token, port, pid });
  else terminal.print(`Aetheria is ready: ${terminal.out.bold(address)}`);
  for (const notice of notices) tellError(terminal, notice);
  if (open && !(await parts.openBrowser(address)))
    terminal.note("There is no browser to open here: open that address yourself.");
}
