// A source whose sessions can be read without it: what it told is kept in the vault, and told again
// until it answers. Of each session the youngest part is kept.
import * as z from "zod/mini";
import { SessionSnapshot } from "../../contract/calls.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import { SessionSummary } from "../../contract/session.ts";
import type { SessionFeedListener } from "../../rpc/session-feed.ts";
import type { Source } from "../source/source.ts";
import { loadKept, saveKept } from "./kept.ts";
import type { Vault } from "./vault.ts";

const maxKeptEvents = 1_000;
/** Nothing is sealed more often than this while an answer streams. */
const saveEveryMs = 1_000;

export type CachedSource = Source & {
  /** What is not kept yet is kept now. */
  save(): Promise<void>;
};

export function withCache(source: Source, vault: Vault): CachedSource {
  const unsaved = new Map<string, () => unknown>();
  let timer: ReturnType<typeof setTimeout> | null = null;

  function keepSoon(name: string, value: () => unknown): void {
    unsaved.set(name, value);
    timer ??= setTimeout(() => void save(), saveEveryMs);
  }

  async function save(): Promise<void> {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const all = [...unsaved];
    unsaved.clear();
    // A full disk loses the copy, never the session.
    await Promise.allSettled(all.map(([name, value]) => saveKept(vault, name, value())));
  }

  return {
    ...source,
    save,
    onSessions(listener) {
      let isOver = false;
      let hasCome = false;
      const stop = source.onSessions((sessions) => {
        hasCome = true;
        keepSoon(listName, () => sessions);
        void forgetOthers(vault, sessions);
        listener(sessions);
      });
      void loadKept(vault, listName, z.array(SessionSummary)).then((kept) => {
        if (kept && !hasCome && !isOver) listener(kept);
      }, ignore);
      return () => {
        isOver = true;
        stop();
      };
    },
    watch: (sessionId, listener) => watchKept({ sessionId, listener, source, vault, keepSoon }),
    close() {
      void save();
      source.close();
    },
  };
}

type Watching = {
  sessionId: SessionId;
  listener: SessionFeedListener;
  source: Source;
  vault: Vault;
  keepSoon(name: string, value: () => unknown): void;
};

function watchKept({ sessionId, listener, source, vault, keepSoon }: Watching): () => void {
  const name = sessionName(sessionId);
  let current: SessionSnapshot | null = null;
  let isOver = false;
  let hasCome = false;
  const keep = () => keepSoon(name, () => current && youngest(current));
  const stop = source.watch(sessionId, {
    reset(snapshot) {
      hasCome = true;
      current = snapshot;
      keep();
      listener.reset(snapshot);
    },
    events(events) {
      if (current) current = grown(current, events);
      keep();
      listener.events(events);
    },
    live: (events) => listener.live(events),
    failed(error) {
      hasCome = true;
      if (error.code === "not_found") void vault.remove(name);
      listener.failed?.(error);
    },
  });
  void loadKept(vault, name, SessionSnapshot).then((kept) => {
    if (kept && !hasCome && !isOver) listener.reset(kept);
  }, ignore);
  return () => {
    isOver = true;
    stop();
  };
}

const listName = "kept/sessions";
const sessionName = (sessionId: SessionId) => `kept/session/${sessionId}`;

/** The vault says so itself where it is asked for something that nobody else has. */
const ignore = (): void => undefined;

function grown(snapshot: SessionSnapshot, events: SessionEvent[]): SessionSnapshot {
  const seq = events.at(-1)?.seq ?? snapshot.summary.seq;
  return {
    ...snapshot,
    summary: { ...snapshot.summary, seq },
    events: [...snapshot.events, ...events],
    openTexts: [],
    openOutputs: [],
  };
}

function youngest(snapshot: SessionSnapshot): SessionSnapshot {
  const { events } = snapshot;
  if (events.length <= maxKeptEvents) return { ...snapshot, openTexts: [], openOutputs: [] };
  return { ...snapshot, events: events.slice(-maxKeptEvents), hasEarlier: true };
}

async function forgetOthers(vault: Vault, sessions: readonly SessionSummary[]): Promise<void> {
  const known = new Set<string>(sessions.map(({ sessionId }) => sessionName(sessionId)));
  for (const name of await vault.names("kept/session/"))
    if (!known.has(name)) await vault.remove(name);
}
