// What the sandbox suite and the attacks ask of a tier, and how they run things in it.
import type { Duplex } from "node:stream";
import type { RunEnd, RunPiece, RunRequest, Sandbox } from "../core/sandbox-ports.ts";

/** As `SandboxNetwork` of host/sandbox: what a tier is handed for the way out. */
export type TestNetwork = {
  serve(
    connection: Duplex,
    from: { sessionId: string; hosts(): readonly string[]; blocked(host: string): void },
  ): void;
};

export type SandboxWishes = {
  network?: TestNetwork;
  memoryBytes?: number;
  processes?: number;
  diskBytes?: number;
};

export type OpenedSandbox = {
  sandbox: Sandbox;
  /** The session's folder on the machine. */
  workspace: string;
  /** Takes the wall away as a crash would. */
  kill(): Promise<void>;
  /** Ends it and removes the folder. */
  close(): Promise<void>;
};

export type OpenSandbox = (wishes?: SandboxWishes) => Promise<OpenedSandbox>;

export type SandboxTraits = {
  /** There is a wall: a file system, a network and a table of processes of its own. */
  walled: boolean;
  /** Node is there. */
  node: boolean;
  /** numpy, pandas and matplotlib are there. */
  pictures: boolean;
};

export type Outcome = {
  stdout: string;
  stderr: string;
  displays: Extract<RunPiece, { type: "display" }>[];
  end: RunEnd;
  /** From the request to the first piece. */
  firstMs: number;
};

export const never = new AbortController().signal;

export async function runIn(
  sandbox: Sandbox,
  language: RunRequest["language"],
  code: string,
  more: Partial<RunRequest> = {},
  signal: AbortSignal = never,
): Promise<Outcome> {
  const startedAt = performance.now();
  const request = { language, code, fresh: false, timeoutMs: 20_000, ...more };
  const pieces = sandbox.run(request, signal);
  const out: Outcome = { stdout: "", stderr: "", displays: [], end: noEnd, firstMs: 0 };
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  for (;;) {
    const next = await pieces.next();
    if (next.done) return { ...out, end: next.value };
    out.firstMs ||= performance.now() - startedAt;
    const piece = next.value;
    if (piece.type === "display") out.displays.push(piece);
    else out[piece.type] += decoders[piece.type].decode(piece.bytes, { stream: true });
  }
}

const noEnd: RunEnd = {
  exitCode: null,
  ended: null,
  stateLost: false,
  ms: 0,
  memoryPeakBytes: null,
  changed: [],
  moreChanges: 0,
  blockedHosts: [],
};

/** Runs it until its output holds `mark`, then hands over how to go on. */
export async function runUntil(
  sandbox: Sandbox,
  language: RunRequest["language"],
  code: string,
  mark: string,
  more: Partial<RunRequest> = {},
): Promise<{ stop(): void; rest: Promise<{ text: string; end: RunEnd }> }> {
  const stopping = new AbortController();
  const request = { language, code, fresh: false, timeoutMs: 60_000, ...more };
  const pieces = sandbox.run(request, stopping.signal);
  let text = "";
  while (!text.includes(mark)) {
    const next = await pieces.next();
    if (next.done) throw new Error(`It ended before it said “${mark}”: ${text}`);
    if (next.value.type !== "display") text += Buffer.from(next.value.bytes).toString();
  }
  const finish = async () => {
    for (;;) {
      const next = await pieces.next();
      if (next.done) return { text, end: next.value };
      if (next.value.type !== "display") text += Buffer.from(next.value.bytes).toString();
    }
  };
  return { stop: () => stopping.abort(), rest: finish() };
}

/** How many processes inside have `mark` in their command line. */
export async function countInside(sandbox: Sandbox, mark: string): Promise<number> {
  const code = [
    "import glob, sys",
    "mark, found = sys.stdin.buffer.read(), 0",
    "for path in glob.glob('/proc/[0-9]*/cmdline'):",
    "  try: found += mark in open(path, 'rb').read().replace(b'\\0', b' ')",
    "  except OSError: pass",
    "print(found)",
  ].join("\n");
  const { stdout } = await runIn(sandbox, "python", code, { stdin: mark, fresh: true });
  return Number(stdout);
}

/** Asks again until it holds; for what happens on the other side of a wall. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const until = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > until) throw new Error(`Not within ten seconds: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
