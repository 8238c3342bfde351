// The host's side of the mirror: one loop that brings to the server what the log has and the server
// has not, and takes the commands that wait there. One request at a time, nothing local waits for it,
// and whatever is lost on the way is found again from the log and its checkpoints.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { DeviceId, SessionId } from "../../contract/ids.ts";
import type { Clock } from "../ports.ts";
import { createBell } from "./bell.ts";
import { collect, sealBatch, type Collected } from "./collect.ts";
import { takeCommands } from "./command-desk.ts";
import type {
  CommandRunner,
  MirrorLog,
  MirrorServer,
  Sealer,
  ServerNews,
  Verify,
} from "./ports.ts";
import { createRetries } from "./retries.ts";
import { takeStock } from "./stock.ts";
import { createWaitingSessions } from "./waiting-sessions.ts";

export type HostMirrorNeeds = {
  hostId: DeviceId;
  log: MirrorLog;
  server: MirrorServer;
  /** The one that seals now: another after the keys were rotated. */
  sealer(): Sealer;
  verify: Verify;
  runner: CommandRunner;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  onState(state: HostMirrorState): void;
};

export type HostMirrorState = {
  /** `blocked`: goes on once the person has done something; `waiting`: tries again by itself. */
  phase: "off" | "connecting" | "up_to_date" | "behind" | "waiting" | "blocked";
  waitingEvents: number;
  /** How long the oldest of them has waited. */
  lagMs: number;
  error: ErrorData | null;
  /** By this host's clock. */
  retryAt: number | null;
};

export interface HostMirror {
  /** Something was appended, or the session was deleted or chosen otherwise. Costs nothing. */
  changed(sessionId: SessionId): void;
  /** What is open changed. Costs nothing. */
  openChanged(sessionId: SessionId): void;
  /** The net is back, the person signed in, or says: now. */
  wake(): void;
  /** Counts what waits, also what was appended while it waits for the server. */
  recount(): void;
  /** Until the signal says so; one at a time. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  state(): HostMirrorState;
}

type Doing = "stock" | "commands" | "deletion" | "push";

export const openEveryMs = 250;
const limits = { maxEvents: 500, probeEvents: 16, maxChars: 1_000_000, maxSessions: 50 };
/** How often commands are asked for without news of them, with a live line and without one. Companions
 * see by it that this host is there. */
const pollMs = { live: 60_000, deaf: 30_000 };
/** Tombstones are not asked for. */
const noTombstones = "9999-12-31T00:00:00.000Z";

export function createHostMirror(needs: HostMirrorNeeds): HostMirror {
  const { hostId, log, server, sealer, clock } = needs;
  const waiting = createWaitingSessions(log);
  const work = createBell(clock);
  const dirty = new Set<SessionId>();
  const open = new Set<SessionId>();
  /** Sessions with an event that the server does not take: the others go on without them. */
  const stuck = new Map<SessionId, ErrorData>();
  /** How often each was deleted there, as far as was heard. */
  const epochs = new Map<SessionId, number>();
  let isStocked = false;
  let isLoaded = false;
  let commandsDue = true;
  let isLive = false;
  let lastPollAt = -Infinity;
  let lastPushAt = -Infinity;
  let maxChars = limits.maxChars;
  /** What is being done, and what failed last: another thing that works says nothing of that. */
  let doing = "stock" as Doing;
  let failing = null as Doing | null;
  let phase: HostMirrorState["phase"] = "off";
  let held: ErrorData | null = null;
  const retries = createRetries(needs);
  let told = "";

  function state(): HostMirrorState {
    const { events, oldestAt } = waiting.total();
    const lagMs = oldestAt === null ? 0 : Math.max(0, clock.now() - oldestAt);
    const { error, retryAt } = retries.current();
    const why = error ?? held ?? [...stuck.values()][0] ?? null;
    return { phase, waitingEvents: events, lagMs, error: why, retryAt };
  }

  function tell(next: HostMirrorState["phase"]): void {
    phase = next;
    const now = state();
    const key = JSON.stringify({ ...now, lagMs: 0 });
    if (key !== told) needs.onState(now);
    told = key;
  }

  function hear(news: ServerNews): void {
    if (news.type === "left") isLive = false;
    if (news.type === "joined") {
      isLive = true;
      retries.hurry();
    }
    // Hosts command nothing; a companion that has just come may have commands that waited for its card.
    // Commands are not given to a host that was revoked: it hears so when it asks.
    const { row } = news.type === "devices" ? news : { row: null };
    const concerns = row?.kind === "companion" || (row?.device_id === hostId && row.revoked_at);
    // Whoever shows the devices asks for them again.
    if (row?.kind === "companion") needs.onState(state());
    if (news.type === "joined" || news.type === "command" || concerns) {
      commandsDue = true;
      work.ring();
    }
  }

  function takeChanges(): void {
    for (const sessionId of dirty) {
      stuck.delete(sessionId);
      waiting.refresh(sessionId);
    }
    dirty.clear();
  }

  /** One request, or a few that belong together. False: there is nothing to do. */
  async function step(signal: AbortSignal): Promise<boolean> {
    doing = "stock";
    if (!isStocked) await stockAll(signal);
    if (!isLoaded) waiting.load();
    isLoaded = true;
    takeChanges();
    const now = clock.now();
    const isPollDue = past(lastPollAt, isLive ? pollMs.live : pollMs.deaf) === 0;
    if (commandsDue || isPollDue) {
      doing = "commands";
      commandsDue = false;
      lastPollAt = now;
      held = await takeCommands(needs, signal);
      return true;
    }
    doing = "deletion";
    if (await deleteThere(signal)) return true;
    doing = "push";
    return push(signal);
  }

  async function stockAll(signal: AbortSignal): Promise<void> {
    const rows = await server.sessions(noTombstones, signal);
    const there = new Map(rows.map((row) => [row.session_id, row]));
    epochs.clear();
    for (const { session_id, epoch } of rows) epochs.set(session_id, epoch);
    for (const sessionId of log.mirrored()) {
      const row = there.get(sessionId) ?? null;
      await takeStock(needs, sessionId, row, signal);
      if (row?.open != null) open.add(sessionId);
    }
    isStocked = true;
    isLoaded = false;
  }

  /** What was deleted here, and what is there as something else than chosen. */
  async function deleteThere(signal: AbortSignal): Promise<boolean> {
    const gone = log.deleted();
    const misplaced = waiting.misplaced();
    const deleted = [...new Set([...gone, ...misplaced])].slice(0, limits.maxEvents);
    if (deleted.length === 0) return false;
    await server.push({ hostId, sessions: [], events: [], deleted }, signal);
    for (const sessionId of deleted) {
      epochs.set(sessionId, (epochs.get(sessionId) ?? 0) + 1);
      if (gone.includes(sessionId)) log.forgetDeleted(sessionId);
      else if (log.head(sessionId)) log.saveCheckpoint(sessionId, 0, null);
      waiting.refresh(sessionId);
    }
    return true;
  }

  async function push(signal: AbortSignal): Promise<boolean> {
    const queue = [...waiting.inTurn()].filter(([sessionId]) => !stuck.has(sessionId));
    const isOpenDue = past(lastPushAt, openEveryMs) === 0;
    const quiet = isOpenDue ? quietOpen(limits.maxSessions - queue.length) : [];
    // What the server does not take is not read and sealed at large again and again.
    const maxEvents = failing === "push" ? limits.probeEvents : limits.maxEvents;
    const batch = collect(log, queue, quiet, { ...limits, maxEvents, maxChars });
    for (const sessionId of quiet) open.delete(sessionId);
    if (batch.length === 0) return false;
    for (const one of batch) {
      open.delete(one.sessionId);
      if (log.mirroredAs(one.sessionId) === null) log.saveCheckpoint(one.sessionId, 0, one.choice);
    }
    // A slow server is not taken for one that has everything.
    if (queue.length > 0) tell("behind");
    lastPushAt = clock.now();
    try {
      const sealed = await sealBatch(sealer(), hostId, batch, epochs);
      const { seqs } = await server.push(sealed, signal);
      for (const one of batch) confirm(one, seqs.get(one.sessionId) ?? 0);
      maxChars = limits.maxChars;
    } catch (error) {
      for (const one of batch) open.add(one.sessionId);
      await afterRefusal(error, batch, signal);
    }
    return true;
  }

  /** What is open is told of sessions whose events are all there; the others tell it with those. */
  function quietOpen(room: number): SessionId[] {
    return [...open].filter((sessionId) => !waiting.has(sessionId)).slice(0, Math.max(0, room));
  }

  function confirm({ sessionId, choice, events }: Collected, seq: number): void {
    const last = log.head(sessionId)?.summary.seq;
    // Deleted, or begun anew, while the server was asked: then that counts.
    const isSame = last !== undefined && log.mirroredAs(sessionId) === choice;
    if (isSame && seq > last) log.saveCheckpoint(sessionId, 0, "none");
    else if (isSame && (events.length > 0 || seq < log.checkpoint(sessionId)))
      log.saveCheckpoint(sessionId, seq, choice);
    waiting.served(sessionId);
  }

  async function afterRefusal(
    error: unknown,
    batch: Collected[],
    signal: AbortSignal,
  ): Promise<void> {
    const data = AetheriaError.toData(error);
    const size = batch.reduce((sum, one) => sum + one.events.length, 0);
    if (data.code === "too_large" && size > 1) {
      const chars = batch.flatMap((one) => one.events).reduce((sum, e) => sum + e.text.length, 0);
      maxChars = Math.max(1, Math.floor(chars / 2));
    } else if (data.code === "too_large" && size === 1) {
      for (const one of batch) if (one.events.length > 0) stuck.set(one.sessionId, data);
    } else if (data.code === "conflict" && (await stock(batch, signal))) {
      return;
    } else throw error;
  }

  const standing = (sessionId: SessionId) =>
    [log.checkpoint(sessionId), log.mirroredAs(sessionId), epochs.get(sessionId) ?? 0].join();

  /** True when the server has something else than was thought. */
  async function stock(batch: Collected[], signal: AbortSignal): Promise<boolean> {
    let isOther = false;
    for (const { sessionId } of batch) {
      const before = standing(sessionId);
      const row = await server.session(sessionId, signal);
      epochs.set(sessionId, row?.epoch ?? 0);
      await takeStock(needs, sessionId, row, signal);
      isOther ||= before !== standing(sessionId);
      waiting.refresh(sessionId);
    }
    return isOther;
  }

  /** How long until `ms` have passed since `at`. A clock that went back does not count. */
  function past(at: number, ms: number): number {
    const since = clock.now() - at;
    return since < 0 ? 0 : Math.max(0, ms - since);
  }

  function idleMs(): number {
    const poll = past(lastPollAt, isLive ? pollMs.live : pollMs.deaf);
    const isOpenWaiting = [...open].some((sessionId) => !waiting.has(sessionId));
    return isOpenWaiting ? Math.min(poll, past(lastPushAt, openEveryMs)) : poll;
  }

  const restPhase = (): HostMirrorState["phase"] => {
    if (held || (stuck.size > 0 && waiting.total().events > 0)) return "blocked";
    return waiting.total().events > 0 || waiting.misplaced().length > 0 ? "behind" : "up_to_date";
  };

  async function turn(signal: AbortSignal): Promise<void> {
    try {
      const isBusy = await step(signal);
      if (failing === doing || !isBusy) failing = null;
      if (failing === null) {
        retries.succeeded();
        tell(restPhase());
      }
      if (!isBusy) await work.wait(idleMs(), signal);
    } catch (error) {
      if (signal.aborted) return;
      commandsDue = true;
      failing = doing;
      const isForPerson = retries.failed(AetheriaError.toData(error));
      tell(isForPerson ? "blocked" : "waiting");
      await retries.wait(signal);
    }
  }

  return {
    changed(sessionId) {
      dirty.add(sessionId);
      work.ring();
    },
    openChanged(sessionId) {
      open.add(sessionId);
      work.ring();
    },
    wake() {
      stuck.clear();
      isLoaded = false;
      commandsDue = true;
      retries.wake();
      work.ring();
    },
    recount() {
      if (isLoaded) takeChanges();
    },
    async run(signal) {
      isStocked = false;
      tell("connecting");
      const unwatch = server.watch(hostId, hear);
      try {
        while (!signal.aborted) await turn(signal);
      } finally {
        unwatch();
        isLive = false;
        tell("off");
      }
    },
    state,
  };
}
