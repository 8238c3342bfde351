// What core needs from outside, as plain nouns. Adapters in host/ name their technology.
// Each hook says when it is called, whether it may throw, what order holds and who cleans up.
import type { Grant } from "../contract/approval.ts";
import type { ErrorData } from "../contract/errors.ts";
import type { RewindFile } from "../contract/data.ts";
import type { ArtifactKind, NewEvent, SessionEvent } from "../contract/events.ts";
import type { CallId, GrantId, MessageId, RunId, SessionId } from "../contract/ids.ts";
import type {
  AttachmentRef,
  ModelRef,
  OpenText,
  SearchHit,
  SessionSummary,
} from "../contract/session.ts";
import type { Settings, SettingsPatch } from "../contract/settings.ts";
import type { ModelInfo, Spending } from "../contract/system.ts";
import type { MirrorTable } from "./mirror/ports.ts";
import type { FileTarget } from "./session/file-effects.ts";
import type {
  Effect,
  FileEffect,
  Label,
  Leaving,
  ToolDescription,
  ToolView,
} from "../contract/tool.ts";

export interface Clock {
  /** Milliseconds since the epoch. May go backwards; the log repairs that. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

export interface Ids {
  /** A new UUIDv7. */
  next(): string;
}

// ── Models ───────────────────────────────────────────────────────────────────────────────────────

export type ModelPart =
  { type: "text"; text: string } | { type: "image"; mime: string; bytes: Uint8Array };

export type ModelToolCall = { id: string; name: string; argumentsText: string };

export type ModelMessage =
  | { role: "user"; parts: ModelPart[] }
  | {
      role: "assistant";
      text: string;
      reasoning?: { text: string; providerData?: unknown };
      toolCalls: ModelToolCall[];
    }
  | { role: "tool"; callId: string; name: string; text: string };

export type ModelRequest = {
  instructions: string;
  messages: ModelMessage[];
  tools: readonly ToolDescription[];
  /** Stays the same over a session: a key for the provider's prompt cache. */
  cacheKey: string;
};

export type ModelUsage = { inputTokens: number; outputTokens: number; cachedTokens: number };

/** In stream order. `tool_call` comes once per call, when its arguments are complete. `end` is the
 * last one; a stream that ends without it was cut. */
export type ModelChunk =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  | { type: "reasoning_data"; providerData: unknown }
  | { type: "tool_call"; call: ModelToolCall }
  | { type: "usage"; usage: ModelUsage }
  | { type: "end"; reason: "stop" | "tool_calls" | "length" | "filter" };

export interface Model {
  readonly ref: ModelRef;
  /** May ask the provider once; later calls answer from memory. */
  info(signal: AbortSignal): Promise<ModelInfo>;
  /** One try, no retry of its own. Throws AetheriaError with a `model_*`, `rate_limited`,
   * `context_overflow`, `offline` or `host_blocked` code; `retryable` and `retryAfterMs` are meant.
   * Aborting ends it at once and closes the connection. */
  stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelChunk>;
}

export interface Models {
  /** Throws model_missing or model_not_found. Cheap: no network. */
  open(ref: ModelRef): Model;
  /** The model of a session without its own choice. Throws model_missing with the way to get one. */
  choose(): Promise<ModelRef>;
  /** Dollars for a usage; null when the price is not known. */
  cost(ref: ModelRef, usage: ModelUsage): number | null;
}

// ── Tools ────────────────────────────────────────────────────────────────────────────────────────

/** What one call will touch, known before it runs: the permission policy decides on this. */
export type CallPlan = {
  /** One line for people: `read report.csv`. */
  summary: string;
  effect: Effect;
  /** Absolute real paths it touches, links resolved. */
  paths: string[];
  /** Hosts it talks to, lower case, with port when not the scheme's own. */
  hosts: string[];
  account?: string;
  /** Set when the call sends data off this machine, be it only an address. */
  leaving?: Leaving;
  /** What an approval shows: a full sentence, the values, a unified diff where one exists. */
  sentence: string;
  fields: { name: string; value: string }[];
  diff?: string;
};

export type ToolResult = {
  /** For the model: cut by meaning, never silently. */
  text: string;
  view?: ToolView;
  files?: AttachmentRef[];
  /** What is shown as a card of its own in the conversation: charts, pictures, tables. */
  artifacts?: { kind: ArtifactKind; title: string; file: AttachmentRef }[];
  /** Labels of what came in with this result. */
  labels: Label[];
  /** A picture of the step that may come after the result: kept with the call once it is there. Never
   * rejects, and is never waited for. */
  later?: Promise<AttachmentRef | null>;
};

export type ToolContext = {
  sessionId: SessionId;
  callId: CallId;
  /** Absolute path of the granted folder; null when the session has none. */
  workspace: string | null;
  signal: AbortSignal;
  /** Tells what was changed in the workspace, right after it was: it is kept with the end of the
   * call, however the call ends. */
  changed(effects: readonly FileEffect[]): void;
};

export type ParsedInput = { ok: true; input: unknown } | { ok: false; problem: string };

export interface Tool {
  readonly description: ToolDescription;
  /** Never throws. `problem` is readable to the model: which field, what was expected. */
  parse(input: unknown): ParsedInput;
  /** Looks, never touches. May throw AetheriaError (bad_input, not_found, outside_workspace …). */
  plan(input: unknown, context: ToolContext): Promise<CallPlan>;
  /** Called right before `run` where it is there: what will change, with the content as it is now kept.
   * It is in the log before anything changes, so that a host that dies in between loses nothing. May
   * throw AetheriaError; then the call does not run. */
  foresee?(input: unknown, context: ToolContext): Promise<FileEffect[]>;
  /** Yields output as it comes; returns the result. May throw AetheriaError: the loop turns it into
   * a result. On abort it stops within a second, its child processes too, and throws. */
  run(input: unknown, context: ToolContext): AsyncGenerator<string, ToolResult, void>;
}

// ── Attachments ──────────────────────────────────────────────────────────────────────────────────

/** What a model can be shown of an attachment. `none` says why in a sentence. */
export type ReadableAttachment =
  | { kind: "text"; text: string }
  | { kind: "image"; mime: string; bytes: Uint8Array }
  | { kind: "none"; why: string };

export interface AttachmentReader {
  /** What cannot be read is `none`. Text is cut at `maxChars`, and says so. Throws only the signal's
   * reason. */
  read(file: AttachmentRef, maxChars: number, signal: AbortSignal): Promise<ReadableAttachment>;
}

export interface Attachments {
  /** Stores bytes by their hash (idempotent) and returns the reference. Throws disk_full. */
  put(bytes: Uint8Array, name: string, mime: string): Promise<AttachmentRef>;
  /** For what comes piece by piece and is not to be held in memory. Throws disk_full. */
  openWriter(): Promise<AttachmentWriter>;
  /** Reads a range; throws not_found when the file is gone. */
  get(
    sha256: string,
    offset: number,
    length: number,
  ): Promise<{ bytes: Uint8Array; sizeBytes: number }>;
  /** Absolute path of the stored file, for readers that want one. Throws not_found. */
  path(sha256: string): string;
}

/** Ends with `keep` or `drop`; what a crash leaves of it is swept later. */
export interface AttachmentWriter {
  /** One at a time. Throws disk_full. */
  write(bytes: Uint8Array): Promise<void>;
  /** As `put`, of all that was written. */
  keep(name: string, mime: string): Promise<AttachmentRef>;
  drop(): Promise<void>;
}

// ── Files taken back ─────────────────────────────────────────────────────────────────────────────

export type TakenBack = {
  /** What it did, in order. */
  changes: FileEffect[];
  restored: string[];
  removed: string[];
  failed: { path: string; why: string }[];
};

export interface WorkspaceFiles {
  /** What `takeBack` would do now. Throws workspace_missing. */
  preview(workspace: string | null, targets: readonly FileTarget[]): Promise<RewindFile[]>;
  /** Brings files back to what they were; what is there now goes to the trash first. What cannot be
   * done is in `failed` and the rest goes on. On abort it ends between two files and says what it did.
   * Doing it again does only what is left. Throws workspace_missing, before anything is touched. */
  takeBack(
    sessionId: SessionId,
    workspace: string | null,
    targets: readonly FileTarget[],
    signal: AbortSignal,
  ): Promise<TakenBack>;
}

// ── The log ──────────────────────────────────────────────────────────────────────────────────────

/** `full`: on the disk before it returns (journal points). `normal`: survives the process. */
export type Durability = "normal" | "full";

export interface Store {
  readonly attachments: Attachments;
  readonly mirror: MirrorTable;
  /** What was found wrong when the store was opened, as sentences for the person. */
  readonly notices: readonly ErrorData[];

  /** Appends in one transaction and updates the projections. The first event of a new session must
   * be session.created. Gives each event the next seq and an `at` never before the last one's.
   * Synchronous: when it returns, the events are kept. Throws disk_full, and nothing was kept. */
  append(sessionId: SessionId, events: NewEvent[], durability: Durability): SessionEvent[];
  /** Events with from < seq <= to, in order, at most `limit`. */
  events(
    sessionId: SessionId,
    range: { from?: number; to?: number; limit?: number },
  ): SessionEvent[];
  /** The youngest events, about `limit`, starting at a message that began a run, so that they fold
   * on their own; `before` (exclusive) pages back. */
  tail(
    sessionId: SessionId,
    limit: number,
    before?: number,
  ): { events: SessionEvent[]; hasEarlier: boolean };
  /** What ways back are worked out from, in order: session.created, the person's messages, their
   * withdrawals, run.started, rewinds, and every event with `changes`. */
  milestones(sessionId: SessionId): SessionEvent[];
  /** Adds a piece to the open text of a turn: O(piece). It is gone once text.finished or
   * reasoning.finished of that run and turn is appended. */
  appendOpenText(
    sessionId: SessionId,
    piece: { kind: "text" | "reasoning"; runId: RunId; turn: number; offset: number; text: string },
  ): void;
  openTexts(sessionId: SessionId): OpenText[];

  session(sessionId: SessionId): SessionSummary | null;
  sessions(query: { archived: boolean; limit: number; before?: number }): {
    sessions: SessionSummary[];
    hasMore: boolean;
  };
  /** Sessions whose last run has no run.finished: the host died under them. */
  unfinishedSessions(): SessionId[];
  hasMessage(sessionId: SessionId, messageId: MessageId): number | null;
  deleteSession(sessionId: SessionId): void;
  /** A new session holding copies of the events 1..seq, its own session.created first. */
  forkSession(sessionId: SessionId, newId: SessionId, seq: number): SessionSummary;
  /** A new session holding these events (seq 1, 2, 3 …, the first is session.created), their times
   * kept. Throws bad_input when they do not fit. */
  importSession(sessionId: SessionId, events: SessionEvent[]): SessionSummary;
  /** `complete` is false when the time allowed ran out before all of the log was looked at. */
  search(
    query: string,
    options: { sessionId?: SessionId; limit: number },
  ): {
    hits: SearchHit[];
    complete: boolean;
  };

  settings(): Settings;
  saveSettings(patch: SettingsPatch): Settings;
  grants(): Grant[];
  saveGrant(grant: Grant): void;
  deleteGrant(grantId: GrantId): void;
  /** Money and tokens of runs since local midnight. */
  spending(nowMs: number): Omit<Spending, "budgetUsd">;

  /** Writes a copy of everything but the attachments, as it is at one moment, to a file that is not
   * there yet. Throws disk_full or the signal's reason, and leaves no part of it behind. */
  copyTo(
    path: string,
    onProgress: (doneBytes: number, totalBytes: number) => void,
    signal: AbortSignal,
  ): Promise<void>;

  /** Resolves when the background check is over: null when sound, else a sentence. */
  checkIntegrity(): Promise<string | null>;
  close(): void;
}
