// Changes of rows as Realtime tells them: taken up by LISTEN, in the order of their transactions, and
// each one asked for as every subscriber: told is only who may see the row.
import pg from "pg";
import type { Catalog, Column, Table } from "./catalog.ts";
import type { Claims, Database, Row } from "./database.ts";
import type { Postgres } from "./start-postgres.ts";

export type Change = {
  data: {
    schema: "public";
    table: string;
    type: "INSERT" | "UPDATE" | "DELETE";
    commit_timestamp: string;
    columns: Column[];
    record?: Row;
    old_record?: Row;
    errors: string[] | null;
  };
};

export type Audience = {
  /** Of everybody who listens. */
  claims(): Claims[];
  tell(change: Change, sees: (claims: Claims) => boolean): void;
};

/** Of a change that is larger, only short values are told. */
const mostRecordBytes = 2 ** 20;
const shortBytes = 64;

const quote = pg.escapeIdentifier;

export async function listenForChanges(
  postgres: Postgres,
  database: Database,
  catalog: Catalog,
  audience: Audience,
): Promise<{ close(): Promise<void> }> {
  const client = new pg.Client(postgres.connection);
  client.on("error", () => undefined);
  await client.connect();
  let done: Promise<void> = Promise.resolve();
  let isClosed = false;
  client.on("notification", ({ payload = "" }) => {
    done = done
      .then(() => tellAll(payload))
      .catch((error: unknown) => {
        if (!isClosed) console.error("realtime:", error);
      });
  });
  await client.query("listen realtime");

  async function tellAll(transaction: string): Promise<void> {
    const taken = await database.admin(
      "with taken as (delete from realtime.changes where tx = $1 returning *) select * from taken order by id",
      [transaction],
    );
    const seenBy = new Map<string, Set<string>>();
    for (const row of taken.rows) {
      const table = await catalog.table(String(row["table_name"]));
      if (table === undefined) continue;
      const record = row["record"] as Row;
      const key = keyOf(table, record);
      const change = changeOf(row, table, record);
      const kept = taken.rows.filter((one) => one["table_name"] === table.name);
      const sees = await whoSees(table, kept, seenBy);
      audience.tell(change, (claims) => change.data.type === "DELETE" || sees(claims, key));
    }
  }

  /** Asked once for each table of a transaction and each subscriber. */
  async function whoSees(table: Table, rows: Row[], seenBy: Map<string, Set<string>>) {
    const nameOf = (claims: Claims) => `${table.name} ${claims.role} ${claims.sub ?? ""}`;
    for (const claims of audience.claims()) {
      const name = nameOf(claims);
      if (seenBy.has(name)) continue;
      // Before it is known, so that a failure shows nothing.
      seenBy.set(name, new Set());
      seenBy.set(name, await visible(table, rows, claims));
    }
    return (claims: Claims, key: string) => seenBy.get(nameOf(claims))?.has(key) ?? false;
  }

  async function visible(table: Table, rows: Row[], claims: Claims): Promise<Set<string>> {
    const keys = rows.map((row) => pick(row["record"] as Row, table.primaryKey));
    const columns = table.primaryKey.map(quote).join(", ");
    const name = `public.${quote(table.name)}`;
    const text = `select jsonb_build_array(${columns}) as key from ${name}
      where (${columns}) in (select ${columns} from jsonb_populate_recordset(null::${name}, $1))`;
    const seen = await database
      .as(claims, (query) => query(text, [JSON.stringify(keys)]), "read only")
      .catch(noPermission);
    return new Set(seen.rows.map((row) => JSON.stringify(row["key"])));
  }

  return {
    async close() {
      isClosed = true;
      await client.end();
      await done;
    },
  };
}

function noPermission(error: unknown): { rows: Row[] } {
  if ((error as { code?: string }).code === "42501") return { rows: [] };
  throw error;
}

const pick = (row: Row, names: string[]): Row =>
  Object.fromEntries(names.map((name) => [name, row[name]]));

const keyOf = (table: Table, record: Row): string =>
  JSON.stringify(table.primaryKey.map((name) => record[name]));

function changeOf(row: Row, table: Table, record: Row): Change {
  const type = row["kind"] as Change["data"]["type"];
  const isLarge = Buffer.byteLength(JSON.stringify(record)) > mostRecordBytes;
  const told = isLarge ? shortOnly(record) : record;
  const key = pick(record, table.primaryKey);
  return {
    data: {
      ...{ schema: "public", table: table.name, type, columns: table.columns },
      commit_timestamp: new Date(String(row["at"])).toISOString(),
      ...(type === "DELETE" ? {} : { record: told }),
      ...(type === "INSERT" ? {} : { old_record: key }),
      errors: isLarge ? ["Error 413: Payload Too Large"] : null,
    },
  };
}

const shortOnly = (record: Row): Row =>
  Object.fromEntries(
    Object.entries(record).filter(([, value]) => String(value).length <= shortBytes),
  );
