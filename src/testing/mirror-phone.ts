// A phone of one account, as a test holds it: the real replica over the real adapter, in memory.
import { uuidv7 } from "uuidv7";
import { createSealer } from "../cloud/create-sealer.ts";
import { openCloud, type Cloud } from "../cloud/open-cloud.ts";
import { createSigner, newSigningKeys } from "../cloud/signer.ts";
import { DeviceId, type SessionId } from "../contract/ids.ts";
import type { DeviceCard, LinkCode } from "../contract/mirror.ts";
import { createReplica, type Replica } from "../core/mirror/replica.ts";
import type { ReplicaStore, SentCommand } from "../core/mirror/replica-ports.ts";
import { clock } from "../host/system-parts.ts";
import { createMemoryReplicaStore } from "./memory-replica-store.ts";

export type MirrorPhone = {
  deviceId: DeviceId;
  replica: Replica;
  store: ReplicaStore;
  cloud: Cloud;
  /** The commands as they are now. */
  commands(): readonly SentCommand[];
  /** The kept log of a session, as the host sealed it. */
  texts(sessionId: SessionId): Promise<(string | null)[]>;
  close(): Promise<void>;
};

export async function openMirrorPhone(
  link: LinkCode,
  password: string,
  { name, platform } = { name: "Phone", platform: "test" },
): Promise<MirrorPhone> {
  let kept: string | null = null;
  const cloud = await openCloud({
    ...{ url: link.url, anonKey: link.anonKey },
    tokens: {
      load: async () => kept,
      save: async (secret) => void (kept = secret),
      remove: async () => void (kept = null),
    },
  });
  const { userId } = await cloud.auth.signIn(link.email, password);
  const sealer = await createSealer({ userId, keys: link.keys });
  const deviceId = DeviceId.parse(uuidv7());
  const signer = await createSigner(deviceId, await newSigningKeys());
  const card: DeviceCard = { name, platform, publicKey: signer.publicKey };
  const closing = new AbortController();
  await cloud.server.saveDevice(
    {
      ...{ device_id: deviceId, kind: "companion", generation: sealer.generation },
      card: await sealer.seal("device", [deviceId, "companion"], JSON.stringify(card)),
      public_key: signer.publicKey,
    },
    closing.signal,
  );
  const store = createMemoryReplicaStore();
  const replica = createReplica({
    ...{ server: cloud.server, sealer: () => sealer, store, signer, clock },
    ...{ random: Math.random, ids: { next: uuidv7 } },
    ...{ onState: () => undefined, onSessions: () => undefined, onCommands: () => undefined },
  });
  const running = replica.run(closing.signal);
  return {
    ...{ deviceId, replica, store, cloud },
    commands: () => replica.commands(),
    async texts(sessionId) {
      const kept = (await store.sessions()).find((one) => one.sessionId === sessionId);
      return (await store.events(sessionId, 0, kept?.last ?? 0)).map(({ text }) => text);
    },
    async close() {
      closing.abort();
      await running;
      await cloud.close();
    },
  };
}
