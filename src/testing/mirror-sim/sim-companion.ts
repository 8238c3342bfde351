// A simulated companion: a real replica over a store that survives it, a person who watches and asks,
// and a record of what was asked and what became of it.
import type { SessionEvent } from "../../contract/events.ts";
import type { CommandId, SessionId } from "../../contract/ids.ts";
import { createReplica, type Replica } from "../../core/mirror/replica.ts";
import type { SentCommand, Wish } from "../../core/mirror/replica-ports.ts";
import type { Signer } from "../../core/mirror/ports.ts";
import { createMemoryReplicaStore } from "../memory-replica-store.ts";
import { waiting } from "./mortal.ts";
import { createSimDevice, type SimDevice, type SimWorld } from "./sim-device.ts";

export interface SimCompanion {
  readonly device: SimDevice;
  readonly signer: Signer;
  replica(): Replica;
  start(): void;
  /** Everything the person asked for that was kept, with its number. */
  readonly asked: Map<CommandId, { wish: Wish; number: number }>;
  ask(wish: Wish): void;
  watch(sessionId: SessionId): void;
  /** What was told to whoever watches is not one log. */
  readonly problems: string[];
  /** What is still shown as under way or refused. */
  list(): readonly SentCommand[];
  /** The texts it keeps of a session. */
  kept(sessionId: SessionId): Promise<(string | null)[]>;
}

export function createSimCompanion(world: SimWorld, signer: Signer): SimCompanion {
  const device = createSimDevice(world);
  const store = createMemoryReplicaStore();
  const asked: SimCompanion["asked"] = new Map();
  const problems: string[] = [];
  let replica: Replica | null = null;
  let watched: SessionId | null = null;
  let ids = 0;

  const current = (): Replica => {
    if (!replica) throw new Error("simulator: no replica yet");
    return replica;
  };

  function note(commands: readonly SentCommand[]): void {
    for (const { commandId, wish, number } of commands) asked.set(commandId, { wish, number });
  }

  function watch(sessionId: SessionId): void {
    watched = sessionId;
    const told = (problem: string) => problems.push(`${signer.deviceId}: ${problem}`);
    current().watch(sessionId, watcher(told));
  }

  return {
    device,
    signer,
    asked,
    problems,
    replica: current,
    list: () => current().commands(),
    async kept(sessionId) {
      const session = (await store.sessions()).find((one) => one.sessionId === sessionId);
      return (await store.events(sessionId, 0, session?.last ?? 0)).map((event) => event.text);
    },
    start() {
      device.begin(({ mortal, server, clock, sealer }) => {
        replica = createReplica({
          ...{ server, clock, sealer, signer },
          store: waiting(mortal, store),
          random: world.chance.next,
          ids: { next: () => `${signer.deviceId}-command-${++ids}` },
          onState: () => undefined,
          onSessions: () => undefined,
          onCommands: note,
        });
        void replica.run(new AbortController().signal);
        if (watched) watch(watched);
      });
    },
    ask(wish) {
      if (device.life()?.isDead !== false) return;
      // Not in its list: then there is nothing to ask it of.
      current()
        .send(wish)
        .then(
          () => note(current().commands()),
          () => undefined,
        );
    },
    watch,
  };
}

/** Checks that what is told is one log, and one text of each that is open. */
function watcher(problem: (text: string) => void) {
  let last: number | null = null;
  const open = new Map<string, string>();
  const finish = (events: readonly SessionEvent[]) => {
    for (const { type, data } of events)
      if (type === "text.finished") open.delete(`${data.runId} ${data.turn}`);
  };
  return {
    reset(snapshot: Parameters<Parameters<Replica["watch"]>[1]["reset"]>[0]) {
      const seqs = snapshot.events.map((event) => event.seq);
      if (seqs.at(-1) !== snapshot.summary.seq) problem("a snapshot does not end where it says");
      if (seqs.some((seq, at) => seq !== (seqs[0] ?? 0) + at)) problem("a snapshot has a hole");
      last = snapshot.summary.seq;
      open.clear();
      for (const { runId, turn, text } of snapshot.openTexts) open.set(`${runId} ${turn}`, text);
    },
    events(events: SessionEvent[]) {
      if (last === null) return problem("events before a snapshot");
      for (const { seq } of events)
        if (seq === last + 1) last = seq;
        else problem(`event ${seq} after ${last}`);
      finish(events);
    },
    live(events: Parameters<Parameters<Replica["watch"]>[1]["live"]>[0]) {
      for (const event of events) {
        if (event.type !== "text.delta") continue;
        const key = `${event.runId} ${event.turn}`;
        const known = open.get(key) ?? "";
        if (event.offset !== known.length)
          problem(`a piece at ${event.offset}, not ${known.length}`);
        open.set(key, known + event.text);
      }
    },
  };
}
