// One run over the line, as a generator of what it prints and shows.
import { AetheriaError } from "../../../contract/errors.ts";
import type { RunEnd, RunPiece, RunRequest } from "../../../core/sandbox-ports.ts";
import type { Line } from "./line.ts";
import { DisplayHead, End, Refused } from "./messages.ts";
import { refusal } from "./refusal.ts";

/** After being told to stop, a supervisor that says nothing for so long is given up. */
const silenceMs = 3_000;

type Arrived =
  | { what: "piece"; piece: RunPiece; bytes: number }
  | { what: "end"; end: End }
  | { what: "refused"; problem: string }
  | { what: "lost" };

export type RunWatch = {
  /** The run has its channel now; until `ended` connections of it are known by its number. */
  started(number: number): void;
  ended(number: number): void;
  blockedHosts(number: number): string[];
  /** The supervisor does not answer: the wall is torn down. */
  giveUp(): void;
};

export async function* runOver(
  line: Line,
  request: RunRequest,
  signal: AbortSignal,
  watch: RunWatch,
): AsyncGenerator<RunPiece, RunEnd, void> {
  const startedAt = performance.now();
  const arrived: Arrived[] = [];
  const ended = Promise.withResolvers<void>();
  let wake: (() => void) | null = null;
  let given: ReturnType<typeof setTimeout> | null = null;
  let stopping = false;
  const arrive = (what: Arrived) => {
    if (what.what !== "piece") {
      if (given !== null) clearTimeout(given);
      ended.resolve();
    } else if (stopping) pay(what);
    arrived.push(what);
    wake?.();
    wake = null;
  };
  const channel = line.open(runEvents(arrive, (bytes) => channel.taken(bytes)));
  const pay = (piece: Extract<Arrived, { what: "piece" }>) => {
    if (piece.bytes > 0) channel.taken(piece.bytes);
    piece.bytes = 0;
  };
  const stop = () => {
    if (stopping) return;
    stopping = true;
    channel.send("K");
    given = setTimeout(() => watch.giveUp(), silenceMs);
    // Little can come yet; what nobody takes shall not hold up the end.
    for (const each of arrived) if (each.what === "piece") pay(each);
  };
  // The supervisor keeps the time; this is for one that does not.
  const late = setTimeout(stop, request.timeoutMs + 2_000);
  watch.started(channel.number);
  signal.addEventListener("abort", stop, { once: true });
  let over = false;
  try {
    channel.sendJson("R", {
      language: request.language,
      code: request.code,
      fresh: request.fresh,
      stdin: request.stdin ?? null,
      env: request.env ?? {},
      timeoutMs: request.timeoutMs,
    });
    if (signal.aborted) stop();
    for (;;) {
      const next = arrived.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      if (next.what === "piece") {
        yield next.piece;
        pay(next);
        continue;
      }
      over = true;
      if (next.what === "refused") throw refusal(next.problem);
      const blockedHosts = watch.blockedHosts(channel.number);
      if (next.what === "end") return { ...next.end, ms: Math.round(next.end.ms), blockedHosts };
      return endedOutside("lost", performance.now() - startedAt, blockedHosts);
    }
  } finally {
    clearTimeout(late);
    signal.removeEventListener("abort", stop);
    if (!over) {
      // Nobody reads on: when this returns, it is gone.
      stop();
      await ended.promise;
    }
    channel.close();
    watch.ended(channel.number);
  }
}

/** The end of a run of which the supervisor tells nothing. */
export function endedOutside(how: "stopped" | "lost", ms: number, blockedHosts: string[]): RunEnd {
  return {
    exitCode: null,
    ended: how,
    stateLost: how === "lost",
    ms: Math.round(ms),
    memoryPeakBytes: null,
    changed: [],
    moreChanges: 0,
    blockedHosts,
  };
}

function runEvents(arrive: (what: Arrived) => void, taken: (bytes: number) => void) {
  let display: { head: DisplayHead; parts: Buffer[]; size: number } | null = null;
  const begin = (payload: Buffer) => {
    taken(payload.length);
    const head = DisplayHead.safeParse(json(payload));
    display = head.success ? { head: head.data, parts: [], size: 0 } : null;
  };
  const add = (payload: Buffer) => {
    // Held here until it is whole, which has a limit; the credit is for what is not.
    taken(payload.length);
    if (display === null) return;
    display.parts.push(payload);
    display.size += payload.length;
    const { head, parts, size } = display;
    if (size < head.size) return;
    display = null;
    if (size > head.size) return;
    const { mime, name, title } = head;
    const bytes = new Uint8Array(Buffer.concat(parts, size));
    arrive({ what: "piece", piece: { type: "display", mime, name, title, bytes }, bytes: 0 });
  };
  return {
    frame: (kind: string, payload: Buffer) => {
      if (payload.length === 0 && kind !== "X") return;
      if (kind === "O" || kind === "e") {
        const type = kind === "O" ? "stdout" : "stderr";
        arrive({ what: "piece", piece: { type, bytes: payload }, bytes: payload.length });
      } else if (kind === "D") begin(payload);
      else if (kind === "d") add(payload);
      else if (kind === "X") arrive({ what: "end", end: End.parse(json(payload)) });
      else if (kind === "F")
        arrive({ what: "refused", problem: Refused.parse(json(payload)).problem });
    },
    lost: () => arrive({ what: "lost" }),
  };
}

function json(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString("utf8"));
  } catch {
    throw new AetheriaError("internal", "The sandbox said something that makes no sense.");
  }
}
