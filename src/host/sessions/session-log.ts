// One session's log in this host: the only way into it, its fold, and what watchers get of it. Owns
// the frames, the open texts and the output of calls that run.
import type { CallOutput, Push } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { LiveEvent, NewEvent, SessionEvent } from "../../contract/events.ts";
import type { CallId, SessionId } from "../../contract/ids.ts";
import type { OpenParts } from "../../contract/mirror.ts";
import type { OpenOutput } from "../../contract/session.ts";
import { extend, transcriptOf, type Transcript } from "../../core/agent/transcript.ts";
import type { Durability } from "../../core/ports.ts";
import { createFrames, type Frames } from "./frames.ts";
import { createOpenTexts, type OpenTexts, type TextPiece } from "./open-texts.ts";
import { cutTexts } from "./run-end.ts";
import type { SessionPorts } from "./session-ports.ts";

/** Missing more than this, a client starts afresh from the tail. */
const maxCatchUp = 2_000;
/** About this many events are sent to a client that starts afresh. */
const tailEvents = 300;
/** The longest output of a running call kept for those who join late, in UTF-16 units. */
const maxOutput = 64_000;

export class SessionLog {
  readonly sessionId: SessionId;
  readonly #ports: SessionPorts;
  readonly #frames: Frames;
  readonly #openTexts: OpenTexts;
  readonly #outputs = new Map<CallId, OpenOutput>();
  readonly #listeners = new Set<(event: SessionEvent) => void>();
  #transcript: Transcript | null = null;
  /** Why nothing more is written. */
  #closed: AetheriaError | null = null;

  constructor(sessionId: SessionId, ports: SessionPorts, send: (push: Push) => void) {
    this.sessionId = sessionId;
    this.#ports = ports;
    this.#frames = createFrames(sessionId, send);
    this.#openTexts = createOpenTexts(
      (piece) => ports.store.appendOpenText(sessionId, piece),
      (error) => ports.onTrouble(error),
    );
  }

  get isClosed(): boolean {
    return this.#closed !== null;
  }

  /** Everything a watcher needs, consistent with the frames that follow. */
  snapshot(from: number | undefined): CallOutput<"session.open"> {
    const { store } = this.#ports;
    this.#frames.flush();
    this.#openTexts.flush();
    const summary = store.session(this.sessionId);
    if (!summary) throw noSession();
    const missing = from === undefined ? Infinity : summary.seq - from;
    const continues = missing >= 0 && missing <= maxCatchUp;
    const { events, hasEarlier } = continues
      ? { events: store.events(this.sessionId, { from }), hasEarlier: true }
      : store.tail(this.sessionId, tailEvents);
    return {
      summary,
      events,
      continues,
      hasEarlier,
      openTexts: store.openTexts(this.sessionId),
      openOutputs: [...this.#outputs.values()],
    };
  }

  /** What streams now. */
  open(): OpenParts {
    this.#openTexts.flush();
    const { store } = this.#ports;
    const seq = store.session(this.sessionId)?.seq ?? 0;
    const openTexts = store.openTexts(this.sessionId);
    return { seq, openTexts, openOutputs: [...this.#outputs.values()] };
  }

  transcript(): Transcript {
    this.#transcript ??= this.#load();
    return this.#transcript;
  }

  #load(): Transcript {
    const { store } = this.#ports;
    const transcript = transcriptOf(store.events(this.sessionId, {}));
    if (transcript.seq === 0) throw noSession();
    return transcript;
  }

  /** The one way into the log. When it returns, the events are kept, folded and told. */
  append(events: NewEvent[], durability: Durability): SessionEvent[] {
    if (this.#closed) throw this.#closed;
    const stored = this.#ports.store.append(this.sessionId, events, durability);
    for (const event of stored) this.#note(event);
    this.#frames.events(stored);
    this.#ports.appended?.(this.sessionId);
    this.#ports.changed(this.sessionId);
    return stored;
  }

  #note(event: SessionEvent): void {
    if (event.type === "text.finished") this.#openTexts.drop("text");
    if (event.type === "reasoning.finished") this.#openTexts.drop("reasoning");
    if (event.type === "tool.finished") this.#outputs.delete(event.data.callId);
    if (mayHaveChangedFiles(event)) this.#ports.filesChanged(this.sessionId);
    if (event.type === "rewind.done") this.#transcript = null;
    else if (this.#transcript) extend(this.#transcript, event);
    for (const listener of this.#listeners) listener(event);
  }

  /** Told of every event once it is kept. */
  onEvent(listener: (event: SessionEvent) => void): void {
    this.#listeners.add(listener);
  }

  /** What is shown of a turn that nobody finishes, as events that do. */
  cutTexts(): NewEvent[] {
    this.#openTexts.flush();
    return cutTexts(this.#ports.store.openTexts(this.sessionId));
  }

  live(event: LiveEvent): void {
    this.#frames.live(event);
  }

  grow(piece: TextPiece): void {
    const { kind, ...rest } = piece;
    this.#openTexts.add(piece);
    this.#ports.grown?.(this.sessionId);
    this.#frames.live({ type: `${kind}.delta`, ...rest });
  }

  output(callId: CallId, text: string): void {
    const open = this.#outputs.get(callId) ?? { callId, offset: 0, text: "" };
    const end = open.offset + open.text.length;
    const kept = (open.text + text).slice(-maxOutput);
    this.#outputs.set(callId, { callId, offset: end + text.length - kept.length, text: kept });
    this.#ports.grown?.(this.sessionId);
    this.#frames.live({ type: "tool.output", callId, offset: end, text });
  }

  /** Writes what waits; every append after it throws `why`. */
  seal(why: AetheriaError): void {
    this.#openTexts.flush();
    this.#closed = why;
  }

  close(): void {
    this.#frames.close();
  }
}

/** A call whose end nobody knows may have. */
function mayHaveChangedFiles({ type, data }: SessionEvent): boolean {
  if (type === "rewind.done") return (data.changes ?? []).length > 0;
  if (type !== "tool.finished") return false;
  return data.changes ? data.changes.length > 0 : data.outcome !== "done";
}

export const noSession = (): AetheriaError =>
  new AetheriaError("not_found", "This session does not exist any more.", {
    hint: "Open another one, or start a new one.",
  });
