// A store for fast tests: keeps events in arrays and works everything else out from them, the slow
// and obvious way. It keeps no promise about damage, full disks or speed; `durability` is recorded.
import { createHash } from "node:crypto";
import type { Grant } from "../contract/approval.ts";
import { AetheriaError } from "../contract/errors.ts";
import { SessionEvent } from "../contract/events.ts";
import type { NewEvent } from "../contract/events.ts";
import type { SessionId } from "../contract/ids.ts";
import { AttachmentRef } from "../contract/session.ts";
import type { OpenText, SearchHit } from "../contract/session.ts";
import { defaultSettings } from "../contract/settings.ts";
import type { Settings } from "../contract/settings.ts";
import type { Attachments, Clock, Durability, Store } from "../core/ports.ts";
import { createMemoryMirror } from "./memory-mirror.ts";
import { openRun, summarize, visibleMessages } from "./summarize.ts";

export type MemoryStore = Store & {
  /** The durability of every append, in order: for tests of the journal. */
  readonly appends: { sessionId: SessionId; types: string[]; durability: Durability }[];
  /** The next write of any kind throws this, once. */
  failNext(error: Error): void;
  /** Every write throws this until it is null again. */
  fail(error: Error | null): void;
};

type Piece = Parameters<Store["appendOpenText"]>[1];

export function createMemoryStore(options: { clock: Pick<Clock, "now"> }): MemoryStore {
  const logs = new Map<SessionId, SessionEvent[]>();
  const open = new Map<SessionId, (OpenText & Pick<Piece, "kind">)[]>();
  const grants = new Map<string, Grant>();
  const appends: MemoryStore["appends"] = [];
  const runs: { at: number; tokens: number; usd: number }[] = [];
  let settings: Settings = structuredClone(defaultSettings);
  let failure: Error | null = null;
  let failing: Error | null = null;
  let closed = false;

  const log = (sessionId: SessionId) => logs.get(sessionId) ?? [];
  const write = () => {
    if (closed) throw new Error("memory store: used after close()");
    const error = failure ?? failing;
    failure = null;
    if (error) throw error;
  };
  const summary = (sessionId: SessionId) =>
    logs.has(sessionId) ? summarize(sessionId, log(sessionId)) : null;

  const mirror = createMemoryMirror(logs, write);

  const append = (sessionId: SessionId, events: NewEvent[], durability: Durability) => {
    write();
    const before = log(sessionId);
    if (before.length === 0 && events[0] && events[0].type !== "session.created")
      throw new AetheriaError("not_found", "There is no such session.");
    let at = before.at(-1)?.at ?? 0;
    const kept = events.map((event, index) => {
      at = Math.max(at, options.clock.now());
      return SessionEvent.parse(structuredClone({ ...event, seq: before.length + index + 1, at }));
    });
    if (kept.length > 0) logs.set(sessionId, [...before, ...kept]);
    appends.push({ sessionId, types: kept.map((event) => event.type), durability });
    for (const event of kept) settle(sessionId, event);
    return kept;
  };

  const settle = (sessionId: SessionId, event: SessionEvent) => {
    if (event.type === "run.finished")
      runs.push({
        at: event.at,
        tokens: event.data.usage.inputTokens + event.data.usage.outputTokens,
        usd: event.data.usage.costUsd ?? 0,
      });
    if (event.type !== "text.finished" && event.type !== "reasoning.finished") return;
    const kind = event.type === "text.finished" ? "text" : "reasoning";
    const { runId, turn } = event.data;
    const left = (open.get(sessionId) ?? []).filter(
      (text) => !(text.kind === kind && text.runId === runId && text.turn === turn),
    );
    open.set(sessionId, left);
  };

  const tail: Store["tail"] = (sessionId, limit, before) => {
    const all = log(sessionId).filter((event) => event.seq < (before ?? Infinity));
    const starts = startsOfRuns(all);
    const wanted = Math.max(1, all.length - limit + 1);
    const start =
      starts.find((seq) => seq >= wanted && all.length - seq + 1 >= limit / 2) ??
      starts.findLast((seq) => seq < wanted) ??
      1;
    return { events: all.filter((event) => event.seq >= start), hasEarlier: start > 1 };
  };

  const search: Store["search"] = (query, { sessionId, limit }) => {
    const words = query.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
    const hits: SearchHit[] = [];
    const titles: SearchHit[] = [];
    if (words.length === 0) return { hits, complete: true };
    for (const [id, events] of logs) {
      if (sessionId && id !== sessionId) continue;
      const title = summarize(id, events).title;
      for (const message of visibleMessages(events)) {
        const extract = mark(message.text, words);
        if (extract) hits.push({ sessionId: id, sessionTitle: title, ...pick(message), extract });
      }
      const inTitle = sessionId ? null : mark(title, words);
      const first = events[0];
      if (inTitle && first)
        titles.push({
          sessionId: id,
          sessionTitle: title,
          seq: 1,
          at: first.at,
          role: "person",
          extract: inTitle,
        });
    }
    hits.sort((a, b) => b.at - a.at);
    const first = titles.slice(0, Math.ceil(limit / 4));
    return { hits: [...first, ...hits].slice(0, limit), complete: true };
  };

  return {
    mirror,
    attachments: createMemoryAttachments(write),
    notices: [],
    appends,
    failNext: (error) => void (failure = error),
    fail: (error) => void (failing = error),
    append,
    events: (sessionId, { from = 0, to = Infinity, limit = Infinity }) =>
      log(sessionId)
        .filter((event) => event.seq > from && event.seq <= to)
        .slice(0, limit),
    tail,
    milestones: (sessionId) => log(sessionId).filter(isMilestone),
    appendOpenText: (sessionId, piece) => {
      write();
      const texts = open.get(sessionId) ?? [];
      const { kind, runId, turn } = piece;
      const same = (text: OpenText) =>
        text.kind === kind && text.runId === runId && text.turn === turn;
      const text = (texts.find(same)?.text ?? "").slice(0, piece.offset) + piece.text;
      open.set(sessionId, [...texts.filter((other) => !same(other)), { kind, runId, turn, text }]);
    },
    openTexts: (sessionId) => structuredClone(open.get(sessionId) ?? []),
    session: summary,
    sessions: ({ archived, limit, before = Infinity }) => {
      const all = [...logs]
        .map(([id, events]) => summarize(id, events))
        .filter((one) => one.archived === archived && one.updatedAt < before)
        .sort((a, b) => b.updatedAt - a.updatedAt);
      return { sessions: all.slice(0, limit), hasMore: all.length > limit };
    },
    unfinishedSessions: () =>
      [...logs].filter(([, events]) => openRun(events) !== null).map(([id]) => id),
    hasMessage: (sessionId, messageId) =>
      log(sessionId).find(
        (event) => event.type === "message.sent" && event.data.messageId === messageId,
      )?.seq ?? null,
    deleteSession: (sessionId) => {
      write();
      logs.delete(sessionId);
      open.delete(sessionId);
      mirror.deleteSession(sessionId);
    },
    forkSession: (sessionId, newId, seq) => {
      write();
      const forked = forkEvents(sessionId, log(sessionId).slice(0, seq), options.clock.now());
      logs.set(newId, forked);
      return summarize(newId, forked);
    },
    importSession: (sessionId, events) => {
      write();
      const whole = events.every((event, index) => event.seq === index + 1);
      if (!whole || events[0]?.type !== "session.created")
        throw new AetheriaError("bad_input", "These events do not make up a whole conversation.");
      logs.set(sessionId, endRun(structuredClone(events), options.clock.now()));
      return summarize(sessionId, log(sessionId));
    },
    search,
    settings: () => structuredClone(settings),
    saveSettings: (patch) => {
      write();
      settings = { ...settings, ...structuredClone(patch) };
      return structuredClone(settings);
    },
    grants: () => structuredClone([...grants.values()]),
    saveGrant: (grant) => {
      write();
      grants.set(grant.grantId, structuredClone(grant));
    },
    deleteGrant: (grantId) => {
      write();
      grants.delete(grantId);
    },
    spending: (nowMs) => {
      const midnight = new Date(nowMs).setHours(0, 0, 0, 0);
      const today = runs.filter((run) => run.at >= midnight);
      return {
        todayUsd: today.reduce((sum, run) => sum + run.usd, 0),
        todayTokens: today.reduce((sum, run) => sum + run.tokens, 0),
      };
    },
    copyTo: () => Promise.reject(new Error("memory store: it has no file to copy")),
    checkIntegrity: () => Promise.resolve(null),
    close: () => void (closed = true),
  };
}

const milestoneTypes = [
  ...["session.created", "message.sent", "message.withdrawn", "run.started", "rewind.done"],
];

const isMilestone = ({ type, data }: SessionEvent): boolean =>
  milestoneTypes.includes(type) || "changes" in data;

function pick(message: { seq: number; at: number; role: "person" | "agent" }) {
  return { seq: message.seq, at: message.at, role: message.role };
}

/** Sequence numbers of messages that began a run: nothing was going on and nothing waited. */
function startsOfRuns(events: SessionEvent[]): number[] {
  let running = false;
  const starts: number[] = [];
  for (const event of events) {
    if (event.type === "run.started") running = true;
    if (event.type === "run.finished") running = false;
    if (event.type === "message.sent" && event.data.delivery === "auto" && !running)
      starts.push(event.seq);
  }
  return starts;
}

/** Copies the log as a session of its own; a run that was going on at the cut ends there. */
function forkEvents(sessionId: SessionId, source: SessionEvent[], now: number): SessionEvent[] {
  const [first, ...rest] = structuredClone(source);
  const last = source.at(-1);
  if (!first || !last) throw new AetheriaError("not_found", "There is no such session.");
  const { title, model, mode, workspace } = summarize(sessionId, source);
  const forkedFrom = { sessionId, seq: last.seq };
  const imported = first.type === "session.created" ? first.data.importedSeq : undefined;
  const data = {
    ...{ title, model, mode, workspace, forkedFrom },
    ...(imported === undefined ? {} : { importedSeq: Math.min(imported, last.seq) }),
  };
  const events: SessionEvent[] = [{ seq: 1, at: first.at, type: "session.created", data }];
  return endRun([...events, ...rest.map(withoutChoices)], now);
}

function withoutChoices(event: SessionEvent): SessionEvent {
  if (event.type !== "session.configured") return event;
  const { machineConsent: _consent, browserProfile: _profile, ...data } = event.data;
  return { ...event, data };
}

function endRun(events: SessionEvent[], now: number): SessionEvent[] {
  const runId = openRun(events);
  const last = events.at(-1);
  if (runId === null || !last) return events;
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
  const data = { runId, outcome: "stopped" as const, usage, steps: 0, ms: 0 };
  const [seq, at] = [last.seq + 1, Math.max(last.at, now)];
  return [...events, { seq, at, type: "run.finished", data }];
}

/** The text split at words that begin with the searched ones, or null when one is missing. */
function mark(text: string, words: string[]): string[] | null {
  const parts = text.split(/([\p{L}\p{N}]+)/u);
  const begins = (part: string) => words.some((word) => part.toLowerCase().startsWith(word));
  const there = words.every((word) => parts.some((part) => part.toLowerCase().startsWith(word)));
  if (!there) return null;
  const extract = [""];
  for (const [index, part] of parts.entries())
    if (index % 2 === 1 && begins(part)) extract.push(part, "");
    else extract[extract.length - 1] += part;
  return extract;
}

function createMemoryAttachments(write: () => void): Attachments {
  const files = new Map<string, Uint8Array>();
  const find = (sha256: string) => {
    const bytes = files.get(sha256);
    if (!bytes) throw new AetheriaError("not_found", "That file is no longer there.");
    return bytes;
  };
  const put: Attachments["put"] = async (bytes, name, mime) => {
    write();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    files.set(sha256, bytes.slice());
    return AttachmentRef.parse({ sha256, name, mime, sizeBytes: bytes.length });
  };
  return {
    put,
    openWriter: async () => {
      const pieces: Uint8Array[] = [];
      return {
        write: async (bytes) => void pieces.push(bytes.slice()),
        keep: (name, mime) => put(Buffer.concat(pieces), name, mime),
        drop: async () => undefined,
      };
    },
    get: async (sha256, offset, length) => {
      const bytes = find(sha256);
      return { bytes: bytes.slice(offset, offset + length), sizeBytes: bytes.length };
    },
    path: (sha256) => {
      find(sha256);
      throw new Error("memory store: attachments have no path; use the real store for this test");
    },
  };
}
