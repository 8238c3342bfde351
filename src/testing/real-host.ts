// A real host on a data folder of its own, with one client over the linked pair: what a page has,
// without the page. It knows no model but the ones a test gives it in `env`.
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import type { CallInput, Push } from "../contract/calls.ts";
import type { ErrorData } from "../contract/errors.ts";
import type { EventOf, EventType, SessionEvent } from "../contract/events.ts";
import { MessageId, type SessionId } from "../contract/ids.ts";
import { createHost, type Host } from "../host/host.ts";
import { createClient, type Client } from "../rpc/client.ts";
import { createLinkedPair } from "../rpc/linked-pair.ts";
import { createSessionFeed } from "../rpc/session-feed.ts";

export type RealHost = {
  host: Host;
  client: Client;
  dataDir: string;
  pushes: readonly Push[];
  /** Notices that were told while the host worked. */
  notices(): ErrorData[];
  logged: readonly string[];
  /** Resolves with the first push that fits, from now on or from before. */
  pushed<T>(find: (push: Push) => T | undefined): Promise<T>;
  start(input?: CallInput<"session.create">): Promise<StartedSession>;
  close(): Promise<void>;
};

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

/** No model anywhere: nothing listens on port 1. */
export const noModels = { OLLAMA_HOST: "http://127.0.0.1:1" };

export const temporaryFolder = async (name: string): Promise<string> =>
  realpath(await mkdtemp(join(tmpdir(), `aetheria-${name}-`)));

/** Without `dataDir` the folder is made, and removed at the end. */
export async function openRealHost(
  options: { env?: Record<string, string>; dataDir?: string; restart?: () => void } = {},
): Promise<RealHost> {
  const dataDir = options.dataDir ?? (await temporaryFolder("host"));
  const logged: string[] = [];
  const host = await createHost({
    dataDir,
    env: { ...noModels, ...options.env },
    log: (line) => void logged.push(line),
    ...(options.restart && { restart: options.restart }),
  });
  const [near, far] = createLinkedPair();
  host.connect(far);
  const client = createClient(near);
  const pushes: Push[] = [];
  const listeners = new Set<() => void>();
  client.onPush((push) => {
    pushes.push(push);
    for (const listener of [...listeners]) listener();
  });

  const pushed: RealHost["pushed"] = (find) => wait(listeners, () => firstOf(pushes, find));
  return {
    host,
    client,
    dataDir,
    pushes,
    logged,
    pushed,
    notices: () => pushes.flatMap((push) => (push.type === "notice" ? [push.notice] : [])),
    start: (input = {}) => startSession(client, input),
    close: async () => {
      client.close();
      await host.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function firstOf<T>(pushes: Push[], find: (push: Push) => T | undefined): T | undefined {
  for (const push of pushes) {
    const found = find(push);
    if (found !== undefined) return found;
  }
  return undefined;
}

function wait<T>(listeners: Set<() => void>, find: () => T | undefined): Promise<T> {
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

async function startSession(
  client: Client,
  input: CallInput<"session.create">,
): Promise<StartedSession> {
  const { sessionId } = await client.call("session.create", input);
  return watchSession(client, sessionId);
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
