// One session of a host as a client follows it: every event it is told, and waiting for one of them.
import { uuidv7 } from "uuidv7";
import type { CallInput } from "../contract/calls.ts";
import type { EventOf, EventType, SessionEvent } from "../contract/events.ts";
import { MessageId, type SessionId } from "../contract/ids.ts";
import type { Client } from "../rpc/client.ts";
import { createSessionFeed } from "../rpc/session-feed.ts";

export type StartedSession = {
  sessionId: SessionId;
  /** What this watcher was told, in order. */
  events: readonly SessionEvent[];
  send(text: string, more?: Partial<CallInput<"session.send">>): Promise<void>;
  /** Resolves with the n-th event of this type, counted from 1. */
  until<Type extends EventType>(type: Type, nth?: number): Promise<EventOf<Type>>;
  /** Sends and resolves with the end of the run. */
  ask(text: string): Promise<EventOf<"run.finished">["data"]>;
  /** Everything shown of answers so far. */
  shown(): string;
  /** Resolves once watchers have been shown this text. */
  untilShown(text: string): Promise<void>;
};

/** Resolves with the first that `find` finds, now or after one of the listeners is called. */
export function wait<T>(listeners: Set<() => void>, find: () => T | undefined): Promise<T> {
  return new Promise((resolve) => {
    const look = () => {
      const found = find();
      if (found === undefined) return;
      listeners.delete(look);
      resolve(found);
    };
    listeners.add(look);
    look();
  });
}

/** Follows a session that is there already. */
export async function watchSession(client: Client, sessionId: SessionId): Promise<StartedSession> {
  const events: SessionEvent[] = [];
  const listeners = new Set<() => void>();
  let shown = "";
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  const feed = createSessionFeed(sessionId, {
    reset: (snapshot) => {
      events.splice(0, events.length, ...snapshot.events);
      changed();
    },
    events: (more) => {
      events.push(...more);
      changed();
    },
    live: (live) => {
      for (const event of live) if (event.type === "text.delta") shown += event.text;
      changed();
    },
  });
  await feed.attach(client);

  const until: StartedSession["until"] = (type, nth = 1) => {
    const fits = (event: SessionEvent): event is EventOf<typeof type> => event.type === type;
    return wait(listeners, () => events.filter(fits)[nth - 1]);
  };
  const send: StartedSession["send"] = async (text, more = {}) => {
    const messageId = MessageId.parse(uuidv7());
    const message = { sessionId, messageId, text, attachments: [], delivery: "auto" as const };
    await client.call("session.send", { ...message, ...more });
  };
  return {
    sessionId,
    events,
    send,
    until,
    async ask(text) {
      const before = events.filter(({ type }) => type === "run.finished").length;
      await send(text);
      return (await until("run.finished", before + 1)).data;
    },
    shown: () => shown,
    untilShown: (text) =>
      wait(listeners, () => (shown.includes(text) ? true : undefined)).then(() => {}),
  };
}
