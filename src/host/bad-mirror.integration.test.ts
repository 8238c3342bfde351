// What goes wrong between a host and the mirror's server, on real parts: each time one sentence and a way
// out, work on this computer that does not wait, and a mirror that goes on by itself.
import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { MessageId, type SessionId } from "../contract/ids.ts";
import { putAttachment } from "../rpc/put-attachment.ts";
import { documented } from "../testing/bad-input-document.ts";
import {
  begin,
  mirroredSeq,
  openMirroredHosts,
  passphrase,
  statusOf,
  type MirroredHost,
  type MirroredHosts,
} from "../testing/mirrored-hosts.ts";
import { noModels } from "../testing/real-host.ts";
import { broken, full, paused, rateLimited, tooLarge } from "../testing/supabase/faults.ts";
import type { Fault } from "../testing/supabase/faults.ts";

let hosts: MirroredHosts;

beforeAll(async () => {
  hosts = await openMirroredHosts();
});
afterAll(() => hosts?.close());
afterEach(async () => {
  hosts.supabase.faults.clear();
  await hosts.closeAll();
});

/** Local work, done while the server is of no use. */
async function work(real: MirroredHost, sessionId: SessionId): Promise<number> {
  for (const title of ["One", "Two", "Three"])
    await real.client.call("session.rename", { sessionId, title });
  const { sessions } = await real.client.call("session.list", {});
  return sessions.find((one) => one.sessionId === sessionId)?.seq ?? 0;
}

const errorOf = (real: MirroredHost) => statusOf(real)?.error ?? null;

describe("the server is in trouble", () => {
  const always = 1_000_000;
  const troubles: [name: string, fault: Fault, code: string, phase: string][] = [
    ["asks to slow down", rateLimited(1), "rate_limited", "waiting"],
    ["is broken", broken(), "cloud_unreachable", "waiting"],
    ["is a paused project", paused(), "cloud_unreachable", "waiting"],
    ["hangs up", { kind: "dropped" }, "cloud_unreachable", "waiting"],
    ["does it and hangs up before it answers", { kind: "lost" }, "cloud_unreachable", "waiting"],
    ["has no room", full(), "quota_exceeded", "blocked"],
    ["takes nothing so large", tooLarge(), "too_large", "blocked"],
  ];

  it.each(troubles)("%s", async (_name, fault, code, phase) => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Zero");
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(1);
    hosts.supabase.faults.next(fault, always, /^\/rest\//);
    const seq = await work(real, sessionId);
    await expect.poll(() => [errorOf(real)?.code, statusOf(real)?.phase]).toEqual([code, phase]);
    documented(errorOf(real));
    expect((await real.client.call("mirror.status", {})).waitingEvents).toBe(3);
    hosts.supabase.faults.clear();
    await real.client.call("mirror.retry", {});
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(seq);
    await expect.poll(() => [errorOf(real), statusOf(real)?.phase]).toEqual([null, "up_to_date"]);
  });

  it("waits as long as it was asked to, and goes on by itself", async () => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Zero");
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(1);
    hosts.supabase.faults.next(rateLimited(1), 1, /^\/rest\//);
    const seq = await work(real, sessionId);
    await expect.poll(() => errorOf(real)?.code).toBe("rate_limited");
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(seq);
  });

  it("has no room for files: the conversation is there, and the files follow", async () => {
    const model = new LLMock();
    await model.start();
    onTestFinished(() => model.stop());
    model.onMessage(/Look/, { content: "I see a chart." });
    const env = { OPENAI_API_KEY: "test-key-0123456789", OPENAI_BASE_URL: `${model.url}/v1` };
    const real = await hosts.signedIn({ env: { ...noModels, ...env } });
    await real.client.call("settings.set", { model: { provider: "openai", name: "gpt-4o" } });
    const sessionId = await begin(real, "With a file");
    hosts.supabase.faults.next(full(), always, /^\/storage\//);
    const bytes = Buffer.from("a chart");
    const file = await putAttachment(real.client, {
      ...{ uploadId: "upload-1", name: "chart.svg", mime: "image/svg+xml" },
      ...{ sizeBytes: bytes.length, read: async (from, to) => bytes.subarray(from, to) },
    });
    const messageId = MessageId.parse("01900000-0000-7000-8000-0000000000fe");
    await real.client.call("session.send", {
      ...{ sessionId, messageId, text: "Look.", attachments: [file], delivery: "auto" },
    });
    const placed = async () =>
      (await real.client.call("mirror.session", { sessionId })).files.map(({ cloud }) => cloud);
    await expect.poll(() => errorOf(real)?.code).toBe("quota_exceeded");
    documented(errorOf(real));
    expect(statusOf(real)).toMatchObject({ phase: "up_to_date", waitingEvents: 0 });
    expect(await placed()).toEqual(["missing"]);
    hosts.supabase.faults.clear();
    await real.client.call("mirror.retry", {});
    await expect.poll(placed).toEqual(["whole"]);
    await expect.poll(() => errorOf(real)).toBeNull();
  });

  it("has lost the mirror's tables, and gets them back", async () => {
    const { sql } = hosts.supabase;
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Zero");
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(1);
    await sql("alter function public.mirror_push(jsonb) rename to mirror_push_of_before");
    const seq = await work(real, sessionId);
    await expect.poll(() => errorOf(real)?.code).toBe("cloud_not_ready");
    documented(errorOf(real));
    await sql("alter function public.mirror_push_of_before(jsonb) rename to mirror_push");
    await real.client.call("mirror.retry", {});
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(seq);
  });

  it("ended the sign-in: the person signs in again, and nothing is lost", async () => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Zero");
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(1);
    const [row] = await hosts.supabase.sql("select id from auth.users where email = $1", [
      real.email,
    ]);
    await hosts.supabase.signOutEverywhere(String(row?.["id"]));
    const seq = await work(real, sessionId);
    await expect.poll(() => errorOf(real)?.code).toBe("unauthorized");
    documented(errorOf(real));
    await hosts.again(real);
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(seq);
  });

  it("was restored from an older backup: what it has lost is sent again", async () => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Zero");
    const seq = await work(real, sessionId);
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(seq);
    const { sql } = hosts.supabase;
    await sql("delete from public.events where session_id = $1 and seq > 1", [sessionId]);
    await sql("update public.sessions set seq = 1 where session_id = $1", [sessionId]);
    await real.client.call("session.rename", { sessionId, title: "Four" });
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(seq + 1);
    const rows = await sql("select seq from public.events where session_id = $1", [sessionId]);
    expect(rows).toHaveLength(seq + 1);
  });
});

describe("what the server shows is not what was written", () => {
  it("a changed row is told on the phone, and the host still writes", async () => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Zero");
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(1);
    const other = await begin(real, "Another");
    await expect.poll(() => mirroredSeq(real, other)).toBe(1);
    // The head of one session in the place of the other's.
    await hosts.supabase.sql(
      `update public.sessions set updated_at = now(),
        head = (select head from public.sessions where session_id = $1) where session_id = $2`,
      [other, sessionId],
    );
    const phone = await hosts.phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    expect(phone.replica.sessions()[0]?.summary.sessionId).toBe(other);
    const seq = await work(real, sessionId);
    await expect.poll(() => mirroredSeq(real, sessionId)).toBe(seq);
    await expect
      .poll(() => phone.replica.sessions().map(({ summary }) => summary.title))
      .toContain("Three");
  });

  it("a command of another account, or sent a second time, does nothing", async () => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Zero");
    const phone = await hosts.phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    await phone.replica.send({ kind: "rename", sessionId, title: "By phone" });
    await expect.poll(() => phone.commands()).toEqual([]);
    const { sessions } = await real.client.call("session.list", {});
    expect(sessions[0]?.title).toBe("By phone");
    const stranger = await hosts.signedIn();
    const theirs = await hosts.phoneOf(stranger);
    const sent = theirs.replica.send({ kind: "rename", sessionId, title: "By a stranger" });
    await expect(sent).rejects.toMatchObject({ code: "not_found" });
  });
});

describe("two hosts with one account", () => {
  it("both are mirrored, and each does what is meant for it", async () => {
    const one = await hosts.signedIn();
    const two = await hosts.signedIn({ email: one.email });
    const [first, second] = [await begin(one, "Of one"), await begin(two, "Of two")];
    const phone = await hosts.phoneOf(one);
    const titles = () => phone.replica.sessions().map(({ summary }) => summary.title);
    await expect.poll(() => titles().toSorted()).toEqual(["Of one", "Of two"]);
    await phone.replica.send({ kind: "rename", sessionId: first, title: "Still of one" });
    await phone.replica.send({ kind: "rename", sessionId: second, title: "Still of two" });
    await expect.poll(() => titles().toSorted()).toEqual(["Still of one", "Still of two"]);
    for (const [real, title] of [
      [one, "Still of one"],
      [two, "Still of two"],
    ] as const) {
      const { sessions } = await real.client.call("session.list", {});
      expect(sessions.map((session) => session.title)).toEqual([title]);
    }
  });

  it("one that was revoked says so, and writes no more", async () => {
    const one = await hosts.signedIn();
    const two = await hosts.signedIn({ email: one.email });
    const sessionId = await begin(two, "Of two");
    await expect.poll(() => mirroredSeq(two, sessionId)).toBe(1);
    const deviceId = statusOf(two)?.deviceId;
    if (!deviceId) throw new Error("The second host is no device.");
    await one.client.call("mirror.revokeDevice", { deviceId });
    await expect
      .poll(() => [errorOf(two)?.code, statusOf(two)?.key])
      .toEqual(["revoked", "locked"]);
    documented(errorOf(two));
    await work(two, sessionId);
    expect(await mirroredSeq(two, sessionId)).toBe(0);
    const there = "select seq from public.events where session_id = $1";
    expect(await hosts.supabase.sql(there, [sessionId])).toHaveLength(1);
    // Its person has the passphrase: it is a device again, another one.
    const again = await two.client.call("mirror.unlock", { passphrase });
    expect(again.deviceId).not.toBe(deviceId);
    await expect.poll(() => mirroredSeq(two, sessionId)).toBe(4);
    expect(errorOf(two)).toBeNull();
  });

  it("a phone that is open while the cloud copy is deleted shows what it has and says why", async () => {
    const real = await hosts.signedIn();
    await begin(real, "Zero");
    const phone = await hosts.phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    await real.client.call("mirror.deleteCloud", { confirm: "delete cloud data" });
    phone.replica.wake();
    await expect.poll(() => phone.replica.sessions().length).toBe(0);
  });
});
