// The simulated account: who seals, signs and verifies. The fast kind checks what the real one checks;
// the real kind is what the app uses.
import { createSealer } from "../../cloud/create-sealer.ts";
import { newKeyRing, rotated } from "../../cloud/key-ring.ts";
import { createSigner, newSigningKeys, verify } from "../../cloud/signer.ts";
import type { DeviceId } from "../../contract/ids.ts";
import type { DeviceCard, DeviceKind } from "../../contract/mirror.ts";
import type { Sealer, Signer, Verify } from "../../core/mirror/ports.ts";
import { fakeSealer, fakeSigner, fakeVerify } from "../fake-sealer.ts";
import type { FakeMirrorTables } from "../fake-mirror-tables.ts";
import type { VirtualTime } from "./virtual-time.ts";

export interface SimAccount {
  /** Of generation 1, 2, 3. */
  sealers: Sealer[];
  signer(deviceId: DeviceId): Promise<Signer>;
  verify: Verify;
}

const userId = "user-1";
export const mostGenerations = 3;

export function fastAccount(): SimAccount {
  return {
    sealers: [1, 2, 3].map((generation) => fakeSealer(userId, generation)),
    signer: async (deviceId) => fakeSigner(deviceId),
    verify: fakeVerify,
  };
}

/** Time stands still while something is sealed. */
export async function realAccount(time: VirtualTime): Promise<SimAccount> {
  const rings = [newKeyRing()];
  for (let ring = rings[0]; ring && rings.length < mostGenerations;) {
    ring = rotated(ring);
    rings.push(ring);
  }
  const sealers = await Promise.all(rings.map((ring) => createSealer({ userId, keys: ring.keys })));
  return {
    sealers: sealers.map((sealer) => ({
      ...sealer,
      seal: (...given) => time.hold(sealer.seal(...given)),
      open: (...given) => time.hold(sealer.open(...given)),
    })),
    async signer(deviceId) {
      const signer = await createSigner(deviceId, await newSigningKeys());
      return { ...signer, sign: (text) => time.hold(signer.sign(text)) };
    },
    verify: (...given) => time.hold(verify(...given)),
  };
}

export async function enrol(
  tables: FakeMirrorTables,
  sealer: Sealer,
  signer: Signer,
  kind: DeviceKind,
): Promise<void> {
  const { deviceId, publicKey } = signer;
  const card: DeviceCard = { name: "zebra phone", platform: "test", publicKey };
  tables.saveDevice({
    ...{ device_id: deviceId, kind, generation: sealer.generation, public_key: publicKey },
    card: await sealer.seal("device", [deviceId, kind], JSON.stringify(card)),
  });
}
