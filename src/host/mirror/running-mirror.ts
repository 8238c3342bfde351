// The mirror while somebody is signed in and the account's key is here: the engine, the files behind it,
// this host's card among the devices. Made anew for another account or key.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type {
  DeviceCard,
  DeviceRow,
  KeyRing,
  MirrorDevice,
  PushMessage,
} from "../../contract/mirror.ts";
import { DeviceCard as DeviceCardSchema } from "../../contract/mirror.ts";
import { createSealer } from "../../cloud/create-sealer.ts";
import type { Cloud } from "../../cloud/open-cloud.ts";
import { createSigner, readSigningKeys, verify } from "../../cloud/signer.ts";
import {
  createHostMirror,
  type HostMirror,
  type HostMirrorState,
} from "../../core/mirror/host-mirror.ts";
import type { CommandRunner, MirrorLog, Sealer } from "../../core/mirror/ports.ts";
import type { Clock, Store } from "../../core/ports.ts";
import { createMirrorFiles, type MirrorFiles } from "./mirror-files.ts";
import { sendPush } from "./push-messages.ts";
import { vapidKeysOf } from "./push-signer.ts";
import type { KeptDevice } from "./mirror-secrets.ts";

export type RunningParts = {
  cloud: Cloud;
  userId: string;
  ring: KeyRing;
  device: KeptDevice;
  fetch: typeof fetch;
  name: string;
  platform: string;
  store: Store;
  log: MirrorLog;
  clock: Clock;
  random(): number;
  runner(files: MirrorFiles): CommandRunner;
  isIdle(sessionId: SessionId): boolean;
  onState(state: HostMirrorState): void;
  /** Files of the session went to the server. */
  onFiles(sessionId: SessionId): void;
  onTrouble(error: unknown): void;
};

export interface RunningMirror {
  readonly engine: HostMirror;
  readonly files: MirrorFiles;
  readonly sealer: Sealer;
  devices(signal: AbortSignal): Promise<MirrorDevice[]>;
  /** The runs of a session ended: its files may go. */
  rested(sessionId: SessionId): void;
  /** Why files that are due are not there; null: nothing is wrong. */
  filesProblem(): ErrorData | null;
  /** Now, instead of in a while. */
  retryFiles(): void;
  /** Tells the devices that asked for it. */
  push(message: PushMessage): Promise<void>;
  close(): Promise<void>;
}

/** Files are not urgent: the conversation is there. */
const retryFilesMs = 60_000;

export async function startMirror(parts: RunningParts): Promise<RunningMirror> {
  const { cloud, device, store, log, clock } = parts;
  const { server } = cloud;
  const sealer = await createSealer({ userId: parts.userId, keys: parts.ring.keys });
  const signer = await createSigner(device.deviceId, await readSigningKeys(device.signing));
  const vapid = vapidKeysOf(parts.ring);
  const files = createMirrorFiles({ store, server, sealer: () => sealer });
  const closing = new AbortController();
  const { signal } = closing;
  const due = new Set<SessionId>();
  let isKnown = false;
  /** Why files are not there yet, and when they are tried again. */
  let filesProblem: ErrorData | null = null;
  let retry: NodeJS.Timeout | null = null;
  let sending: Promise<void> = Promise.resolve();

  /** So that companions can open what this host says of itself. */
  async function makeKnown(): Promise<void> {
    const card: DeviceCard = {
      name: parts.name,
      platform: parts.platform,
      publicKey: signer.publicKey,
      pushKey: vapid.publicKey,
    };
    const place = [device.deviceId, "host"];
    const row = {
      ...{ device_id: device.deviceId, kind: "host" as const, generation: sealer.generation },
      ...{ card: await sealer.seal("device", place, JSON.stringify(card)) },
      public_key: signer.publicKey,
    };
    await server.saveDevice(row, signal);
    isKnown = true;
  }

  function onState(state: HostMirrorState): void {
    parts.onState(state);
    if (state.phase !== "up_to_date") return;
    sendFiles();
    if (!isKnown) makeKnown().catch(parts.onTrouble);
  }

  const engine = createHostMirror({
    ...{ hostId: device.deviceId, log, server, verify, clock, onState },
    ...{ sealer: () => sealer, random: parts.random, runner: parts.runner(files) },
  });

  /** All that is due, also where it failed a moment ago. */
  function sendFiles(): void {
    for (const sessionId of store.mirror.mirrored()) rested(sessionId);
  }

  function tellFiles(next: ErrorData | null): void {
    if (filesProblem === null && next === null) return;
    filesProblem = next;
    parts.onState(engine.state());
  }

  function rested(sessionId: SessionId): void {
    if (retry !== null) return;
    const { mirroredAs, checkpoint, filesSeq } = store.mirror.record(sessionId);
    if (mirroredAs !== "all" || filesSeq >= checkpoint || !parts.isIdle(sessionId)) return;
    if (due.has(sessionId)) return;
    due.add(sessionId);
    sending = sending
      .then(() => files.send(sessionId, signal))
      .then(() => {
        parts.onFiles(sessionId);
        tellFiles(null);
      })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        parts.onTrouble(error);
        const problem = AetheriaError.toData(error);
        retry ??= setTimeout(retryFiles, problem.retryAfterMs ?? retryFilesMs).unref();
        tellFiles(problem);
      })
      .finally(() => due.delete(sessionId));
  }

  function retryFiles(): void {
    if (retry !== null) clearTimeout(retry);
    retry = null;
    sendFiles();
  }

  const running = engine.run(signal);
  return {
    ...{ engine, files, sealer, rested, retryFiles },
    filesProblem: () => filesProblem,
    push: (message) =>
      sendPush({ server, sealer, keys: vapid, fetch: parts.fetch }, message, signal),
    async devices(asking) {
      const rows = await server.devices(asking);
      return Promise.all(rows.map((row) => shown(row, sealer, device)));
    },
    async close() {
      closing.abort(new AetheriaError("cancelled", "The mirror is closed."));
      if (retry !== null) clearTimeout(retry);
      await Promise.allSettled([running, sending]);
    },
  };
}

async function shown(row: DeviceRow, sealer: Sealer, own: KeptDevice): Promise<MirrorDevice> {
  const card = await sealer
    .open("device", [row.device_id, row.kind], row.generation, row.card)
    .then(
      (text) => DeviceCardSchema.parse(JSON.parse(text)),
      () => null,
    );
  return {
    ...{ deviceId: row.device_id, kind: row.kind },
    ...{ name: card?.name ?? null, platform: card?.platform ?? null },
    ...{ seenAt: Date.parse(row.seen_at), revoked: row.revoked_at !== null },
    isThis: row.device_id === own.deviceId,
  };
}
