// The gateway's way into PostgreSQL: one transaction for each request, in the role and with the claims
// of whoever asks, so that row-level security decides as it does on Supabase.
import pg from "pg";

export type Claims = { role: string; sub?: string } & Record<string, unknown>;
export type Row = Record<string, unknown>;
export type Query = (text: string, params?: unknown[]) => Promise<pg.QueryResult<Row>>;

export interface Database {
  /** In one transaction, as whoever the claims name. */
  as<Value>(
    claims: Claims,
    work: (query: Query) => Promise<Value>,
    mode?: "read only" | "read write",
  ): Promise<Value>;
  /** As a superuser. */
  admin: Query;
  /** In one transaction, as a superuser. */
  adminAll<Value>(work: (query: Query) => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

const timeouts: Record<string, string> = { anon: "3s", authenticated: "8s" };

/** Whole numbers and JSON as they are; times as PostgreSQL writes them. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: "text" | "binary") => {
    if (oid === 20) return Number;
    if (oid === 1184 || oid === 1114) return (text: string) => text;
    return pg.types.getTypeParser(oid, format as "text");
  }) as typeof pg.types.getTypeParser,
};

export function openDatabase(connection: pg.ClientConfig): Database {
  const pool = new pg.Pool({ ...connection, types, max: 24, min: 2, idleTimeoutMillis: 0 });
  // A connection that breaks while nobody uses it is replaced.
  pool.on("error", () => undefined);

  async function within<Value>(
    begin: string,
    work: (query: Query) => Promise<Value>,
  ): Promise<Value> {
    const client = await pool.connect();
    try {
      await client.query(begin);
      const value = await work((text, params) => client.query(text, params));
      await client.query("commit");
      client.release();
      return value;
    } catch (error) {
      const isClean = await client.query("rollback").then(
        () => true,
        () => false,
      );
      client.release(!isClean);
      throw error;
    }
  }

  return {
    as: (claims, work, mode = "read write") => within(beginAs(claims, mode), work),
    admin: (text, params) => pool.query(text, params),
    adminAll: (work) => within("begin", work),
    close: () => pool.end(),
  };
}

/** What PostgREST sets before each request. */
export function beginAs(claims: Claims, mode = "read write"): string {
  const literal = pg.escapeLiteral(JSON.stringify(claims));
  return `begin ${mode}; set local role ${pg.escapeIdentifier(claims.role)};
    set local statement_timeout = '${timeouts[claims.role] ?? "0"}';
    select set_config('request.jwt.claims', ${literal}, true)`;
}
