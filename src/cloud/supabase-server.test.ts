// What the adapter asks, through unmodified supabase-js, of a server that is a function here. What a
// real PostgreSQL answers to it is the integration test's.
import { afterEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../contract/errors.ts";
import { CommandId, DeviceId, SessionId } from "../contract/ids.ts";
import type { MirrorServer } from "../core/mirror/ports.ts";
import { openCloud, type Cloud } from "./open-cloud.ts";

type Asked = {
  method: string;
  path: string;
  query: URLSearchParams;
  token: string | null;
  body: unknown;
};
type Handler = (asked: Asked) => Response | Promise<Response>;

const userId = "0191c6f2-0000-7000-8000-000000000001";
const sessionId = SessionId.parse("session-1");
const hostId = DeviceId.parse("host-1");
const signal = new AbortController().signal;
const json = (body: unknown, status = 200, headers = {}) =>
  Response.json(body, { status, headers });

const session = (token: string) => ({
  access_token: token,
  refresh_token: `refresh-${token}`,
  token_type: "bearer",
  expires_in: 3600,
  user: { id: userId, email: "ada@example.org" },
});

/** The body of a request: JSON, or how many bytes it has. */
function bodyOf(body: unknown): unknown {
  if (typeof body !== "string") return body instanceof Uint8Array ? body.length : null;
  return JSON.parse(body);
}

const clouds: Cloud[] = [];
afterEach(async () => {
  for (const cloud of clouds.splice(0)) await cloud.close();
});

async function open(handler: Handler, kept: object | null = session("token")) {
  const asked: Asked[] = [];
  const expires_at = Math.round(Date.now() / 1000) + 3600;
  const tokens = {
    secret: kept && JSON.stringify({ "aetheria-mirror": JSON.stringify({ ...kept, expires_at }) }),
    load: async () => tokens.secret,
    save: async (secret: string) => void (tokens.secret = secret),
    remove: async () => void (tokens.secret = null),
  };
  const cloud = await openCloud({
    url: "https://cloud.example",
    anonKey: "anon",
    tokens,
    fetch: async (input, init) => {
      const url = new URL(String(input));
      const token = new Headers(init?.headers).get("Authorization");
      const one = {
        method: init?.method ?? "GET",
        path: url.pathname,
        query: url.searchParams,
        token,
        body: bodyOf(init?.body),
      };
      asked.push(one);
      return handler(one);
    },
  });
  clouds.push(cloud);
  return { cloud, server: cloud.server, asked, tokens };
}

const code = (work: Promise<unknown>): Promise<AetheriaError> =>
  work.then(
    () => Promise.reject(new Error("That should have been refused.")),
    (error: AetheriaError) => error,
  );

describe("the server over supabase-js", () => {
  it("pushes a batch by one call, and asks with this device's token", async () => {
    const { server, asked } = await open(() => json({ now: 5, seqs: { "session-1": 2 } }));
    const pushed = await server.push({ hostId, sessions: [], events: [], deleted: [] }, signal);
    expect(pushed).toEqual({ now: 5, seqs: new Map([[sessionId, 2]]) });
    expect(asked).toMatchObject([
      {
        method: "POST",
        path: "/rest/v1/rpc/mirror_push",
        token: "Bearer token",
        body: { batch: { host_id: "host-1", sessions: [], events: [], deleted: [] } },
      },
    ]);
  });

  it("reads on until a page is not full", async () => {
    const row = (seq: number) => ({
      session_id: sessionId,
      seq,
      generation: 1,
      payload: "p",
      user_id: userId,
    });
    const { server, asked } = await open(({ query }) => {
      const from = Number(query.get("seq")?.replace("gt.", ""));
      const length = Math.min(Number(query.get("limit")), 2_300 - from);
      return json(Array.from({ length }, (_, at) => row(from + at + 1)));
    });
    const rows = await server.events(sessionId, { from: 10, limit: 5_000 }, signal);
    expect(rows.map((one) => one.seq)).toEqual(Array.from({ length: 2_290 }, (_, at) => at + 11));
    expect(rows[0]).not.toHaveProperty("user_id");
    expect(asked.map((one) => one.query.get("limit"))).toEqual(["1000", "1000", "1000"]);
    const few = await server.events(sessionId, { from: 0, to: 9, limit: 3 }, signal);
    expect(few.length).toBe(3);
    expect(asked.at(-1)?.query.getAll("seq")).toEqual(["gt.0", "lte.9"]);
  });

  it("asks for sessions and those deleted since", async () => {
    const { server, asked } = await open(() => json([]));
    await server.sessions("2026-12-01T10:00:00+00:00", signal);
    expect(asked[0]?.query.get("or")).toBe(
      '(deleted_at.is.null,deleted_at.gte."2026-12-01T10:00:00+00:00")',
    );
    expect(asked[0]?.query.get("select")).toContain("session_id,host_id,generation");
  });

  it("removes no more rows at once than an address can name", async () => {
    const { server, asked } = await open(() => new Response(null, { status: 204 }));
    const ids = Array.from({ length: 250 }, (_, at) => CommandId.parse(`command-${at}`));
    await server.removeCommands(ids, signal);
    expect(asked.map((one) => one.query.get("command_id")?.split(",").length)).toEqual([
      100, 100, 50,
    ]);
    await server.removeCommands([], signal);
    expect(asked.length).toBe(3);
  });

  it("puts pieces into the account's own folder", async () => {
    const { server, asked } = await open(({ method }) =>
      method === "GET" ? new Response(new Uint8Array([1, 2])) : json({ Key: "k", Id: "i" }),
    );
    await server.putPiece("file", 3, new Uint8Array(7), signal);
    expect(await server.getPiece("file", 3, signal)).toEqual(new Uint8Array([1, 2]));
    const path = `/storage/v1/object/mirror/${userId}/file/3`;
    expect(asked).toMatchObject([
      { path, method: "POST", body: 7 },
      { path, method: "GET" },
    ]);
  });

  it("removes the files of a deleted session that no other has, before their rows", async () => {
    const isStored = new Set(["one"]);
    const { server, asked } = await open(({ path, query, method }) => {
      if (path.includes("/rpc/")) return json({ now: 1, seqs: {} });
      if (path.includes("/rest/")) {
        const inSession = [{ attachment_id: "one" }, { attachment_id: "two" }];
        if (query.get("session_id")?.startsWith("in.")) return json(inSession);
        return json(query.get("attachment_id") === "eq.two" ? [{ attachment_id: "two" }] : []);
      }
      if (method === "DELETE") return json(isStored.delete("one") ? [{ name: "0" }] : []);
      return json(isStored.has("one") ? [{ name: "0" }] : []);
    });
    await server.push({ hostId, sessions: [], events: [], deleted: [sessionId] }, signal);
    const removed = asked.filter((one) => one.method === "DELETE");
    expect(removed.map((one) => one.body)).toEqual([{ prefixes: [`${userId}/one/0`] }]);
    expect(asked.at(-1)?.path).toBe("/rest/v1/rpc/mirror_push");
  });

  it("does not go on deleting what cannot be deleted", async () => {
    const { server } = await open(({ path, method }) =>
      json(method === "DELETE" || !path.includes("/list/") ? [] : [{ name: "stuck" }]),
    );
    await expect(server.deleteAll(signal)).rejects.toMatchObject({ code: "refused" });
  });

  it("asks once more with a fresh token, and then says to sign in", async () => {
    const refused = { code: "PGRST303", message: "JWT expired" };
    const { server, asked, tokens } = await open(({ path, token }) => {
      if (path === "/auth/v1/token") return json(session("fresh"));
      return token === "Bearer fresh" ? json([]) : json(refused, 401);
    });
    expect(await server.devices(signal)).toEqual([]);
    expect(asked.map((one) => one.path.split("/")[1])).toEqual(["rest", "auth", "rest"]);
    expect(tokens.secret).toContain("refresh-fresh");
    const dead = await open(({ path }) => json(refused, path.startsWith("/auth") ? 403 : 401));
    expect((await code(dead.server.devices(signal))).code).toBe("unauthorized");
    expect(dead.asked.length).toBe(2);
  });

  it("asks nothing when nobody is signed in", async () => {
    const { server, asked, cloud } = await open(() => json([]), null);
    expect((await code(server.devices(signal))).code).toBe("unauthorized");
    expect((await code(server.getPiece("file", 0, signal))).code).toBe("unauthorized");
    expect(await cloud.auth.account()).toBeNull();
    expect(asked).toEqual([]);
  });

  it("hands on what the way out throws, whichever part of supabase-js asked", async () => {
    const offline = new AetheriaError("offline", "You are offline.", { hint: "Go online." });
    const { server } = await open(() => Promise.reject(offline));
    const works: ((server: MirrorServer) => Promise<unknown>)[] = [
      (server) => server.devices(signal),
      (server) => server.commands(hostId, signal),
      (server) => server.putPiece("file", 0, new Uint8Array(1), signal),
      (server) => server.getPiece("file", 0, signal),
      (server) => server.deleteAll(signal),
    ];
    for (const work of works) {
      expect((await code(work(server))).toData()).toEqual(offline.toData());
    }
  });

  it("says what the server's refusals are, and how long to wait", async () => {
    const answers = [
      json({ code: "AE001", message: "hole" }, 400),
      json({}, 429, { "Retry-After": "3" }),
      json({ code: "PGRST205", message: "no table" }, 404),
      new Response("<html>paused</html>", { status: 540 }),
      json([{ device_id: 7 }]),
      new Response("<html>hotel</html>"),
    ];
    const { server } = await open(() => answers.shift()!);
    const errors: AetheriaError[] = [];
    while (answers.length > 0) errors.push(await code(server.devices(signal)));
    expect(errors.map((error) => error.code)).toEqual([
      "conflict",
      "rate_limited",
      "cloud_not_ready",
      "cloud_unreachable",
      "cloud_not_ready",
      "cloud_unreachable",
    ]);
    expect(errors[1]?.retryAfterMs).toBe(3_000);
  });

  it("says so when a newer key is there", async () => {
    const row = { generation: 2, salt: "s", memory_kib: 1, passes: 1, lanes: 1, wrapped: "w" };
    const { server, asked } = await open(() => json([row]));
    expect((await code(server.saveKeys({ ...row, generation: 1 }, signal))).code).toBe("conflict");
    expect(asked.length).toBe(1);
  });

  it("stops at once when it is told to, also where supabase-js would go on", async () => {
    const stop = new AbortController();
    const { server } = await open(() => new Promise(() => undefined));
    const works = [
      server.devices(stop.signal),
      server.putPiece("f", 0, new Uint8Array(1), stop.signal),
    ];
    stop.abort();
    for (const work of works) await expect(work).rejects.toBe(stop.signal.reason);
  });
});
