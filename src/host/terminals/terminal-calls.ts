// The calls terminal.*: a terminal belongs to the connection that opened it, and ends with it. One on
// the machine is for who sits at it.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { TerminalPlace } from "../../contract/sandbox.ts";
import type { Terminal, TerminalSize } from "../../core/sandbox-ports.ts";
import type { Connection, Handlers } from "../../rpc/server.ts";
import { createOutputFlow, type OutputFlow } from "./output-flow.ts";

export type TerminalCallsNeeds = {
  newId(): string;
  /** Throws not_found. */
  checkSession(sessionId: SessionId): void;
  open: Record<
    TerminalPlace,
    (sessionId: SessionId, size: TerminalSize, signal: AbortSignal) => Promise<Terminal>
  >;
};

type TerminalCalls = Pick<Handlers, Extract<keyof Handlers, `terminal.${string}`>> & {
  close(): void;
};
type Open = { terminal: Terminal; flow: OutputFlow };
/** Terminals that one connection has, those that are being opened counted. */
type Mine = { open: Map<string, Open>; opening: number; gone: AbortController };

const maxTerminals = 16;
const maxCells = 1_000;

export function createTerminalCalls({
  newId,
  checkSession,
  open,
}: TerminalCallsNeeds): TerminalCalls {
  const owned = new Map<Connection, Mine>();

  function mineOf(connection: Connection): Mine {
    const known = owned.get(connection);
    if (known) return known;
    const mine: Mine = { open: new Map(), opening: 0, gone: new AbortController() };
    owned.set(connection, mine);
    connection.onClose(() => {
      owned.delete(connection);
      endAll(mine);
    });
    return mine;
  }

  const find = (connection: Connection, terminalId: string): Open => {
    const found = owned.get(connection)?.open.get(terminalId);
    if (found) return found;
    throw new AetheriaError("not_found", "This terminal has ended.", { hint: "Open another one." });
  };

  return {
    "terminal.open": async ({ sessionId, place, ...asked }, connection) => {
      checkSession(sessionId);
      if (place === "machine" && connection.isHere !== true) throw notHere();
      const mine = mineOf(connection);
      if (mine.open.size + mine.opening >= maxTerminals) throw tooMany();
      mine.opening += 1;
      try {
        const { signal } = mine.gone;
        const terminal = await open[place](sessionId, sizeOf(asked), signal);
        if (signal.aborted) {
          terminal.close();
          throw new AetheriaError("disconnected", "Whoever opened this terminal has gone.");
        }
        return { terminalId: join(newId(), terminal, mine, connection) };
      } finally {
        mine.opening -= 1;
      }
    },
    "terminal.write": ({ terminalId, text }, connection) => {
      find(connection, terminalId).terminal.write(text);
      return {};
    },
    "terminal.resize": ({ terminalId, ...asked }, connection) => {
      find(connection, terminalId).terminal.resize(sizeOf(asked));
      return {};
    },
    "terminal.drawn": ({ terminalId, bytes }, connection) => {
      // It may have ended while this was on its way.
      owned.get(connection)?.open.get(terminalId)?.flow.drawn(bytes);
      return {};
    },
    "terminal.close": ({ terminalId }, connection) => {
      const found = owned.get(connection)?.open.get(terminalId);
      if (found) end(found);
      owned.get(connection)?.open.delete(terminalId);
      return {};
    },
    close() {
      for (const mine of owned.values()) endAll(mine);
      owned.clear();
    },
  };
}

/** From here on its output goes to the connection, and its end after the last of it. */
function join(terminalId: string, terminal: Terminal, mine: Mine, connection: Connection): string {
  const flow = createOutputFlow((bytes) =>
    connection.push({ type: "terminal.output", terminalId, bytes }),
  );
  mine.open.set(terminalId, { terminal, flow });
  let last: Promise<void> = Promise.resolve();
  terminal.onOutput((bytes) => {
    last = last.then(() => flow.send(bytes));
    return last;
  });
  terminal.onEnd((exitCode) => {
    void last.then(() => {
      if (!mine.open.delete(terminalId)) return;
      connection.push({ type: "terminal.ended", terminalId, exitCode });
    });
  });
  return terminalId;
}

function end({ terminal, flow }: Open): void {
  flow.end();
  terminal.close();
}

function endAll(mine: Mine): void {
  mine.gone.abort(new AetheriaError("cancelled", "The connection has ended."));
  for (const open of mine.open.values()) end(open);
  mine.open.clear();
}

function sizeOf({ cols, rows }: TerminalSize): TerminalSize {
  const cells = (value: number) => Math.min(maxCells, Math.max(1, Math.trunc(value) || 1));
  return { cols: cells(cols), rows: cells(rows) };
}

const notHere = () =>
  new AetheriaError(
    "refused",
    "A terminal on this machine opens only for who sits at it: in the desktop app, or in a browser on the machine itself.",
    { hint: "Open one in the sandbox instead." },
  );

const tooMany = () =>
  new AetheriaError("refused", `More than ${maxTerminals} terminals cannot be open at once.`, {
    hint: "Close one first.",
  });
