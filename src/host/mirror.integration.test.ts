// The mirror as a whole: a real host, a real PostgreSQL behind the Supabase-compatible gateway, and a
// phone that is a real replica.
import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { SessionId } from "../contract/ids.ts";
import { MessageId } from "../contract/ids.ts";
import {
  begin,
  mirroredSeq,
  openMirroredHosts,
  passphrase,
  password,
  statusOf,
  type MirroredHosts,
} from "../testing/mirrored-hosts.ts";
import { noModels, type RealHost } from "../testing/real-host.ts";
import type { Supabase } from "../testing/supabase/start-supabase.ts";

let hosts: MirroredHosts;
let supabase: Supabase;

beforeAll(async () => {
  hosts = await openMirroredHosts();
  supabase = hosts.supabase;
});
afterAll(() => hosts?.close());
afterEach(() => hosts.closeAll());

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
    const real = await hosts.open();
    const project = { url: supabase.url, anonKey: supabase.anonKey };
    const { open } = await real.client.call("mirror.startSignIn", {
      ...{ ...project, by: { provider: "github" } },
    });
    expect(await (await fetch(open ?? "")).text()).toContain("You are signed in.");
    await expect.poll(() => statusOf(real)?.account?.email).toBe("provider@example.com");
    // A phone has no provider: it signs in by a password that is set here.
    await real.client.call("mirror.unlock", { passphrase });
    const weak = real.client.call("mirror.setPassword", { password: "short" });
    await expect(weak).rejects.toMatchObject({ code: "bad_input" });
    await real.client.call("mirror.setPassword", { password });
    const phone = await hosts.phoneOf(real);
    await begin(real, "By provider");
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    await real.client.call("mirror.signOut", { everywhere: true });
    supabase.expireTokens();
    phone.replica.wake();
    await expect.poll(() => phone.replica.state().error?.code).toBe("unauthorized");

    const by = { email: hosts.newEmail() };
    const sent = await real.client.call("mirror.startSignIn", { ...project, by });
    expect(sent.open).toBeNull();
    const link = supabase.mails.at(-1)?.link ?? "";
    expect(await (await fetch(link)).text()).toContain("You are signed in.");
    await expect.poll(() => statusOf(real)?.account?.email).toBe(by.email);
    // The door is closed: the link leads nowhere a second time.
    await expect(fetch(link)).rejects.toThrow();
  });

  it("brings a session to the phone, byte for byte, and the server reads not a word of it", async () => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Quarterly secrets");
    await real.client.call("tool.run", { sessionId, name: "list_files", input: {} });
    const phone = await hosts.phoneOf(real);
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
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Before");
    const phone = await hosts.phoneOf(real);
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
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Mine");
    const phone = await hosts.phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    await real.client.call("mirror.revokeDevice", { deviceId: phone.deviceId });
    await phone.replica.send({ kind: "rename", sessionId, title: "Stolen" });
    await expect
      .poll(async () => (await log(real, sessionId)).some((text) => text.includes('"revoked"')))
      .toBe(true);
    expect(await log(real, sessionId)).not.toContainEqual(expect.stringContaining("Stolen"));
  });

  it("mirrors what was said and no more where the person chose so, and nothing where they chose that", async () => {
    const real = await hosts.signedIn();
    const [said, none] = [await begin(real, "Said"), await begin(real, "None")];
    await real.client.call("mirror.choose", { sessionId: none, choice: "none" });
    await real.client.call("mirror.choose", { sessionId: said, choice: "text" });
    await real.client.call("tool.run", { sessionId: said, name: "list_files", input: {} });
    await real.client.call("tool.run", { sessionId: none, name: "list_files", input: {} });
    const phone = await hosts.phoneOf(real);
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
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Short");
    const phone = await hosts.phoneOf(real);
    await expect.poll(() => phone.replica.sessions().length).toBe(1);
    await real.client.call("session.delete", { sessionId });
    await expect.poll(() => phone.replica.sessions().length).toBe(0);
    const rows = await supabase.sql("select 1 from public.events where session_id = $1", [
      sessionId,
    ]);
    expect(rows).toHaveLength(0);
  });

  it("asks a second computer for the passphrase, and says when it is another", async () => {
    const real = await hosts.signedIn();
    const other = await hosts.open();
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
    const real = await hosts.signedIn();
    const phone = await hosts.phoneOf(real);
    const other = await hosts.open();
    const who = { url: supabase.url, anonKey: supabase.anonKey, email: real.email, password };
    await other.client.call("mirror.signIn", { ...who, isNew: false });
    await other.client.call("mirror.unlock", { passphrase });
    await other.client.call("mirror.rotateKey", { passphrase: "another four words" });

    await real.client.call("mirror.retry", {});
    await expect.poll(() => statusOf(real)?.key).toBe("locked");
    phone.replica.wake();
    await expect.poll(() => phone.replica.state().error?.code).toBe("locked");
    const sessionId = await begin(real, "Waits");
    expect(await real.client.call("mirror.session", { sessionId })).toMatchObject({
      mirroredSeq: 0,
    });
    const old = real.client.call("mirror.unlock", { passphrase });
    await expect(old).rejects.toMatchObject({ code: "unauthorized" });
    await real.client.call("mirror.unlock", { passphrase: "another four words" });
    await expect.poll(async () => mirroredSeq(real, sessionId)).toBe(1);
    const rows = "select generation from public.sessions where session_id = $1";
    expect(await supabase.sql(rows, [sessionId])).toEqual([{ generation: 2 }]);

    // A server that shows the first key again, whose passphrase somebody may have learnt.
    await supabase.sql("delete from public.account_keys where generation = 2");
    const older = real.client.call("mirror.unlock", { passphrase });
    await expect(older).rejects.toMatchObject({ code: "tampered" });
    expect(statusOf(real)?.key).toBe("ready");
  });

  it("lets local work go on while the server is away, and catches up when it is back", async () => {
    const real = await hosts.signedIn();
    await real.client.call("settings.set", { offline: true });
    const sessionId = await begin(real, "On the train");
    for (let number = 0; number < 20; number += 1)
      await real.client.call("session.rename", { sessionId, title: `Stop ${number}` });
    expect(await seqOf(real, sessionId)).toBe(21);
    await real.client.call("settings.set", { offline: false });
    await expect.poll(async () => mirroredSeq(real, sessionId)).toBe(21);
  });

  it("tests itself, changes its key, signs out and deletes what is there", async () => {
    const real = await hosts.signedIn();
    const sessionId = await begin(real, "Old");
    const { checks } = await real.client.call("mirror.test", {});
    expect(checks.map(({ state }) => state)).toEqual(["ok", "ok", "ok", "ok"]);
    await real.client.call("mirror.rotateKey", { passphrase: "another four words" });
    await real.client.call("session.rename", { sessionId, title: "New" });
    const phone = await hosts.phoneOf(real);
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
    onTestFinished(() => model.stop());
    model.onMessage(/train/, { content: "Have a good journey." });
    const real = await hosts.signedIn({
      env: {
        ...{ ...noModels, OPENAI_API_KEY: "test-key-0123456789" },
        OPENAI_BASE_URL: `${model.url}/v1`,
      },
    });
    const gpt = { provider: "openai", name: "gpt-4o" };
    await real.client.call("settings.set", { model: gpt });
    const sessionId = await begin(real, "Talk");
    const phone = await hosts.phoneOf(real);
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
