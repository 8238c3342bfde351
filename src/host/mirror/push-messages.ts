// Push messages to companions that are closed: a question waits, a long run ended. Sealed for the browser
// that asked for them (RFC 8291), signed by the account (VAPID, RFC 8292); the push service reads nothing.
import { AetheriaError } from "../../contract/errors.ts";
import { PushEndpoint, type PushEndpointRow, type PushMessage } from "../../contract/mirror.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { MirrorServer, Sealer } from "../../core/mirror/ports.ts";
import type { VapidKeys } from "./push-signer.ts";

export type PushParts = {
  server: MirrorServer;
  sealer: Sealer;
  keys: VapidKeys;
  fetch: typeof fetch;
};

/** Who may be asked about these messages (RFC 8292, "sub"). */
const subject = "https://github.com/aetheria-app/aetheria";
/** A question that nobody answered for an hour is found in the app. */
const lifetimeSeconds = 60 * 60;
/** What ends sooner, the person waited for. */
const longRunMs = 20_000;
const titleChars = 80;

/** To every device that wants them. A device that is gone is forgotten; others do not wait for it. */
export async function sendPush(
  parts: PushParts,
  message: PushMessage,
  signal: AbortSignal,
): Promise<void> {
  const rows = await parts.server.pushEndpoints(signal);
  const sent = await Promise.allSettled(rows.map((row) => sendTo(parts, row, message, signal)));
  const failed = sent.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
}

async function sendTo(
  { server, sealer, keys, fetch }: PushParts,
  row: PushEndpointRow,
  message: PushMessage,
  signal: AbortSignal,
): Promise<void> {
  const text = await sealer.open("push", [row.device_id], row.generation, row.payload);
  const { endpoint, p256dh, auth } = PushEndpoint.parse(JSON.parse(text));
  const { default: webPush } = await import("web-push");
  const request = webPush.generateRequestDetails(
    { endpoint, keys: { p256dh, auth } },
    JSON.stringify(message),
    {
      ...{ TTL: lifetimeSeconds, contentEncoding: "aes128gcm" },
      urgency: message.kind === "question" ? "high" : "normal",
      vapidDetails: { subject, ...keys },
    },
  );
  const response = await fetch(endpoint, {
    method: "POST",
    headers: headersOf(request.headers),
    body: new Uint8Array(request.body ?? Buffer.alloc(0)),
    signal,
  });
  await response.body?.cancel();
  if (response.status === 404 || response.status === 410)
    return server.removePushEndpoint(row.device_id, signal);
  if (!response.ok)
    throw new AetheriaError("cloud_unreachable", `The push service answered ${response.status}.`, {
      retryable: true,
    });
}

const headersOf = (headers: object): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.toLowerCase() !== "content-length")
      .map(([name, value]) => [name, String(value)]),
  );

/** What of a session's changes is worth a message. */
export function createPushNews(now: () => number) {
  const known = new Map<string, { pending: number; runningSince: number | null }>();
  return (summary: SessionSummary): PushMessage | null => {
    const { sessionId, pendingApprovals: pending, phase } = summary;
    const before = known.get(sessionId);
    const isOver = phase === "idle";
    const runningSince = isOver ? null : (before?.runningSince ?? now());
    if (pending === 0 && isOver) known.delete(sessionId);
    else known.set(sessionId, { pending, runningSince });
    const title = summary.title.slice(0, titleChars);
    if (pending > (before?.pending ?? 0)) return { kind: "question", sessionId, title };
    const since = before?.runningSince ?? null;
    if (isOver && since !== null && now() - since >= longRunMs)
      return { kind: "ended", sessionId, title };
    return null;
  };
}
