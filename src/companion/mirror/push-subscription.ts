// Asks the browser's push service to wake this device, and tells the hosts where: sealed, as all else. A
// browser takes messages of one signer only: the account, whose hosts all sign alike.
import { toBase64url } from "../../cloud/base64url.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { DeviceId } from "../../contract/ids.ts";
import { DeviceCard, type PushEndpoint } from "../../contract/mirror.ts";
import { parseWith } from "../../core/mirror/parse-with.ts";
import type { MirrorServer, Sealer } from "../../core/mirror/ports.ts";

type Needs = { server: MirrorServer; sealer: Sealer; deviceId: DeviceId };

/** After the person allowed notifications. Throws part_missing where the browser has no push service. */
export async function wantPush(
  { server, sealer, deviceId }: Needs,
  signal: AbortSignal,
): Promise<void> {
  const applicationServerKey = await signerOf(server, sealer, signal);
  const registration = await navigator.serviceWorker?.getRegistration();
  if (!registration?.pushManager) throw noPush();
  const subscription = await subscribed(registration.pushManager, applicationServerKey).catch(
    (cause: unknown) => {
      throw noPush(cause);
    },
  );
  const keyOf = (name: PushEncryptionKeyName) =>
    toBase64url(new Uint8Array(subscription.getKey(name) ?? new ArrayBuffer(0)));
  const endpoint: PushEndpoint = {
    endpoint: subscription.endpoint,
    ...{ p256dh: keyOf("p256dh"), auth: keyOf("auth") },
  };
  const payload = await sealer.seal("push", [deviceId], JSON.stringify(endpoint));
  const row = { device_id: deviceId, generation: sealer.generation, payload };
  await server.savePushEndpoint(row, signal);
}

/** Anew where it was for the key that the account had before. */
async function subscribed(
  manager: PushManager,
  applicationServerKey: string,
): Promise<PushSubscription> {
  const before = await manager.getSubscription();
  const signer = before?.options.applicationServerKey;
  if (before && signer && toBase64url(new Uint8Array(signer)) === applicationServerKey)
    return before;
  await before?.unsubscribe();
  return manager.subscribe({ userVisibleOnly: true, applicationServerKey });
}

async function signerOf(
  server: MirrorServer,
  sealer: Sealer,
  signal: AbortSignal,
): Promise<string> {
  const rows = await server.devices(signal);
  const hosts = rows
    .filter((row) => row.kind === "host" && row.revoked_at === null)
    .toSorted((one, other) => Date.parse(other.seen_at) - Date.parse(one.seen_at));
  for (const row of hosts) {
    const place = [row.device_id, row.kind];
    const opened = await sealer
      .open("device", place, row.generation, row.card)
      .catch((error: unknown) => {
        if (error instanceof AetheriaError) return null;
        throw error;
      });
    const key = parseWith(DeviceCard, opened)?.pushKey;
    if (key) return key;
  }
  throw new AetheriaError("not_found", "No computer of this account sends push messages yet.", {
    hint: "Start Aetheria on your computer once with the mirror on, then try again.",
  });
}

const noPush = (cause?: unknown) =>
  new AetheriaError("part_missing", "This browser has no push service for this app.", {
    hint: "Install the app first; on an iPhone, add it to the home screen.",
    cause,
  });
