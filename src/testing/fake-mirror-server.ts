// A server in between, in memory: accounts that see only their own rows, news to whoever watches, a
// clock of its own, and a network for each device that may lose, delay, repeat and reorder.
import { AetheriaError } from "../contract/errors.ts";
import type { DeviceId } from "../contract/ids.ts";
import type { MirrorServer, ServerNews } from "../core/mirror/ports.ts";
import {
  createFakeMirrorTables,
  type FakeChange,
  type FakeMirrorTables,
} from "./fake-mirror-tables.ts";

/** What lies between one device and the server. Where a method rejects, the request or its answer was
 * lost on the way. */
export interface FakeNetwork {
  /** Before the server hears of it. */
  request(name: keyof MirrorServer, signal: AbortSignal): Promise<void>;
  /** It may arrive once more, now or much later: then this calls `arrive`. */
  repeat?(name: keyof MirrorServer, arrive: () => void): void;
  /** After it was done. */
  answer(name: keyof MirrorServer, signal: AbortSignal): Promise<void>;
  /** Calls `deliver` as often and as late as it likes. */
  news(news: ServerNews, deliver: () => void): void;
  /** A device watches: `tell` reaches it at once. Returns what is called when it stops. */
  watching?(tell: (news: ServerNews) => void): () => void;
}

export interface FakeMirrorUser {
  /** One more device of this account, signed in. */
  open(network?: FakeNetwork): MirrorServer;
  /** Devices renew what they were let in with by themselves. */
  expireTokens(): void;
  /** For good: until `signIn`, every request is refused. */
  signOut(): void;
  signIn(): void;
  /** False: its tables are of another version just now, and every request is refused. */
  setReady(isReady: boolean): void;
  readonly tables: FakeMirrorTables;
}

export const perfectNetwork: FakeNetwork = {
  request: async (_name, signal) => signal.throwIfAborted(),
  answer: async () => undefined,
  news: (_news, deliver) => deliver(),
};

export function createFakeMirrorServer(clock: () => number = Date.now): {
  newUser(): FakeMirrorUser;
} {
  return {
    newUser() {
      const tables = createFakeMirrorTables(clock);
      let isSignedIn = true;
      let isReady = true;
      let renewals = 0;
      return {
        tables,
        expireTokens: () => void (renewals += 1),
        signOut: () => void (isSignedIn = false),
        signIn: () => void (isSignedIn = true),
        setReady: (next) => void (isReady = next),
        open: (network = perfectNetwork) => {
          let known = renewals;
          return openServer(tables, network, () => {
            if (!isSignedIn) throw signedOut();
            if (!isReady) throw notReady();
            const isExpired = known !== renewals;
            known = renewals;
            return isExpired;
          });
        },
      };
    },
  };
}

const signedOut = () =>
  new AetheriaError("unauthorized", "You are signed out of the mirror.", { hint: "Sign in." });

const notReady = () =>
  new AetheriaError("cloud_not_ready", "The server has older tables.", { hint: "Migrate it." });

/** `admit` throws for who is signed out, and tells whether its token had to be renewed first. */
function openServer(
  tables: FakeMirrorTables,
  network: FakeNetwork,
  admit: () => boolean,
): MirrorServer {
  async function ask<Value>(
    name: keyof MirrorServer,
    signal: AbortSignal,
    work: () => Value,
  ): Promise<Value> {
    signal.throwIfAborted();
    await network.request(name, signal);
    // One way more for the new token.
    if (admit()) await network.request(name, signal);
    network.repeat?.(name, () => {
      try {
        work();
      } catch {
        // Nobody waits for this answer.
      }
    });
    const value = work();
    await network.answer(name, signal);
    return value;
  }

  return {
    push: (batch, signal) =>
      ask("push", signal, () => ({ seqs: tables.push(batch), now: tables.now() })),
    sessions: (since, signal) => ask("sessions", signal, () => tables.sessions(since)),
    session: (id, signal) => ask("session", signal, () => tables.session(id)),
    events: (id, range, signal) => ask("events", signal, () => tables.events(id, range)),
    sendCommand: (row, signal) =>
      ask("sendCommand", signal, () => (tables.sendCommand(row), { now: tables.now() })),
    commands: (hostId, signal) =>
      ask("commands", signal, () => ({
        ...{ rows: tables.commands(hostId), now: tables.now() },
        generation: tables.keys()?.generation ?? null,
        isRevoked: tables
          .devices()
          .some((row) => row.device_id === hostId && row.revoked_at !== null),
      })),
    sentCommands: (id, signal) => ask("sentCommands", signal, () => tables.sentCommands(id)),
    answerCommand: (id, answer, signal) =>
      ask("answerCommand", signal, () => tables.answerCommand(id, answer)),
    removeCommands: (ids, signal) =>
      ask("removeCommands", signal, () => tables.removeCommands(ids)),
    devices: (signal) => ask("devices", signal, () => tables.devices()),
    saveDevice: (row, signal) => ask("saveDevice", signal, () => tables.saveDevice(row)),
    revokeDevice: (id, signal) => ask("revokeDevice", signal, () => tables.revokeDevice(id)),
    keys: (signal) => ask("keys", signal, () => tables.keys()),
    saveKeys: (row, signal) => ask("saveKeys", signal, () => tables.saveKeys(row)),
    attachments: (id, signal) => ask("attachments", signal, () => tables.attachments(id)),
    attachment: (id, signal) => ask("attachment", signal, () => tables.attachment(id)),
    saveAttachment: (row, signal) =>
      ask("saveAttachment", signal, () => tables.saveAttachment(row)),
    putPiece: (id, index, bytes, signal) =>
      ask("putPiece", signal, () => tables.putPiece(id, index, bytes)),
    getPiece: (id, index, signal) => ask("getPiece", signal, () => tables.getPiece(id, index)),
    pushEndpoints: (signal) => ask("pushEndpoints", signal, () => tables.pushEndpoints()),
    savePushEndpoint: (row, signal) =>
      ask("savePushEndpoint", signal, () => tables.savePushEndpoint(row)),
    removePushEndpoint: (id, signal) =>
      ask("removePushEndpoint", signal, () => tables.removePushEndpoint(id)),
    usage: (signal) => ask("usage", signal, () => tables.usage()),
    deleteAll: (signal) => ask("deleteAll", signal, () => tables.deleteAll()),
    watch(hostId, listener) {
      let isOver = false;
      const tell = (news: ServerNews) =>
        network.news(news, () => {
          if (!isOver) listener(news);
        });
      const unlisten = tables.listen((change) => {
        const news = newsFor(hostId, change);
        if (news) tell(news);
      });
      const unwatched = network.watching?.((news) => {
        if (!isOver) listener(news);
      });
      queueMicrotask(() => tell({ type: "joined" }));
      return () => {
        isOver = true;
        unwatched?.();
        unlisten();
      };
    },
  };
}

function newsFor(hostId: DeviceId | null, change: FakeChange): ServerNews | null {
  if (change.table === "devices") return { type: "devices", row: change.row };
  if (hostId !== null)
    return change.table === "commands" && change.isNew && change.row.host_id === hostId
      ? { type: "command", row: change.row }
      : null;
  if (change.table === "sessions") return { type: "session", row: change.row };
  if (change.table === "events") return { type: "event", row: change.row };
  return change.isNew ? null : { type: "command", row: change.row };
}
