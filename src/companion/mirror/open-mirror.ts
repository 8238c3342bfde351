// The mirror's source for this device: joins what it keeps to the cloud and the replica.
import { uuidv7 } from "uuidv7";
import { createSealer } from "../../cloud/create-sealer.ts";
import { openCloud } from "../../cloud/open-cloud.ts";
import { createSigner } from "../../cloud/signer.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Vault } from "../cache/vault.ts";
import { createMirrorSource } from "../source/mirror-source.ts";
import type { Source } from "../source/source.ts";
import type { Link } from "../state/link.ts";
import { browserClock } from "./browser-clock.ts";
import { keptTokens, loadKeyRing, signingKeys } from "./kept-account.ts";
import { wantPush } from "./push-subscription.ts";
import { createReplicaStore } from "./replica-store.ts";

type MirrorLink = Extract<Link, { wire: "mirror" }>;

const leaveWithinMs = 5_000;
const pushWithinMs = 20_000;

/** Throws `locked` where the account's key is not on this device. Asks nobody yet. */
export async function openMirror(link: MirrorLink, vault: Vault): Promise<Source> {
  const { url, anonKey, userId, deviceId } = link;
  const [ring, keys] = await Promise.all([loadKeyRing(vault), signingKeys(vault)]);
  if (!ring) throw noKey();
  const [cloud, sealer, signer] = await Promise.all([
    openCloud({ url, anonKey, tokens: keptTokens(vault) }),
    createSealer({ userId, keys: ring.keys }),
    createSigner(deviceId, keys),
  ]);
  return createMirrorSource({
    ...{ server: cloud.server, sealer, signer, clock: browserClock },
    ...{ store: createReplicaStore(vault, alone), ids: { next: uuidv7 }, random: Math.random },
    wantPush: () =>
      wantPush({ server: cloud.server, sealer, deviceId }, AbortSignal.timeout(pushWithinMs)),
    async leave() {
      const signal = AbortSignal.timeout(leaveWithinMs);
      const said = [
        cloud.server.removePushEndpoint(deviceId, signal),
        cloud.server.revokeDevice(deviceId, signal),
      ];
      await Promise.allSettled(said);
      await cloud.auth.signOut("here").catch(() => undefined);
    },
    close: () => void cloud.close(),
  });
}

const alone = async <T>(work: () => Promise<T>): Promise<T> =>
  navigator.locks.request("aetheria-replica", work);

const noKey = () =>
  new AetheriaError("locked", "The account's key is not on this device.", {
    hint: "Link this device again, by a picture from your desktop or by the passphrase.",
  });
