// The gateway itself, through unmodified supabase-js: sign-ins, what goes wrong on the way, news.
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Cloud } from "../../cloud/open-cloud.ts";
import { DeviceId, SessionId } from "../../contract/ids.ts";
import type { ServerNews } from "../../core/mirror/ports.ts";
import { broken, full, paused, rateLimited, tooLarge } from "./faults.ts";
import { findPostgres } from "./find-postgres.ts";
import { openCloudAt } from "./open-cloud-at.ts";
import { startSupabase, type Supabase } from "./start-supabase.ts";

const signal = new AbortController().signal;
const session = SessionId.parse("session");

const batch = (from: number, to: number, payload = "sealed") => ({
  hostId: DeviceId.parse("host"),
  sessions: [{ session_id: session, generation: 1, seq: to, head: "sealed", open: null, epoch: 0 }],
  events: Array.from({ length: to - from + 1 }, (_, at) => ({
    ...{ session_id: session, seq: from + at, generation: 1, payload },
  })),
  deleted: [],
});

describe.skipIf(findPostgres() === undefined)("the gateway over a real PostgreSQL", () => {
  let supabase: Supabase;
  const clouds: Cloud[] = [];
  const clients: SupabaseClient[] = [];
  beforeAll(async () => void (supabase = await startSupabase()));
  afterEach(async () => {
    supabase.faults.clear();
    for (const cloud of clouds.splice(0)) await cloud.close();
    for (const client of clients.splice(0)) {
      await client.removeAllChannels();
      await client.auth.dispose();
    }
  });
  afterAll(() => supabase?.close());

  async function open(): Promise<Cloud> {
    const cloud = await openCloudAt(supabase);
    clouds.push(cloud);
    return cloud;
  }
  const somebody = () => ({ email: `${randomUUID()}@example.com`, password: randomUUID() });
  async function signedIn(who = somebody()) {
    const { userId } = await supabase.signUp(who.email, who.password);
    const cloud = await open();
    await cloud.auth.signIn(who.email, who.password);
    return { ...who, userId, cloud };
  }
  async function client() {
    const made = createClient(supabase.url, supabase.anonKey);
    clients.push(made);
    const { data } = await made.auth.signUp(somebody());
    return { client: made, userId: data.user?.id ?? "" };
  }
  /** Where a link leads, as a browser would follow it. */
  async function followed(link: string): Promise<string> {
    const response = await fetch(link, { redirect: "manual" });
    return response.headers.get("location") ?? "";
  }

  describe("lets in", () => {
    it("by password, once signed up, and nobody by a wrong one", async () => {
      const { email, password } = somebody();
      const cloud = await open();
      const account = await cloud.auth.signUp(email, password);
      expect(account).toMatchObject({ email, url: supabase.url });
      const again = cloud.auth.signUp(email, password);
      await expect(again).rejects.toMatchObject({ code: "conflict" });
      const wrong = cloud.auth.signIn(email, "not the password");
      await expect(wrong).rejects.toMatchObject({ code: "unauthorized" });
      const short = cloud.auth.signUp(somebody().email, "short");
      await expect(short).rejects.toMatchObject({ code: "bad_input" });
    });

    it("by a provider, with PKCE, on the device that began", async () => {
      const cloud = await open();
      const back = "http://127.0.0.1:1/auth-callback";
      const callback = await followed(await cloud.auth.startOAuth("github", back));
      expect(callback).toMatch(/^http:\/\/127\.0\.0\.1:1\/auth-callback\?.*code=/);
      const elsewhere = (await open()).auth.finish(callback);
      await expect(elsewhere).rejects.toMatchObject({ code: "expired" });
      const account = await cloud.auth.finish(callback);
      expect(account.email).toBe("provider@example.com");
      expect(await cloud.server.sessions(undefined, signal)).toEqual([]);
    });

    it("and sends nobody to an address that the project does not allow", async () => {
      const cloud = await open();
      for (const back of [
        "https://evil.test/auth-callback",
        "http://127.0.0.1.evil.test/auth-callback",
      ])
        expect(await followed(await cloud.auth.startOAuth("github", back))).toMatch(
          /^http:\/\/127\.0\.0\.1:4173\//,
        );
    });

    it("by a link in a message, once", async () => {
      const { email } = somebody();
      const cloud = await open();
      await cloud.auth.sendMagicLink(email, "aetheria://auth-callback");
      const { to, link } = supabase.mails.at(-1)!;
      expect(to).toBe(email);
      const account = await cloud.auth.finish(await followed(link));
      expect(account.email).toBe(email);
      const again = cloud.auth.finish(await followed(link));
      await expect(again).rejects.toMatchObject({ code: "expired" });
    });

    it("nobody whose sign-in was ended everywhere", async () => {
      const { userId, cloud } = await signedIn();
      await supabase.signOutEverywhere(userId);
      const asked = cloud.server.sessions(undefined, signal);
      await expect(asked).rejects.toMatchObject({ code: "unauthorized" });
    });

    it("with tokens that are renewed once each, and a thief's not at all", async () => {
      const { client: made } = await client();
      const { data } = await made.auth.getSession();
      const refresh_token = data.session?.refresh_token ?? "";
      const first = await made.auth.refreshSession({ refresh_token });
      expect(first.data.session?.refresh_token).not.toBe(refresh_token);
      // Its answer may have been lost: soon afterwards the same one is given again.
      const again = await made.auth.refreshSession({ refresh_token });
      expect(again.data.session?.refresh_token).toBe(first.data.session?.refresh_token);
      await supabase.sql(
        "update auth.refresh_tokens set revoked_at = now() - interval '1 minute' where token = $1",
        [refresh_token],
      );
      const late = await made.auth.refreshSession({ refresh_token });
      expect(late.error?.code).toBe("refresh_token_already_used");
    });

    it("again where a token expired, to rows and to files", async () => {
      const { userId, cloud } = await signedIn();
      supabase.expireTokens(userId);
      await cloud.server.putPiece("file", 0, new Uint8Array([1]), signal);
      supabase.expireTokens(userId);
      await cloud.server.push(batch(1, 1), signal);
    });
  });

  describe("answers as PostgREST does", () => {
    it("what is counted, filtered and asked for as one", async () => {
      const { client: made } = await client();
      const events = [1, 2, 3].map((seq) => ({
        session_id: "s",
        seq,
        generation: 1,
        payload: "p",
      }));
      expect((await made.from("events").insert(events)).status).toBe(201);
      const counted = await made.from("events").select("seq", { count: "exact" }).in("seq", [1, 3]);
      expect(counted).toMatchObject({ count: 2, data: [{ seq: 1 }, { seq: 3 }] });
      const head = await made.from("events").select("*", { count: "exact", head: true });
      expect(head).toMatchObject({ count: 3, data: null });
      const either = await made
        .from("events")
        .select("seq")
        .or("seq.lt.2,and(seq.gt.2,payload.eq.p)");
      expect(either.data).toEqual([{ seq: 1 }, { seq: 3 }]);
      const one = await made.from("events").select("seq").eq("seq", 2).single();
      expect(one.data).toEqual({ seq: 2 });
      const none = await made.from("events").select("seq").eq("seq", 9).single();
      expect(none).toMatchObject({ status: 406, error: { code: "PGRST116" } });
      const ignored = await made
        .from("events")
        .upsert([{ ...events[0]!, payload: "other" }], { ignoreDuplicates: true })
        .select();
      expect(ignored.data).toEqual([]);
    });

    it("what it refuses", async () => {
      const { client: made } = await client();
      const event = { session_id: "s", seq: 1, generation: 1, payload: "p" };
      await made.from("events").insert(event);
      const codes = [
        await made.from("events").insert(event),
        await made.from("events").insert({ ...event, seq: 3 }),
        await made.from("events").insert({ ...event, seq: 2, generation: 0 }),
        await made.from("events").insert({ ...event, user_id: randomUUID(), seq: 2 }),
        await made.from("events").update({ payload: "x" }).eq("seq", 1),
        await made.from("nothing").select(),
        await made.from("events").insert({ ...event, nothing: 1 }),
        await made.rpc("nothing"),
      ].map(({ status, error }) => `${status} ${error?.code}`);
      expect(codes).toEqual([
        "409 23505",
        "400 AE001",
        "400 23514",
        "403 42501",
        "403 42501",
        "404 PGRST205",
        "400 PGRST204",
        "404 PGRST202",
      ]);
    });
  });

  describe("goes wrong on command", () => {
    it("with refusals that a device understands, and then works again", async () => {
      const { cloud } = await signedIn();
      const faults = [rateLimited(7), tooLarge(), broken(), paused(), full()];
      const codes: unknown[] = [];
      for (const fault of faults) {
        supabase.faults.next(fault);
        const said = await cloud.server.sessions(undefined, signal).catch((error) => error);
        codes.push([said.code, said.retryAfterMs]);
      }
      expect(codes).toEqual([
        ["rate_limited", 7_000],
        ["too_large", undefined],
        ["cloud_unreachable", undefined],
        ["cloud_unreachable", undefined],
        ["quota_exceeded", undefined],
      ]);
      expect(await cloud.server.sessions(undefined, signal)).toEqual([]);
    });

    it("with lines that break before a request was heard, or after it was done", async () => {
      const { cloud } = await signedIn();
      const seqs = async () => (await cloud.server.session(session, signal))?.seq;
      supabase.faults.next({ kind: "dropped" }, 1, /mirror_push/);
      const unheard = cloud.server.push(batch(1, 2), signal);
      await expect(unheard).rejects.toMatchObject({ code: "cloud_unreachable" });
      expect(await seqs()).toBeUndefined();
      supabase.faults.next({ kind: "lost" }, 1, /mirror_push/);
      const unanswered = cloud.server.push(batch(1, 2), signal);
      await expect(unanswered).rejects.toMatchObject({ code: "cloud_unreachable" });
      expect(await seqs()).toBe(2);
      expect((await cloud.server.push(batch(1, 3), signal)).seqs.get(session)).toBe(3);
    });
  });

  describe("tells", () => {
    async function watched(cloud: Cloud) {
      const news: ServerNews[] = [];
      cloud.server.watch(null, (one) => news.push(one));
      const types = () => news.map((one) => one.type);
      await expect.poll(types).toContain("joined");
      return { news, types };
    }

    it("news that are held back later, and joins again over a new line", async () => {
      const { cloud } = await signedIn();
      const { types } = await watched(cloud);
      supabase.realtime.hold(true);
      await cloud.server.push(batch(1, 1), signal);
      supabase.realtime.breakLines();
      await expect.poll(() => types().slice(-2)).toEqual(["left", "joined"]);
      expect(types()).not.toContain("event");
      supabase.realtime.hold(false);
      await expect.poll(types).toContain("event");
    });

    it("nothing by a token that expired, until it is renewed", async () => {
      const { cloud, userId } = await signedIn();
      const { types } = await watched(cloud);
      supabase.expireTokens(userId);
      await expect.poll(types).toContain("left");
      await cloud.server.push(batch(1, 1), signal);
      await expect.poll(() => types().at(-1)).toBe("joined");
    });

    it("of a row that is too large only that it is there", async () => {
      const { cloud } = await signedIn();
      const { types } = await watched(cloud);
      await cloud.server.push(batch(1, 1, "x".repeat(2 ** 20)), signal);
      await expect.poll(() => types().slice(1)).toContain("joined");
      expect(types()).not.toContain("event");
    });

    it("of a deletion only the key", async () => {
      const { client: made, userId } = await client();
      await made.from("events").insert({ session_id: "s", seq: 1, generation: 1, payload: "p" });
      const told: unknown[] = [];
      await new Promise<void>((resolve) => {
        made
          .channel("deletions")
          .on(
            "postgres_changes",
            { event: "DELETE", schema: "public", table: "events", filter: `user_id=eq.${userId}` },
            (change) => told.push(change.old),
          )
          .subscribe((status) => (status === "SUBSCRIBED" ? resolve() : undefined));
      });
      await made.from("events").delete().eq("seq", 1);
      await expect.poll(() => told).toEqual([{ user_id: userId, session_id: "s", seq: 1 }]);
    });
  });

  it("can be looked into: everything it holds, as text", async () => {
    const { cloud } = await signedIn();
    await cloud.server.push(batch(1, 1, "payload-of-the-test"), signal);
    await cloud.server.putPiece("file", 0, Buffer.from("piece-of-the-test"), signal);
    const { tables, objects, text } = await supabase.dump();
    expect(tables["public.events"]?.length).toBeGreaterThan(0);
    expect(objects.map((object) => object.bytes.toString())).toContain("piece-of-the-test");
    expect(text).toContain("payload-of-the-test");
    expect(text).toContain("piece-of-the-test");
  });
});

describe.skipIf(findPostgres() === undefined)("a gateway over a real PostgreSQL", () => {
  it("waits for a confirmed address where it is told to, and leaves nothing behind", async () => {
    const supabase = await startSupabase({ confirmsEmail: true });
    const [{ folder } = { folder: "" }] = await supabase.sql(
      "select current_setting('unix_socket_directories') as folder",
    );
    const cloud = await openCloudAt(supabase);
    try {
      const [email, password] = ["ann@example.com", randomUUID()];
      expect(await cloud.auth.signUp(email, password, "aetheria://mirror")).toBeNull();
      const early = cloud.auth.signIn(email, password);
      await expect(early).rejects.toMatchObject({ code: "unauthorized" });
      const opened = await fetch(supabase.mails.at(-1)!.link, { redirect: "manual" });
      const account = await cloud.auth.finish(opened.headers.get("location") ?? "");
      expect(account.email).toBe(email);
      await cloud.auth.signIn(email, password);
    } finally {
      await cloud.close();
      await supabase.close();
    }
    expect(existsSync(String(folder))).toBe(false);
  });
});
