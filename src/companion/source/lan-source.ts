// Sessions straight from the host, over Socket.IO. What is sent while it does not answer is kept on
// this device and leaves in order when it does; an answer or a stop is only for now.
import { maxChunkBytes, type Push } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { AttachmentRef, SessionSummary } from "../../contract/session.ts";
import type { Channel } from "../../rpc/channel.ts";
import { putAttachment } from "../../rpc/put-attachment.ts";
import {
  createReconnectingClient,
  type ConnectionState,
  type ReconnectingClient,
} from "../../rpc/reconnecting-client.ts";
import { followed } from "./followed.ts";
import type { Source, SourceState, Wish } from "./source.ts";
import { createWishQueue, type WishStore } from "./wish-queue.ts";

export type LanSourceNeeds = {
  connect(): Promise<Channel>;
  wait(ms: number): Promise<void>;
  newId(): string;
  now(): number;
  wishes: WishStore;
};

/** The phone shows no more than this many sessions; older ones are found on the desktop. */
const maxSessions = 200;

export function createLanSource(needs: LanSourceNeeds): Source {
  const state = followed<SourceState>({ kind: "connecting" });
  const sessions = followed<readonly SessionSummary[] | null>(null);
  let latest: ConnectionState = { phase: "connecting" };
  const client = createReconnectingClient({
    name: "companion",
    connect: needs.connect,
    wait: needs.wait,
    onState(next) {
      latest = next;
      state.set(stateOf(next, state.current));
      if (next.phase === "connected") void arrived();
    },
  });
  const queue = createWishQueue({
    ...needs,
    isOpen: () => latest.phase === "connected",
    grant: (wish) => grant(client, wish),
  });
  client.onPush((push) => sessions.set(changed(sessions.current, push)));

  async function arrived(): Promise<void> {
    try {
      const list = await client.call("session.list", { limit: maxSessions });
      sessions.set(list.sessions);
    } catch {
      return; // the connection was lost again: the next one asks again
    }
    await queue.flush();
  }

  return {
    state: () => state.current,
    onState: state.follow,
    onSessions: (listener) => sessions.follow((list) => list && listener(list)),
    onWaiting: queue.follow,
    watch: (sessionId, listener) => client.watch(sessionId, listener),
    history: (sessionId, before, limit) =>
      client.call("session.history", { sessionId, before, limit }),
    wish: (wish) => (isForLater(wish) ? queue.add(wish) : grant(client, wish)),
    dismiss: (id) => queue.remove(id),
    file: (_sessionId, file, options) => download(client, file, options),
    upload: (file, { onProgress = () => {}, signal }) =>
      putAttachment(client, outgoing(file, needs.newId()), { onProgress, signal }),
    wantPush: null,
    choice: null,
    create: async () => (await client.call("session.create", {})).sessionId,
    // Its token is taken from it on the desktop, in the list of devices.
    leave: async () => {},
    reconnect: () => client.reconnect(),
    close: () => client.close(),
  };
}

/** Said today, these hold tomorrow too. */
const isForLater = (wish: Wish): boolean => wish.kind === "send" || wish.kind === "rename";

function stateOf(next: ConnectionState, before: SourceState): SourceState {
  switch (next.phase) {
    case "connected":
      return { kind: "live" };
    case "waiting":
      return { kind: "offline", error: next.error };
    case "refused":
      return { kind: "refused", error: next.error };
    case "connecting":
      // A further try is no news while nothing answers.
      return before.kind === "offline" ? before : { kind: "connecting" };
    case "closed":
      return before;
  }
}

function changed(
  list: readonly SessionSummary[] | null,
  push: Push,
): readonly SessionSummary[] | null {
  if (!list) return list;
  const without = (sessionId: SessionId) => list.filter((one) => one.sessionId !== sessionId);
  if (push.type === "session.deleted") return without(push.sessionId);
  if (push.type !== "session.changed") return list;
  const { summary } = push;
  const others = without(summary.sessionId);
  if (summary.archived) return others;
  return [...others, summary].sort((one, other) => other.updatedAt - one.updatedAt);
}

async function grant(client: Pick<ReconnectingClient, "call">, wish: Wish): Promise<void> {
  const { sessionId } = wish;
  switch (wish.kind) {
    case "send": {
      const { messageId, text, attachments, delivery } = wish;
      await client.call("session.send", { sessionId, messageId, text, attachments, delivery });
      return;
    }
    case "answer": {
      const { approvalId, answer, scope } = wish;
      await client.call("approval.answer", { sessionId, approvalId, answer, scope });
      return;
    }
    case "stop":
      await client.call("session.stop", { sessionId });
      return;
    case "rename":
      await client.call("session.rename", { sessionId, title: wish.title });
  }
}

const outgoing = (file: File, uploadId: string) => ({
  uploadId,
  name: file.name === "" ? "photo" : file.name,
  mime: file.type === "" ? "application/octet-stream" : file.type,
  sizeBytes: file.size,
  read: async (from: number, to: number) =>
    new Uint8Array(await file.slice(from, to).arrayBuffer()),
});

async function download(
  client: Pick<ReconnectingClient, "call">,
  { sha256, sizeBytes, mime }: AttachmentRef,
  { onProgress, signal }: { onProgress?: (doneBytes: number) => void; signal: AbortSignal },
): Promise<Blob> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  while (offset < sizeBytes) {
    signal.throwIfAborted();
    const part = await client.call("attachment.get", { sha256, offset, length: maxChunkBytes });
    if (part.bytes.length === 0) throw cutShort();
    pieces.push(new Uint8Array(part.bytes));
    offset += part.bytes.length;
    onProgress?.(offset);
  }
  return new Blob(pieces, { type: mime });
}

const cutShort = () =>
  new AetheriaError("not_found", "A part of this file is missing on the desktop.", {
    hint: "Open the session there to see whether the file still is.",
  });
