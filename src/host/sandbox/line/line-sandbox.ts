// A Sandbox over a line to a supervisor, whatever wall stands in between. The tier starts and tears
// down the wall; this knows only two streams.
import { uuidv7 } from "uuidv7";
import type { Readable, Writable } from "node:stream";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { SandboxLanguage, SandboxTier } from "../../../contract/sandbox.ts";
import type { RunRequest, Sandbox, SandboxLoad } from "../../../core/sandbox-ports.ts";
import type { SandboxNetwork } from "../network.ts";
import { ask } from "./ask.ts";
import { callers } from "./callers.ts";
import { connectionOver } from "./connection.ts";
import { openLine } from "./line.ts";
import { lineProcess, type LineProcess } from "./line-process.ts";
import { endedOutside, runOver } from "./line-run.ts";
import { openTerminalOver } from "./line-terminal.ts";
import { Connected, Hello, Load, type SandboxLimits } from "./messages.ts";
import { languageMissing, sandboxEnded } from "./refusal.ts";
import { turns } from "./turns.ts";

export type LineSandboxOptions = {
  tier: SandboxTier;
  /** The supervisor's stdin and stdout. */
  input: Writable;
  output: Readable;
  clock: { now(): number };
  /** Tears the wall down; called once, by `close`, and when the supervisor no longer answers. Ending
   * `input` alone is enough for a supervisor that is well. */
  tearDown(): Promise<void>;
};

/** What a session brings along; a warm sandbox gets it when it is claimed. */
export type SessionOfLine = {
  sessionId: SessionId;
  network: SandboxNetwork;
  /** All of it: nothing is inherited. See `insideEnvironment`. */
  env: (hello: Hello) => Readonly<Record<string, string>>;
  limits: SandboxLimits;
};

export type WarmLine = {
  /** The supervisor answered. Rejects when the line ended before it did. */
  readonly hello: Promise<Hello>;
  /** Makes it the sandbox of a session. Once. */
  claim(session: SessionOfLine): Promise<Sandbox>;
  onLost(listener: () => void): void;
  close(): Promise<void>;
};

/** A wall that says nothing for so long will not. */
const startMs = 30_000;

/** A supervisor that nobody has claimed yet. */
export function openWarmLine(options: LineSandboxOptions): WarmLine {
  const hello = Promise.withResolvers<Hello>();
  const silent = setTimeout(() => giveUp(), startMs).unref();
  // Whoever waits for it hears of it; nobody has to.
  hello.promise.catch(() => undefined);
  const lost: (() => void)[] = [];
  let session: SessionOfLine | null = null;
  let closing: Promise<void> | null = null;
  const known = callers();
  const line = openLine({
    input: options.input,
    output: options.output,
    onControl: (kind, payload) => {
      if (kind !== "H") return;
      clearTimeout(silent);
      hello.resolve(Hello.parse(JSON.parse(payload.toString())));
    },
    onOpened: (channel, _kind, payload) => {
      if (session === null) return null;
      const { from } = Connected.parse(JSON.parse(payload.toString()));
      const { stream, events } = connectionOver(channel);
      session.network.serve(stream, known.caller(session.sessionId, from));
      return events;
    },
    onEnd: () => {
      clearTimeout(silent);
      hello.reject(sandboxEnded());
      if (closing !== null) return;
      closing = options.tearDown();
      closing.catch(() => undefined);
      for (const listener of lost.splice(0)) listener();
    },
  });
  const close = () => {
    if (closing === null) {
      line.end();
      closing = options.tearDown();
    }
    return closing;
  };
  const giveUp = () => {
    options.input.destroy();
    options.output.destroy();
  };

  const claim = async (claimed: SessionOfLine): Promise<Sandbox> => {
    const there = await hello.promise;
    session = claimed;
    line.control("C", { env: claimed.env(there), limits: claimed.limits });
    const processes = new Map<string, { process: LineProcess; stop(): void }>();
    const turn = turns();
    const alive = () => {
      if (line.ended || closing !== null) throw sandboxEnded();
    };
    const find = (processId: string) => {
      const found = processes.get(processId);
      if (found !== undefined) return found;
      throw new AetheriaError("not_found", `There is no process ${processId} in this sandbox.`);
    };

    const run = async function* (request: RunRequest, signal: AbortSignal) {
      alive();
      if (request.language === "node" && there.node === null) throw languageMissing("Node");
      if (request.language === "shell" && there.shell === null) throw languageMissing("A shell");
      const kept = !request.fresh && request.language !== "shell";
      const done = await turn(kept ? request.language : null, signal);
      if (done === null) return endedOutside("stopped", 0, []);
      try {
        return yield* runOver(line, request, signal, {
          started: (number) => known.add(number, request.hosts ?? []),
          ended: (number) => known.remove(number),
          blockedHosts: (number) => known.blockedBy(number),
          giveUp,
        });
      } finally {
        done();
      }
    };

    return {
      tier: options.tier,
      run,
      start: async (command, { env = {}, hosts = [] }) => {
        alive();
        if (there.shell === null) throw languageMissing("A shell");
        const processId = uuidv7();
        const process = lineProcess(processId, command, options.clock.now(), () => channel);
        const channel = line.open(process.events);
        known.add(channel.number, hosts);
        channel.sendJson("P", { command, env });
        await process.begun;
        void process.ended.then(() => {
          known.remove(channel.number);
          channel.close();
        });
        processes.set(processId, { process, stop: () => channel.send("S") });
        forgetOldest(processes);
        return process.shown();
      },
      processes: () => [...processes.values()].map(({ process }) => process.shown()),
      output: (processId, from) => find(processId).process.output(from),
      write: async (processId, text, end) => {
        const { process } = find(processId);
        if (!process.shown().running)
          throw new AetheriaError("conflict", "That process has ended: it reads nothing more.");
        if (text !== "" && !process.input.write(Buffer.from(text)))
          throw new AetheriaError("too_large", "That process does not read what it is sent.", {
            hint: "Wait until it does, or stop it.",
          });
        if (end) process.input.end();
      },
      stopProcess: async (processId) => {
        const { process, stop } = find(processId);
        if (process.shown().running) stop();
        await process.ended;
        return process.shown();
      },
      reset: async (language: SandboxLanguage) => {
        alive();
        await ask(line, { ask: "reset", language });
      },
      openTerminal: async (size) => {
        alive();
        if (there.shell === null) throw languageMissing("A shell");
        return openTerminalOver(line, size);
      },
      usage: async (): Promise<SandboxLoad | null> => {
        if (line.ended || closing !== null) return null;
        const answer = await ask(line, { ask: "usage" });
        return answer === null ? null : Load.parse(answer);
      },
      onLost: (listener) => void lost.push(listener),
      close,
    };
  };

  return { hello: hello.promise, claim, onLost: (listener) => void lost.push(listener), close };
}

/** Both at once, for tiers without a pool. */
export async function createLineSandbox(
  options: LineSandboxOptions & SessionOfLine,
): Promise<Sandbox> {
  const warm = openWarmLine(options);
  try {
    return await warm.claim(options);
  } catch (error) {
    await warm.close();
    throw error;
  }
}

const endedKept = 50;

function forgetOldest(processes: Map<string, { process: LineProcess }>): void {
  const ended = [...processes].filter(([, { process }]) => !process.shown().running);
  for (const [id] of ended.slice(0, Math.max(0, ended.length - endedKept))) processes.delete(id);
}
