// A Supabase-compatible gateway over a real PostgreSQL, for unmodified supabase-js: the project's own
// migrations and policies decide. Knows what the mirror uses of Supabase and refuses the rest by name.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { readdir, readFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { createAuth } from "./auth.ts";
import type { AuthOptions, Mail } from "./auth-flows.ts";
import { createCatalog } from "./catalog.ts";
import { openDatabase, type Database, type Row } from "./database.ts";
import { createFaults, faultReplies, type Faults } from "./faults.ts";
import { bodyOf, send, sendPreflight, type Ask, type Room } from "./http.ts";
import { openRealtime } from "./realtime.ts";
import { createRest } from "./rest.ts";
import { startPostgres, type Postgres } from "./start-postgres.ts";
import { createStorage } from "./storage.ts";
import { createTokens } from "./tokens.ts";

export type SupabaseOptions = {
  /** false: a project in which nothing was set up yet. */
  migrate?: boolean;
  /** With supabase/seed.sql. */
  seed?: boolean;
  confirmsEmail?: boolean;
  /** More addresses a sign-in may come back to, besides those of supabase/config.toml. */
  redirects?: string[];
  port?: number;
};

export type Account = { userId: string; email: string; password: string; accessToken: string };

export interface Supabase {
  url: string;
  anonKey: string;
  serviceKey: string;
  /** As a superuser; rows as objects. */
  sql(text: string, params?: unknown[]): Promise<Row[]>;
  /** A new account, confirmed; with an address of its own when none is given. */
  signUp(email?: string, password?: string): Promise<Account>;
  /** Messages with links that would have been sent, oldest first. */
  mails: readonly Mail[];
  faults: Faults;
  /** What was asked so far: `METHOD /path`. */
  requests: readonly string[];
  /** Access tokens so far are as if their hour were over; those of one account, or all. */
  expireTokens(userId?: string): void;
  /** Cuts every live line of Realtime. */
  cutLines(): void;
  /** Every row of every table and every object as text: all that the server knows. */
  dump(): Promise<string>;
  close(): Promise<void>;
}

const here = import.meta.dirname;
const project = join(here, "../../../supabase");
const tenYearsSeconds = 10 * 365 * 24 * 3_600;

export async function startSupabase(options: SupabaseOptions = {}): Promise<Supabase> {
  const postgres = await startPostgres(await readFile(join(here, "bootstrap.sql"), "utf8"));
  try {
    await setUp(postgres, options);
    return await serve(postgres, options);
  } catch (error) {
    await postgres.close();
    throw error;
  }
}

/** A file each, in order, as `postgres`: what the Supabase CLI does. */
export async function migrations(): Promise<string[]> {
  const folder = join(project, "migrations");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).toSorted();
  return Promise.all(names.map((name) => readFile(join(folder, name), "utf8")));
}

export async function setUp(postgres: Postgres, options: SupabaseOptions): Promise<void> {
  const owner = openDatabase({ ...postgres.connection, user: "postgres" });
  try {
    if (options.migrate !== false) for (const text of await migrations()) await owner.admin(text);
    if (options.seed) await owner.admin(await readFile(join(project, "seed.sql"), "utf8"));
  } finally {
    await owner.close();
  }
  const superuser = openDatabase(postgres.connection);
  const text = await readFile(join(here, "watch-changes.sql"), "utf8");
  await superuser.admin(text).finally(() => superuser.close());
}

async function serve(postgres: Postgres, options: SupabaseOptions): Promise<Supabase> {
  const database = openDatabase(postgres.connection);
  const catalog = createCatalog(database);
  const tokens = createTokens();
  const faults = createFaults();
  const requests: string[] = [];
  const auth = createAuth(database, tokens, await authOptions(options));
  const realtime = await openRealtime(postgres, database, catalog, tokens);
  const rooms: Record<string, Room> = {
    auth: auth.room,
    rest: createRest(database, catalog, tokens),
    storage: createStorage(database, tokens),
  };
  const gateway: Gateway = { rooms, faults, requests, url: "" };
  const server = createServer((request, response) => {
    answer(request, response, gateway).catch((error: Error) => response.destroy(error));
  });
  server.on("upgrade", realtime.upgrade);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  gateway.url = url;
  const keyFor = (role: string) => tokens.sign({ role, iss: "supabase" }, tenYearsSeconds);
  const anonKey = keyFor("anon");
  let accounts = 0;
  return {
    ...{ url, anonKey, requests, faults, mails: auth.mails },
    serviceKey: keyFor("service_role"),
    async sql(text, params) {
      const { rows } = await database.admin(text, params);
      catalog.forget();
      return rows;
    },
    signUp(
      email = `person-${++accounts}@example.test`,
      password = `a password of ${accounts} people`,
    ) {
      return signUp(url, anonKey, email, password, database);
    },
    expireTokens: tokens.expire,
    cutLines: realtime.cut,
    dump: () => dump(database),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      await realtime.close();
      server.closeAllConnections();
      await closed;
      await database.close();
      await postgres.close();
    },
  };
}

type Gateway = {
  rooms: Record<string, Room>;
  faults: ReturnType<typeof createFaults>;
  requests: string[];
  url: string;
};

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { rooms, faults, requests, url }: Gateway,
): Promise<void> {
  if (request.method === "OPTIONS") return sendPreflight(request, response);
  const { method = "GET", headers } = request;
  const { pathname, searchParams: query } = new URL(request.url ?? "/", url);
  requests.push(`${method} ${pathname}`);
  const body = await bodyOf(request);
  const fault = faults.take(method, pathname);
  await faults.wait();
  if (fault === "dropped") return void request.socket.destroy();
  if (fault !== null && fault !== "lost") return send(response, faultReplies[fault]);
  const [, name = "", version, ...path] = pathname.split("/").map(decodeURIComponent);
  const room = version === "v1" ? rooms[name] : undefined;
  const ask: Ask = { method, path, query, headers, body, url };
  const reply = room ? await room(ask) : { status: 404, body: { message: "no Route matched" } };
  if (fault === "lost") return void request.socket.destroy();
  send(response, reply);
}

/** Of supabase/config.toml, as the CLI reads them. */
async function authOptions(options: SupabaseOptions): Promise<AuthOptions> {
  const config = await readFile(join(project, "config.toml"), "utf8");
  const read = (name: string) => new RegExp(`^${name} = (.+)$`, "m").exec(config)?.[1] ?? "null";
  return {
    siteUrl: JSON.parse(read("site_url")) as string,
    redirects: [
      ...(JSON.parse(read("additional_redirect_urls")) as string[]),
      ...(options.redirects ?? []),
    ],
    confirmsEmail: options.confirmsEmail ?? false,
  };
}

async function signUp(
  url: string,
  anonKey: string,
  email: string,
  password: string,
  database: Database,
): Promise<Account> {
  const headers = { apikey: anonKey, "content-type": "application/json" };
  const post = (path: string) =>
    fetch(`${url}/auth/v1/${path}`, {
      ...{ method: "POST", headers, body: JSON.stringify({ email, password }) },
    });
  const answered = await post("signup");
  if (!answered.ok) throw new Error(await answered.text());
  await database.admin("update auth.users set email_confirmed_at = now() where email = $1", [
    email,
  ]);
  const token = (await (await post("token?grant_type=password")).json()) as {
    access_token: string;
    user: { id: string };
  };
  return { userId: token.user.id, email, password, accessToken: token.access_token };
}

async function dump(database: Database): Promise<string> {
  const tables = await database.admin(
    `select quote_ident(schemaname) || '.' || quote_ident(tablename) as name from pg_tables
     where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const parts: string[] = [];
  for (const { name } of tables.rows) {
    if (name === "storage.blobs") continue;
    const { rows } = await database.admin(`select to_jsonb(t)::text as row from ${name} t`);
    parts.push(`-- ${name}`, ...rows.map((one) => String(one["row"])));
  }
  const blobs = await database.admin(
    "select o.name, b.bytes from storage.blobs b join storage.objects o on o.id = b.object_id",
  );
  for (const { name, bytes } of blobs.rows)
    parts.push(`-- object ${name}`, (bytes as Buffer).toString("latin1"));
  return parts.join("\n");
}
