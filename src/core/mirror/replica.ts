// The companion's side of the mirror: a copy of the sessions that can be read without a net, kept up to
// date while there is one, and a queue of commands. One loop makes the requests, one at a time; news is
// applied as it comes.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { CommandId, DeviceId, SessionId } from "../../contract/ids.ts";
import type { DeviceRow } from "../../contract/mirror.ts";
import type { Clock, Ids } from "../ports.ts";
import { createBell } from "./bell.ts";
import { createCommandQueue } from "./command-queue.ts";
import type { MirrorServer, Sealer, ServerNews, Signer } from "./ports.ts";
import type {
  KeptSession,
  ReplicaListener,
  ReplicaSession,
  ReplicaState,
  ReplicaStore,
  SentCommand,
  Wish,
} from "./replica-ports.ts";
import { createRetries } from "./retries.ts";
import { createSessionCopy, type SessionCopy } from "./session-copy.ts";

export type ReplicaNeeds = {
  server: MirrorServer;
  /** The one that opens now: another once this device was given a newer key. */
  sealer(): Sealer;
  store: ReplicaStore;
  signer: Signer;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  ids: Ids;
  onState(state: ReplicaState): void;
  /** Newest first. */
  onSessions(sessions: readonly ReplicaSession[]): void;
  /** In the order they were asked for. Refused ones stay until they are dismissed. */
  onCommands(commands: readonly SentCommand[]): void;
};

export interface Replica {
  /** Until the signal says so; one at a time. First what is kept here is told. Never rejects but where
   * the store does. */
  run(signal: AbortSignal): Promise<void>;
  /** The net is back, the app is in front, there is a new key: now. */
  wake(): void;
  state(): ReplicaState;
  sessions(): readonly ReplicaSession[];
  commands(): readonly SentCommand[];
  /** As of a host on the same network. Returns how to stop. */
  watch(sessionId: SessionId, listener: ReplicaListener): () => void;
  /** What came before `before`; asked of the server where it is not here. */
  history(
    sessionId: SessionId,
    before: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ events: SessionEvent[]; hasEarlier: boolean }>;
  /** Resolves once it is kept on this device. Rejects with `not_found`. */
  send(wish: Wish): Promise<CommandId>;
  dismiss(commandId: CommandId): Promise<void>;
  serverNow(): number | null;
}

type Doing = "list" | "commands" | "sessions";

/** Tombstones are not asked for: what is not in the list is gone. */
const noTombstones = "9999-12-31T00:00:00.000Z";
/** How often everything is looked at without news, with a live line and without one. */
const listMs = { live: 300_000, deaf: 30_000 };

export function createReplica(needs: ReplicaNeeds): Replica {
  const { server, store, clock } = needs;
  const copies = new Map<SessionId, SessionCopy>();
  const work = createBell(clock);
  const retries = createRetries(needs);
  /** Sessions of which a row came while the list was asked for. */
  const heard = new Set<SessionId>();
  /** When each host was there last, by the server's clock. */
  const hosts = new Map<DeviceId, number>();
  let isLoaded = false;
  let isListDue = true;
  let listedAt = -Infinity;
  let isLive = false;
  /** What is being done, and what failed last: another thing that works says nothing of that. */
  let doing = "list" as Doing;
  let failing = null as Doing | null;
  let phase: ReplicaState["phase"] = "off";
  let generation = 0;
  let isTelling = false;
  let toldState = "";

  const queue = createCommandQueue({ ...needs, changed: () => tellSoon() });

  function copyOf(sessionId: SessionId, stored: KeptSession | null = null): SessionCopy {
    const known = copies.get(sessionId);
    if (known) return known;
    const made = createSessionCopy(
      { ...needs, changed: () => tellSoon(), kept: queue.takeEvents },
      sessionId,
      stored,
    );
    copies.set(sessionId, made);
    return made;
  }

  // ── What is told ──────────────────────────────────────────────────────────────────────────────

  /** Once for all that changed in one go. */
  function tellSoon(): void {
    if (isTelling) return;
    isTelling = true;
    queueMicrotask(() => {
      isTelling = false;
      needs.onSessions(sessions());
      needs.onCommands(queue.list());
    });
  }

  function sessions(): ReplicaSession[] {
    return [...copies.values()]
      .flatMap((copy) => listed(copy.current(), copy.problem()))
      .sort((one, other) => other.summary.updatedAt - one.summary.updatedAt);
  }

  function tell(next: ReplicaState["phase"]): void {
    phase = next;
    const key = JSON.stringify(state());
    if (key !== toldState) needs.onState(state());
    toldState = key;
  }
  const state = (): ReplicaState => ({
    ...{ phase, ...retries.current(), hostSeenAt: hostSeenAt() },
  });

  function hostSeenAt(): number | null {
    const now = queue.serverNow();
    if (now === null || hosts.size === 0) return null;
    const seenAt = clock.now() - now + Math.max(...hosts.values());
    return Math.round(seenAt / 1_000) * 1_000;
  }

  // ── What comes in ─────────────────────────────────────────────────────────────────────────────

  function hear(news: ServerNews): void {
    if (news.type === "left") isLive = false;
    if (news.type === "joined") {
      isLive = true;
      lookAgain();
      retries.hurry();
    }
    if (news.type === "devices") {
      takeDevice(news.row);
      tell(phase);
    }
    if (news.type === "session" || news.type === "event" || news.type === "command")
      takeNews(news).catch(() => lookAgain());
  }

  async function takeNews(
    news: Extract<ServerNews, { type: "session" | "event" | "command" }>,
  ): Promise<void> {
    if (news.type === "command") await queue.takeRow(news.row);
    else {
      const sessionId = news.row.session_id;
      heard.add(sessionId);
      if (news.type === "session") await copyOf(sessionId).takeRow(news.row);
      else await copies.get(sessionId)?.takeEvent(news.row);
    }
    work.ring();
  }

  function takeDevice({ device_id, kind, seen_at, revoked_at }: DeviceRow): void {
    if (kind === "host" && revoked_at === null) hosts.set(device_id, Date.parse(seen_at));
    else hosts.delete(device_id);
  }

  function lookAgain(): void {
    isListDue = true;
    queue.readAgain();
    for (const copy of copies.values()) copy.doubt();
    work.ring();
  }

  // ── The loop ──────────────────────────────────────────────────────────────────────────────────

  async function load(): Promise<void> {
    for (const stored of await store.sessions()) copyOf(stored.sessionId, stored);
    await queue.load();
    isLoaded = true;
    tellSoon();
  }

  /** One request, or a few that belong together. False: there is nothing to do. */
  async function step(signal: AbortSignal): Promise<boolean> {
    if (needs.sealer().generation !== generation) {
      generation = needs.sealer().generation;
      lookAgain();
    }
    if (isListDue || since(listedAt) >= (isLive ? listMs.live : listMs.deaf)) {
      doing = "list";
      await readList(signal);
      return true;
    }
    doing = "commands";
    if (await queue.step(signal)) return true;
    doing = "sessions";
    const next = nextBehind();
    await next?.sync(signal);
    return next !== null;
  }

  async function readList(signal: AbortSignal): Promise<void> {
    if (!isLive) lookAgain();
    isListDue = false;
    heard.clear();
    try {
      const rows = await server.sessions(noTombstones, signal);
      const there = new Set(rows.map((row) => row.session_id));
      for (const row of rows) await copyOf(row.session_id).takeRow(row);
      for (const copy of copies.values()) {
        if (there.has(copy.sessionId) || heard.has(copy.sessionId)) continue;
        await copy.takeGone(null);
        await copy.failMissing();
      }
      for (const row of await server.devices(signal)) takeDevice(row);
      listedAt = clock.now();
    } catch (error) {
      isListDue = true;
      throw error;
    }
  }

  /** What somebody looks at first, then the youngest. */
  function nextBehind(): SessionCopy | null {
    const behind = [...copies.values()].filter((copy) => copy.isBehind());
    const rank = (copy: SessionCopy) =>
      (copy.isWatched() ? 1e15 : 0) + (copy.current()?.head?.summary.updatedAt ?? 0);
    return behind.sort((one, other) => rank(other) - rank(one))[0] ?? null;
  }

  function since(at: number): number {
    const ms = clock.now() - at;
    return ms < 0 ? Infinity : ms;
  }

  async function turn(signal: AbortSignal): Promise<void> {
    try {
      const isBusy = await step(signal);
      if (failing === doing || !isBusy) failing = null;
      if (failing === null) retries.succeeded();
      if (isBusy) return;
      tell("live");
      const everyMs = isLive ? listMs.live : listMs.deaf;
      await work.wait(Math.max(0, everyMs - since(listedAt)), signal);
    } catch (error) {
      if (signal.aborted) return;
      isListDue = true;
      queue.readAgain();
      failing = doing;
      tell(retries.failed(AetheriaError.toData(error)) ? "blocked" : "waiting");
      await retries.wait(signal);
    }
  }

  return {
    async run(signal) {
      tell("connecting");
      if (!isLoaded) await load();
      lookAgain();
      const unwatch = server.watch(null, hear);
      try {
        while (!signal.aborted) await turn(signal);
      } finally {
        unwatch();
        isLive = false;
        tell("off");
      }
    },
    wake() {
      lookAgain();
      retries.wake();
    },
    state,
    sessions,
    commands: queue.list,
    watch(sessionId, listener) {
      const stop = copyOf(sessionId).watch(listener);
      if (copyOf(sessionId).current() === null) isListDue = true;
      work.ring();
      return stop;
    },
    history: (sessionId, before, limit, signal) => copyOf(sessionId).history(before, limit, signal),
    async send(wish) {
      const hostId = copies.get(wish.sessionId)?.current()?.hostId;
      if (hostId === undefined) throw AetheriaError.fromData(unknownSession);
      const commandId = await queue.add(wish, hostId);
      work.ring();
      return commandId;
    },
    async dismiss(commandId) {
      await queue.dismiss(commandId);
      work.ring();
    },
    serverNow: queue.serverNow,
  };
}

function listed(kept: KeptSession | null, problem: ErrorData | null): ReplicaSession[] {
  if (kept?.head == null) return [];
  const { head, hostId, last: keptSeq } = kept;
  return [{ summary: head.summary, hostId, choice: head.choice, keptSeq, problem }];
}

const unknownSession: ErrorData = {
  code: "not_found",
  message: "This session is not in the mirror.",
  hint: "Go back to the list of your sessions.",
  retryable: false,
};
