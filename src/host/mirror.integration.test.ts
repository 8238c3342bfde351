// The mirror as a whole: a real host, a real PostgreSQL behind the Supabase-compatible gateway, and a
// phone that is a real replica.
import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { SessionId } from "../contract/ids.ts";
import type { MirrorStatus } from "../contract/mirror.ts";
import { MessageId } from "../contract/ids.ts";
import { readLinkCode } from "../cloud/link-code.ts";
import { openMirrorPhone, type MirrorPhone } from "../testing/mirror-phone.ts";
import { noModels, openRealHost, type RealHost } from "../testing/real-host.ts";
import { startSupabase, type Supabase } from "../testing/supabase/start-supabase.ts";

const password = "correct horse 42";
const passphrase = "four words nobody says";
let supabase: Supabase;
let accounts = 0;
const closings: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  supabase = await startSupabase();
});
afterAll(() => supabase?.close());
afterEach(async () => {
  for (const close of closings.splice(0).toReversed()) await close();
});

const status = (real: RealHost): MirrorStatus | undefined =>
  real.pushes.findLast((push) => push.type === "mirror.changed")?.status;
const phase = (real: RealHost) => status(real)?.phase;

async function signedIn(
  env: Record<string, string> = noModels,
): Promise<RealHost & { email: string }> {
  const real = await openRealHost({ env });
  closings.push(real.close);
  const email = `ada${++accounts}@example.test`;
  const project = { url: supabase.url, anonKey: supabase.anonKey };
  const { key } = await real.client.call("mirror.signIn", {
    ...{ ...project, email, password, isNew: true },
  });
  expect(key).toBe("none");
  await real.client.call("mirror.unlock", { passphrase });
  await expect.poll(() => phase(real)).toBe("up_to_date");
  return { ...real, email };
}

async function phoneOf(real: RealHost): Promise<MirrorPhone> {
  const { link } = await real.client.call("mirror.link", { companion: "https://c.example/" });
  const code = readLinkCode(link);
  if (!code) throw new Error("There is no code in the link.");
  const phone = await openMirrorPhone(code, password);
  closings.push(phone.close);
  return phone;
}

async function session(real: RealHost, title: string): Promise<SessionId> {
  const { sessionId } = await real.client.call("session.create", { title });
  return sessionId;
}

const seqOf = async (real: RealHost, sessionId: SessionId) => {
  const { sessions } = await real.client.call("session.list", {});
  return sessions.find((one) => one.sessionId === sessionId)?.seq ?? 0;
};

/** The host's log as JSON text, event by event. */
async function log(real: RealHost, sessionId: SessionId): Promise<string[]> {
  const { events } = await real.client.call("session.open", { sessionId });
  return events.map((event) => JSON.stringify(event));
}

describe("the mirror", () => {
  it("signs in through the system's browser, which comes back to this machine alone", async () => {
    const real = await openRealHost({ env: noModels });
    closings.push(real.close);
    const project = { url: supabase.url, anonKey: supabase.anonKey };
    const { open } = await real.client.call("mirror.startSignIn", {
      ...{ ...project, by: { provider: "github" } },
    });
    expect(await (await fetch(open ?? "")).text()).toContain("You are signed in.");
    await expect.poll(() => status(real)?.account?.email).toBe("provider@example.com");
    await real.client.call("mirror.signOut", {});

    const by = { email: `mail${++accounts}@example.test` };
    const sent = await real.client.call("mirror.startSignIn", { ...project, by });
    expect(sent.open).toBeNull();
    const link = supabase.mails.at(-1)?.link ?? "";
    expect(await (await fetch(link)).text()).toContain("You are signed in.");
    await expect.poll(() => status(real)?.account?.email).toBe(by.email);
    // The door is closed: the link leads nowhere a second time.
    await expect(fetch(link)).rejects.toThrow();
  });

  it("brings a session to the phone, byte for byte, and the server reads not a word of it", async () => {
    const real = await signedIn();
    const sessionId = await session(real, "Quarterly secrets");
    await real.client.call("tool.run", { sessionId, name: "list_files", input: {} });
    const phone = await phoneOf(real);
    await expect
      .poll(() => phone.replica.sessions().map(({ summary }) => summary.title))
      .toEqual(["Quarterly secrets"]);
    const stop = phone.replica.watch(sessionId, {
      ...{ reset: () => undefined, events: () => undefined },
      ...{ live: () => undefined, failed: () => undefined },
    });
    const here = await log(real, sessionId);
    await expect.poll(() => phone.texts(sessionId)).toEqual(here);
    stop();
    const { text } = await supabase.dump();
    for (const word of ["Quarterly", "secrets", "list_files", real.dataDir])
      expect(text.includes(word), word).toBe(false);
  });

  it("does what the phone says, once, and answers in the log", async () => {
    const real = await signedIn();
    const sessionId = await session(real, "Before");
    const phone = await phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    const commandId = await phone.replica.send({ kind: "rename", sessionId, title: "After" });
    await expect
      .poll(() =>
        real.pushes.some(
          (push) => push.type === "session.changed" && push.summary.title === "After",
        ),
      )
      .toBe(true);
    await expect.poll(() => phone.commands().filter(({ state }) => state !== "done")).toEqual([]);
    const events = (await log(real, sessionId)).map((text) => JSON.parse(text));
    expect(events.filter(({ type }) => type === "session.renamed")).toHaveLength(1);
    expect(events.filter(({ type }) => type === "command.answered")).toMatchObject([
      { data: { commandId, deviceId: phone.deviceId, kind: "rename", outcome: "done" } },
    ]);
  });

  it("refuses the commands of a device that was revoked, with the reason", async () => {
    const real = await signedIn();
    const sessionId = await session(real, "Mine");
    const phone = await phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    await real.client.call("mirror.revokeDevice", { deviceId: phone.deviceId });
    await phone.replica.send({ kind: "rename", sessionId, title: "Stolen" });
    await expect
      .poll(async () => (await log(real, sessionId)).some((text) => text.includes('"revoked"')))
      .toBe(true);
    expect(await log(real, sessionId)).not.toContainEqual(expect.stringContaining("Stolen"));
  });

  it("mirrors what was said and no more where the person chose so, and nothing where they chose that", async () => {
    const real = await signedIn();
    const [said, none] = [await session(real, "Said"), await session(real, "None")];
    await real.client.call("mirror.choose", { sessionId: none, choice: "none" });
    await real.client.call("mirror.choose", { sessionId: said, choice: "text" });
    await real.client.call("tool.run", { sessionId: said, name: "list_files", input: {} });
    await real.client.call("tool.run", { sessionId: none, name: "list_files", input: {} });
    const phone = await phoneOf(real);
    await expect
      .poll(() => phone.replica.sessions().map(({ summary }) => summary.title))
      .toEqual(["Said"]);
    await expect
      .poll(async () => (await real.client.call("mirror.session", { sessionId: said })).mirroredSeq)
      .toBe(await seqOf(real, said));
    const shown = await real.client.call("mirror.session", { sessionId: none });
    expect(shown).toMatchObject({ choice: "none", as: "none", mirroredSeq: 0 });
    const stop = phone.replica.watch(said, {
      ...{ reset: () => undefined, events: () => undefined },
      ...{ live: () => undefined, failed: () => undefined },
    });
    await expect.poll(async () => (await phone.texts(said)).length).toBe(await seqOf(real, said));
    stop();
    const texts = (await phone.texts(said)).map((text) => JSON.parse(text ?? "{}"));
    expect(texts.find(({ type }) => type === "tool.finished")?.data.text).toBe("");
  });

  it("takes a deleted session away there too", async () => {
    const real = await signedIn();
    const sessionId = await session(real, "Short");
    const phone = await phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    await real.client.call("session.delete", { sessionId });
    await expect.poll(() => phone.replica.sessions().length).toBe(0);
    const rows = await supabase.sql("select 1 from public.events where session_id = $1", [
      sessionId,
    ]);
    expect(rows).toHaveLength(0);
  });

  it("asks a second computer for the passphrase, and says when it is another", async () => {
    const real = await signedIn();
    const other = await openRealHost({ env: noModels });
    closings.push(other.close);
    const who = { url: supabase.url, anonKey: supabase.anonKey, email: real.email, password };
    const { key } = await other.client.call("mirror.signIn", { ...who, isNew: false });
    expect(key).toBe("locked");
    await expect(
      other.client.call("mirror.unlock", { passphrase: "not the right one" }),
    ).rejects.toMatchObject({ code: "unauthorized" });
    expect((await other.client.call("mirror.unlock", { passphrase })).key).toBe("ready");
    const { devices } = await real.client.call("mirror.devices", {});
    await expect
      .poll(async () => (await real.client.call("mirror.devices", {})).devices.length)
      .toBe(2);
    expect(devices.filter(({ isThis }) => isThis)).toHaveLength(1);
  });

  it("seals nothing with a key that was changed elsewhere, and goes back to no older one", async () => {
    const real = await signedIn();
    const phone = await phoneOf(real);
    const other = await openRealHost({ env: noModels });
    closings.push(other.close);
    const who = { url: supabase.url, anonKey: supabase.anonKey, email: real.email, password };
    await other.client.call("mirror.signIn", { ...who, isNew: false });
    await other.client.call("mirror.unlock", { passphrase });
    await other.client.call("mirror.rotateKey", { passphrase: "another four words" });

    await real.client.call("mirror.retry", {});
    await expect.poll(() => status(real)?.key).toBe("locked");
    phone.replica.wake();
    await expect.poll(() => phone.replica.state().error?.code).toBe("locked");
    const sessionId = await session(real, "Waits");
    expect(await real.client.call("mirror.session", { sessionId })).toMatchObject({
      mirroredSeq: 0,
    });
    const old = real.client.call("mirror.unlock", { passphrase });
    await expect(old).rejects.toMatchObject({ code: "unauthorized" });
    await real.client.call("mirror.unlock", { passphrase: "another four words" });
    await expect
      .poll(async () => (await real.client.call("mirror.session", { sessionId })).mirroredSeq)
      .toBe(1);
    const rows = "select generation from public.sessions where session_id = $1";
    expect(await supabase.sql(rows, [sessionId])).toEqual([{ generation: 2 }]);

    // A server that shows the first key again, whose passphrase somebody may have learnt.
    await supabase.sql("delete from public.account_keys where generation = 2");
    const older = real.client.call("mirror.unlock", { passphrase });
    await expect(older).rejects.toMatchObject({ code: "tampered" });
    expect(status(real)?.key).toBe("ready");
  });

  it("lets local work go on while the server is away, and catches up when it is back", async () => {
    const real = await signedIn();
    await real.client.call("settings.set", { offline: true });
    const sessionId = await session(real, "On the train");
    for (let number = 0; number < 20; number += 1)
      await real.client.call("session.rename", { sessionId, title: `Stop ${number}` });
    expect(await seqOf(real, sessionId)).toBe(21);
    await real.client.call("settings.set", { offline: false });
    await expect
      .poll(async () => (await real.client.call("mirror.session", { sessionId })).mirroredSeq)
      .toBe(21);
  });

  it("tests itself, changes its key, signs out and deletes what is there", async () => {
    const real = await signedIn();
    const sessionId = await session(real, "Old");
    const { checks } = await real.client.call("mirror.test", {});
    expect(checks.map(({ state }) => state)).toEqual(["ok", "ok", "ok", "ok"]);
    await real.client.call("mirror.rotateKey", { passphrase: "another four words" });
    await real.client.call("session.rename", { sessionId, title: "New" });
    const phone = await phoneOf(real);
    await expect
      .poll(() => phone.replica.sessions().map(({ summary }) => summary.title))
      .toEqual(["New"]);
    const gone = await real.client.call("mirror.deleteCloud", { confirm: "delete cloud data" });
    expect(gone).toMatchObject({ account: null, phase: "off" });
    const left = await supabase.sql(
      "select 1 from public.events e join auth.users u on u.id = e.user_id where u.email = $1",
      [real.email],
    );
    expect(left).toHaveLength(0);
    expect(await seqOf(real, sessionId)).toBe(2);
  });

  it("is out of the way of a message that the phone sends: it is in the log once", async () => {
    const model = new LLMock();
    await model.start();
    closings.push(() => model.stop());
    model.onMessage(/train/, { content: "Have a good journey." });
    const real = await signedIn({
      ...{ ...noModels, OPENAI_API_KEY: "test-key-0123456789" },
      OPENAI_BASE_URL: `${model.url}/v1`,
    });
    const gpt = { provider: "openai", name: "gpt-4o" };
    await real.client.call("settings.set", { model: gpt });
    const sessionId = await session(real, "Talk");
    const phone = await phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    const messageId = MessageId.parse("01900000-0000-7000-8000-0000000000ff");
    await phone.replica.send({
      ...{ kind: "send", sessionId, messageId, text: "Hello from the train" },
      ...{ attachments: [], delivery: "auto" },
    });
    await expect
      .poll(async () =>
        (await log(real, sessionId)).filter((text) => text.includes("command.answered")),
      )
      .toHaveLength(1);
    const sent = (await log(real, sessionId)).filter((text) => text.includes("message.sent"));
    expect(sent).toHaveLength(1);
    await expect
      .poll(() => phone.replica.sessions().map(({ summary }) => summary.messages))
      .toEqual([2]);
  });
});
