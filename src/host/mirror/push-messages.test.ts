import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSealer } from "../../cloud/create-sealer.ts";
import { newKeyRing } from "../../cloud/key-ring.ts";
import { DeviceId, SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { createFakeMirrorServer } from "../../testing/fake-mirror-server.ts";
import { createPushNews, sendPush } from "./push-messages.ts";
import { vapidKeysOf } from "./push-signer.ts";

const phone = DeviceId.parse("phone");
const sessionId = SessionId.parse("s1");
const never = new AbortController().signal;

/** A browser that subscribed: it alone can read what comes. */
function browser() {
  const ecdh = createECDH("prime256v1");
  ecdh.generateKeys();
  const auth = randomBytes(16);
  return {
    keys: { p256dh: ecdh.getPublicKey("base64url"), auth: auth.toString("base64url") },
    /** RFC 8291 and RFC 8188, by hand. */
    read(body: Buffer): string {
      const salt = body.subarray(0, 16);
      const keyLength = body[20] ?? 0;
      const sender = body.subarray(21, 21 + keyLength);
      const shared = ecdh.computeSecret(sender);
      const info = Buffer.concat([Buffer.from("WebPush: info\0"), ecdh.getPublicKey(), sender]);
      const secret = Buffer.from(hkdfSync("sha256", shared, auth, info, 32));
      const derive = (label: string, length: number) =>
        Buffer.from(hkdfSync("sha256", secret, salt, Buffer.from(`${label}\0`), length));
      const sealed = body.subarray(21 + keyLength);
      const cipher = createDecipheriv(
        "aes-128-gcm",
        derive("Content-Encoding: aes128gcm", 16),
        derive("Content-Encoding: nonce", 12),
      );
      cipher.setAuthTag(sealed.subarray(-16));
      const text = Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
      return text.subarray(0, text.lastIndexOf(2)).toString("utf8");
    },
  };
}

async function setup(status = 201) {
  const sealer = await createSealer({ userId: "u", keys: newKeyRing().keys });
  const to = browser();
  const endpoint = { endpoint: "https://push.example/abc", ...to.keys };
  const payload = await sealer.seal("push", [phone], JSON.stringify(endpoint));
  const server = createFakeMirrorServer().newUser().open();
  await server.savePushEndpoint({ device_id: phone, generation: 1, payload }, never);
  const left = async () => (await server.pushEndpoints(never)).length;
  const asked: { url: string; init: RequestInit }[] = [];
  const keys = vapidKeysOf(newKeyRing());
  const send = () =>
    sendPush(
      {
        ...{ server, sealer, keys },
        fetch: async (url, init = {}) => {
          asked.push({ url: String(url), init });
          return new Response(null, { status });
        },
      },
      { kind: "question", sessionId, title: "Quarterly report" },
      never,
    );
  return { to, asked, left, send };
}

describe("a push message", () => {
  it("can be read by the browser that asked for it and by nobody in between", async () => {
    const { to, asked, send } = await setup();
    await send();
    const [{ url, init } = { url: "", init: {} }] = asked;
    expect(url).toBe("https://push.example/abc");
    const body = Buffer.from(init.body as Uint8Array);
    expect(body.toString("latin1")).not.toContain("Quarterly");
    expect(JSON.parse(to.read(body))).toEqual({
      ...{ kind: "question", sessionId, title: "Quarterly report" },
    });
    const headers = init.headers as Record<string, string>;
    expect(headers).toMatchObject({ "Content-Encoding": "aes128gcm", Urgency: "high" });
    expect(headers["Authorization"]).toMatch(/^vapid t=.+, k=.+$/);
  });

  it("forgets a device whose browser is gone, and says when the service is not well", async () => {
    const gone = await setup(410);
    await gone.send();
    expect(await gone.left()).toBe(0);
    const unwell = await setup(500);
    await expect(unwell.send()).rejects.toMatchObject({ code: "cloud_unreachable" });
    expect(await unwell.left()).toBe(1);
  });
});

describe("what is worth a message", () => {
  const summary = (pendingApprovals: number, phase: SessionSummary["phase"]) =>
    ({ sessionId, title: "T", pendingApprovals, phase }) as SessionSummary;

  it("is each new question, once", () => {
    const news = createPushNews(() => 0);
    expect(news(summary(0, "running"))).toBeNull();
    expect(news(summary(1, "waiting"))).toMatchObject({ kind: "question" });
    expect(news(summary(1, "waiting"))).toBeNull();
    expect(news(summary(2, "waiting"))).toMatchObject({ kind: "question" });
    expect(news(summary(1, "waiting"))).toBeNull();
  });

  it("is the end of a run that took long, and not of a short one", () => {
    let now = 0;
    const news = createPushNews(() => now);
    news(summary(0, "running"));
    now = 5_000;
    expect(news(summary(0, "idle"))).toBeNull();
    news(summary(0, "running"));
    now = 60_000;
    expect(news(summary(0, "idle"))).toMatchObject({ kind: "ended", title: "T" });
    expect(news(summary(0, "idle"))).toBeNull();
  });
});
