// A Supabase-compatible gateway over a real PostgreSQL, for tests: unmodified supabase-js on one side,
// the project's own migrations on the other, so that the policies that hold here hold on Supabase.
// It is not Supabase: what it does not know it refuses (supabase/README.md shows the real one).
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import * as z from "zod/mini";
import { createAuth, type AuthSettings, type Mail } from "./auth.ts";
import { openDatabase, type Claims, type Rows, type Sql } from "./database.ts";
import { createFaults, type Faults } from "./faults.ts";
import { header, refuse, Refused, type Asked, type Reply } from "./http.ts";
import { openRealtime, type Realtime } from "./realtime.ts";
import { createRest } from "./rest.ts";
import { createStorage, storageRefusesToken } from "./storage.ts";
import { createTokens } from "./tokens.ts";

export type SupabaseSetup = Partial<AuthSettings> & {
  port?: number;
  /** Of an access token; 3,600 unless said. */
  tokenSeconds?: number;
  /** 1,000 unless said, as in supabase/config.toml. */
  maxRows?: number;
  /** Hears of every request before it is answered. */
  onRequest?(asked: Asked): void;
};

export type Dump = {
  tables: Record<string, Rows>;
  objects: { name: string; bytes: Buffer }[];
  /** Everything the server holds, to search in: rows as JSON, objects as Latin-1. */
  text: string;
};

export interface Supabase {
  readonly url: string;
  readonly anonKey: string;
  readonly serviceKey: string;
  /** As the superuser, whom no policy stops. */
  sql: Sql;
  /** Signs up by the same door as everybody. */
  signUp(email: string, password: string): Promise<{ userId: string; accessToken: string }>;
  /** What would have been sent by e-mail, the newest last. */
  readonly mails: Mail[];
  readonly faults: Faults;
  readonly realtime: Pick<Realtime, "breakLines" | "hold">;
  /** Access tokens that were given out until now no longer count; refresh tokens do. */
  expireTokens(userId?: string): void;
  /** For good: refresh tokens are gone too. */
  signOutEverywhere(userId: string): Promise<void>;
  dump(): Promise<Dump>;
  close(): Promise<void>;
}

export async function startSupabase(setup: SupabaseSetup = {}): Promise<Supabase> {
  const database = await openDatabase();
  const { sql } = database;
  const tokens = createTokens(setup.tokenSeconds);
  const realtime = await openRealtime(database, tokens);
  const faults = createFaults();
  const rest = createRest(database, setup.maxRows ?? 1_000);
  const storage = createStorage(database);
  let url = "";
  const settings = {
    confirmsEmail: setup.confirmsEmail ?? false,
    providerEmail: setup.providerEmail ?? "provider@example.com",
  };
  const auth = createAuth(database, tokens, { url: () => url }, settings);

  /** Whoever has a token that counts; else whose key it is. */
  function claimsOf(asked: Asked, isStorage: boolean): Claims {
    const token = header(asked, "authorization").replace(/^Bearer /, "") || header(asked, "apikey");
    const read = tokens.read(token);
    if (read && !read.isExpired) return read.claims;
    if (isStorage)
      throw storageRefusesToken(
        read ? '"exp" claim timestamp check failed' : "Invalid Compact JWS",
      );
    const why = read
      ? { code: "PGRST303", message: "JWT expired" }
      : { code: "PGRST301", message: "JWSError JWSInvalidSignature" };
    throw refuse(401, { ...why, details: null, hint: null });
  }

  async function route(asked: Asked): Promise<Reply> {
    const path = asked.url.pathname;
    const isLink = path === "/auth/v1/verify" || path === "/auth/v1/authorize";
    if (!isLink && !tokens.read(header(asked, "apikey")))
      throw refuse(401, { message: "Invalid API key", hint: "Double check your API key." });
    if (path.startsWith("/auth/v1/")) return auth.answer(asked);
    if (path.startsWith("/rest/v1/")) return rest.answer(asked, claimsOf(asked, false));
    if (path.startsWith("/storage/v1/object/")) return storage.answer(asked, claimsOf(asked, true));
    return { status: 404, body: { message: "no Route matched with those values" } };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await askedOf(request);
    setup.onRequest?.(asked);
    const fault = request.method === "OPTIONS" ? null : faults.take(asked);
    if (fault?.kind === "dropped") return void request.socket.destroy();
    if (fault?.kind === "delayed") await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === "held") await fault.until;
    const reply =
      request.method === "OPTIONS"
        ? { status: 204 }
        : await answered(() =>
            fault?.kind === "refused" ? Promise.reject(fault.reply) : route(asked),
          );
    if (fault?.kind === "lost") return void request.socket.destroy();
    send(response, reply, asked);
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => response.destroy(asError(error)));
  });
  server.on("upgrade", (request, socket, head) => realtime.accept(request, socket, head));
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(setup.port ?? 0, "127.0.0.1", resolve);
  });
  const address = z.object({ port: z.number() }).parse(server.address());
  url = `http://127.0.0.1:${address.port}`;

  return {
    url,
    anonKey: tokens.anonKey,
    serviceKey: tokens.serviceKey,
    sql,
    mails: auth.mails,
    faults,
    realtime,
    async signUp(email, password) {
      const response = await fetch(`${url}/auth/v1/signup`, {
        method: "POST",
        headers: { apikey: tokens.anonKey },
        body: JSON.stringify({ email, password }),
      });
      const { user, access_token } = SignedUp.parse(await response.json());
      return { userId: user.id, accessToken: access_token };
    },
    expireTokens(userId) {
      tokens.expire(userId);
      realtime.checkTokens();
    },
    async signOutEverywhere(userId) {
      await sql("delete from auth.sessions where user_id = $1", [userId]);
      tokens.expire(userId);
      realtime.checkTokens();
    },
    dump: () => dumpOf(sql),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      await realtime.close();
      server.closeAllConnections();
      await closed;
      await database.close();
    },
  };
}

const SignedUp = z.object({ access_token: z.string(), user: z.object({ id: z.string() }) });

async function askedOf(request: IncomingMessage): Promise<Asked> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  return {
    method: request.method ?? "GET",
    url: new URL(request.url ?? "/", "http://gateway"),
    headers: request.headers,
    body: Buffer.concat(pieces),
  };
}

async function answered(work: () => Promise<Reply>): Promise<Reply> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) return error.reply;
    return { status: 500, body: { message: asError(error).message } };
  }
}

/** Any page may ask, as on Supabase: what counts is the token. */
const openToAll = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
  "access-control-expose-headers": "Content-Range, Retry-After, Date, X-Supabase-Api-Version",
  "access-control-max-age": "3600",
};

function send(response: ServerResponse, { status, body, headers }: Reply, asked: Asked): void {
  const wanted = header(asked, "access-control-request-headers");
  response.writeHead(status, {
    ...openToAll,
    "access-control-allow-headers": wanted || "*",
    ...(body === undefined ? {} : { "content-type": "application/json; charset=utf-8" }),
    ...headers,
  });
  if (body === undefined) response.end();
  else response.end(Buffer.isBuffer(body) ? body : JSON.stringify(body));
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

const Named = z.object({ name: z.string() });
const Stored = z.object({ name: z.string(), bytes: z.instanceof(Buffer) });

async function dumpOf(sql: Sql): Promise<Dump> {
  const names = await sql(`select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname in ('public', 'auth', 'storage', 'realtime') and tablename <> 'bytes'`);
  const tables: Record<string, Rows> = {};
  for (const row of names) {
    const { name } = Named.parse(row);
    tables[name] = await sql(`select * from ${name}`);
  }
  const stored = await sql(
    "select o.name, b.bytes from storage.objects o join storage.bytes b on b.object_id = o.id",
  );
  const objects = z.array(Stored).parse(stored);
  const bytes = objects.map((object) => object.bytes.toString("latin1"));
  return { tables, objects, text: [JSON.stringify(tables), ...bytes].join("\n") };
}
