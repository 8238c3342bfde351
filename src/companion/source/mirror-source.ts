// Sessions through the mirror: the replica's copy, its queue of commands, and files from the bucket.
import { downloadAttachment } from "../../core/mirror/attachment-transfer.ts";
import type { MirrorServer, Sealer, Signer } from "../../core/mirror/ports.ts";
import { createReplica, type ReplicaNeeds } from "../../core/mirror/replica.ts";
import type { ReplicaState, ReplicaStore, SentCommand } from "../../core/mirror/replica-ports.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import { CommandId, type SessionId } from "../../contract/ids.ts";
import type { MirrorChoice } from "../../contract/mirror.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { followed } from "./followed.ts";
import type { Source, SourceState, WaitingWish } from "./source.ts";

export type MirrorSourceNeeds = {
  server: MirrorServer;
  sealer: Sealer;
  signer: Signer;
  store: ReplicaStore;
  clock: ReplicaNeeds["clock"];
  ids: ReplicaNeeds["ids"];
  random(): number;
  wantPush(): Promise<void>;
  /** Signs out and takes this device off the list, where that can be. */
  leave(): Promise<void>;
  close(): void;
};

/** A host that is there answers a command sooner, and is seen once a minute. */
const asleepAfterMs = { unanswered: 15_000, unseen: 150_000 };

export function createMirrorSource(needs: MirrorSourceNeeds): Source {
  const { server, sealer, clock } = needs;
  const ending = new AbortController();
  const state = followed<SourceState>({ kind: "connecting" });
  const sessions = followed<readonly SessionSummary[] | null>(null);
  const waiting = followed<readonly WaitingWish[]>([]);
  let replicaState: ReplicaState = {
    ...{ phase: "connecting", error: null, retryAt: null, hostSeenAt: null },
  };
  let asked: readonly SentCommand[] = [];
  let choices = new Map<SessionId, MirrorChoice>();
  let alarm: AbortController | null = null;
  /** What is kept here was read: only then the replica is asked for a session. */
  let showLoaded = (): void => undefined;
  const loaded = new Promise<void>((resolve) => (showLoaded = resolve));

  const replica = createReplica({
    ...{ server, store: needs.store, signer: needs.signer, clock },
    ...{ random: needs.random, ids: needs.ids, sealer: () => sealer },
    onState(next) {
      replicaState = next;
      showState();
    },
    onSessions(all) {
      showLoaded();
      choices = new Map(all.map(({ summary, choice }) => [summary.sessionId, choice]));
      sessions.set(all.map(({ summary }) => summary).filter(({ archived }) => !archived));
    },
    onCommands(commands) {
      asked = commands;
      waiting.set(commands.filter(({ state }) => state !== "done").map(waitingOf));
      showState();
    },
  });

  /** From when on the host counts as asleep; Infinity: as long as nothing else is heard, not at all. */
  function asleepAt(): number {
    const unanswered = asked.filter((one) => one.state === "sent").map(({ askedAt }) => askedAt);
    const { hostSeenAt } = replicaState;
    return Math.min(
      ...unanswered.map((at) => at + asleepAfterMs.unanswered),
      hostSeenAt === null ? Infinity : hostSeenAt + asleepAfterMs.unseen,
    );
  }

  function showState(): void {
    alarm?.abort();
    alarm = null;
    const leftMs = replicaState.phase === "live" ? asleepAt() - clock.now() : Infinity;
    if (leftMs > 0 && Number.isFinite(leftMs)) {
      alarm = new AbortController();
      clock.sleep(leftMs, alarm.signal).then(showState, () => undefined);
    }
    const asleep: SourceState = { kind: "asleep", since: replicaState.hostSeenAt };
    state.set(leftMs <= 0 ? asleep : stateOf(replicaState, state.current));
  }

  const ended = replica.run(ending.signal).catch((error: unknown) => {
    state.set({ kind: "refused", error: AetheriaError.toData(error) });
  });

  return {
    state: () => state.current,
    onState: state.follow,
    onSessions: (listener) => sessions.follow((list) => list && listener(list)),
    onWaiting: waiting.follow,
    watch(sessionId, listener) {
      let stop: (() => void) | null = null;
      let isOver = false;
      void loaded.then(() => {
        if (!isOver) stop = replica.watch(sessionId, listener);
      });
      return () => {
        isOver = true;
        stop?.();
      };
    },
    history: (sessionId, before, limit) => replica.history(sessionId, before, limit, ending.signal),
    async wish(wish) {
      await loaded;
      await replica.send(wish);
    },
    dismiss: (id) => replica.dismiss(CommandId.parse(id)),
    async file(_sessionId, ref, { onProgress, signal }) {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      await downloadAttachment({
        ...{ server, sealer, ref, signal, newHash },
        sink: { write: async (bytes) => void pieces.push(new Uint8Array(bytes)) },
        onProgress: ({ bytes }) => onProgress?.(bytes),
      });
      return new Blob(pieces, { type: ref.mime });
    },
    upload: null,
    create: null,
    choice: (sessionId) => choices.get(sessionId) ?? null,
    wantPush: needs.wantPush,
    leave: needs.leave,
    reconnect: () => replica.wake(),
    close() {
      alarm?.abort();
      ending.abort();
      void ended.then(needs.close);
    },
  };
}

function stateOf({ phase, error }: ReplicaState, before: SourceState): SourceState {
  const told: ErrorData = error ?? unreachable;
  switch (phase) {
    case "live":
      return { kind: "mirror" };
    case "waiting":
      return { kind: "offline", error: told };
    case "blocked":
      return { kind: "refused", error: told };
    case "connecting":
      return { kind: "connecting" };
    case "off":
      return before;
  }
}

const unreachable: ErrorData = {
  code: "cloud_unreachable",
  message: "The mirror does not answer.",
  hint: "This device tries again by itself.",
  retryable: true,
};

const waitingOf = ({ commandId, wish, askedAt, error }: SentCommand): WaitingWish => ({
  ...{ id: commandId, wish, at: askedAt, error },
});

/** WebCrypto takes all of it at once. */
function newHash() {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  return {
    update: (bytes: Uint8Array) => void pieces.push(new Uint8Array(bytes)),
    async digest() {
      const whole = await new Blob(pieces).arrayBuffer();
      const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
      return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  };
}
