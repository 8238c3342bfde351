// The gateway's way into PostgreSQL: as whoever asks (a role and the claims of a token, for the length
// of one transaction) or as the superuser. Lays down what Supabase gives and the project's migrations.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { startPostgres } from "./start-postgres.ts";

export type Claims = { role: string; sub?: string; [name: string]: unknown };
export type Rows = Record<string, unknown>[];
export type Sql = (text: string, params?: unknown[]) => Promise<Rows>;

export interface Database {
  /** In one transaction; what `work` throws rolls it back. */
  as<Value>(
    claims: Claims,
    work: (sql: Sql, client: pg.PoolClient) => Promise<Value>,
  ): Promise<Value>;
  /** As the superuser. */
  sql: Sql;
  /** One more connection as the superuser, for what lasts. The caller ends it. */
  connect(): Promise<pg.Client>;
  close(): Promise<void>;
}

const migrationsDir = fileURLToPath(new URL("../../../supabase/migrations/", import.meta.url));

/** What Supabase gives, then what the project brings. `isBare`: without the latter. */
export async function openDatabase(isBare = false): Promise<Database> {
  const server = await startPostgres();
  const guests = new pg.Pool({ ...server.at, user: "authenticator", max: 20 });
  const root = new pg.Pool({ ...server.at, user: "postgres", max: 10 });
  // A connection that ends with the server is nobody's error.
  for (const pool of [guests, root]) pool.on("error", () => undefined);

  const sql: Sql = async (text, params) => (await root.query(text, params)).rows;
  const close = async () => {
    await Promise.all([guests.end(), root.end()]);
    await server.stop();
  };
  try {
    await sql(readFileSync(new URL("bootstrap.sql", import.meta.url), "utf8"));
    if (!isBare) await migrate(sql);
  } catch (error) {
    await close();
    throw error;
  }
  return {
    sql,
    close,
    async as(claims, work) {
      const client = await guests.connect();
      try {
        await client.query(beginAs(claims));
        const value = await work(
          async (text, params) => (await client.query(text, params)).rows,
          client,
        );
        await client.query("commit");
        return value;
      } catch (error) {
        await client.query("rollback").catch(() => undefined);
        throw error;
      } finally {
        client.release();
      }
    },
    async connect() {
      const client = new pg.Client({ ...server.at, user: "postgres" });
      client.on("error", () => undefined);
      await client.connect();
      return client;
    },
  };
}

/** Every migration as it is, in the order of its names; then Realtime's ears. */
export async function migrate(sql: Sql): Promise<void> {
  for (const name of readdirSync(migrationsDir).sort())
    if (name.endsWith(".sql")) await sql(readFileSync(join(migrationsDir, name), "utf8"));
  await sql("select realtime.listen()");
}

export const beginAs = (claims: Claims): string =>
  `begin; set local role ${pg.escapeIdentifier(claims.role)};
   select set_config('request.jwt.claims', ${pg.escapeLiteral(JSON.stringify(claims))}, true)`;
