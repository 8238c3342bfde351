// Changes of published tables, as Realtime reads them from the write-ahead log: in the order in which
// they were made, and for each reader only the rows that row-level security shows to it.
import * as z from "zod/mini";
import type { Claims, Database, Sql } from "./database.ts";
import { columnOf, type Listen } from "./realtime-filter.ts";

export type Change = { table: string; type: string; row: Record<string, unknown> };

export interface Changes {
  /** A deletion is told to everybody, by its key alone: there is nothing left to check. */
  visible(claims: Claims, changes: Change[]): Promise<Change[]>;
  /** As it goes over the wire. */
  told(change: Change): object;
  mayListen(claims: Claims, listen: Listen): Promise<boolean>;
  hold(isHeld: boolean): void;
  close(): Promise<void>;
}

const Recorded = z.object({
  id: z.coerce.number(),
  table_name: z.string(),
  type: z.string(),
  record: z.record(z.string(), z.unknown()),
});
const Table = z.object({
  name: z.string(),
  keys: z.array(z.string()),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});
type Table = z.infer<typeof Table>;

/** A record larger than this comes without its large columns. */
const largestRecordBytes = 2 ** 20;
const smallColumnBytes = 64;

export async function openChanges(
  database: Database,
  onChanges: (batch: Change[]) => Promise<void>,
): Promise<Changes> {
  const tables = new Map((await readTables(database.sql)).map((table) => [table.name, table]));
  const listener = await database.connect();
  let isHeld = false;
  let isWoken = false;
  let working: Promise<void> | null = null;

  async function work(): Promise<void> {
    while (isWoken && !isHeld) {
      isWoken = false;
      const { rows } = await listener.query("delete from realtime.changes returning *");
      const changes = z
        .array(Recorded)
        .parse(rows)
        .sort((one, other) => one.id - other.id);
      if (changes.length > 0) await onChanges(changes.map(changeOf));
    }
  }
  function wake(): void {
    isWoken = true;
    working ??= work()
      .catch((error: unknown) => {
        // Once the gateway is closing there is nobody to tell any more.
        if (!isClosed) console.error(error);
      })
      .finally(() => {
        working = null;
        if (isWoken && !isHeld && !isClosed) wake();
      });
  }
  let isClosed = false;
  listener.on("notification", wake);
  await listener.query("listen realtime");

  const keyOf = ({ table, row }: Change) =>
    Object.fromEntries((tables.get(table)?.keys ?? []).map((name) => [name, row[name]]));

  return {
    async visible(claims, changes) {
      const seen = new Set<Change>(changes.filter((change) => change.type === "DELETE"));
      const others = Map.groupBy(
        changes.filter((change) => change.type !== "DELETE"),
        (change) => change.table,
      );
      for (const [name, ofTable] of others) {
        const keys = tables.get(name)?.keys ?? [];
        const at = await database
          .as(claims, (sql) => visibleKeys(sql, name, keys, ofTable.map(keyOf)))
          .catch((): number[] => []);
        for (const each of at) seen.add(ofTable[each]!);
      }
      return changes.filter((change) => seen.has(change));
    },
    told(change) {
      const old = change.type === "INSERT" ? {} : { old_record: keyOf(change) };
      const record = change.type === "DELETE" ? {} : { record: change.row };
      const isLarge = JSON.stringify(change.row).length > largestRecordBytes;
      return {
        schema: "public",
        table: change.table,
        type: change.type,
        commit_timestamp: new Date().toISOString(),
        columns: tables.get(change.table)?.columns ?? [],
        ...(isLarge && change.type !== "DELETE" ? { record: small(change.row) } : record),
        ...old,
        errors: isLarge ? ["Error 413: Payload Too Large"] : null,
      };
    },
    async mayListen({ role }, listen) {
      const table = tables.get(listen.table ?? "*");
      if (listen.table === undefined || listen.table === "*") return true;
      if (table === undefined) return false;
      const column = listen.filter ? columnOf(listen.filter) : (table.keys[0] ?? "");
      if (!table.columns.some((each) => each.name === column)) return false;
      const [row] = await database.sql(
        "select has_column_privilege($1, format('public.%I', $2::text), $3, 'select') as may",
        [role, table.name, column],
      );
      return row?.["may"] === true;
    },
    hold(held) {
      isHeld = held;
      if (!held) wake();
    },
    async close() {
      isClosed = true;
      await working;
      await listener.end();
    },
  };
}

const changeOf = ({ table_name, type, record }: z.infer<typeof Recorded>): Change => ({
  table: table_name,
  type,
  row: record,
});

const small = (row: Change["row"]) =>
  Object.fromEntries(
    Object.entries(row).filter(([, value]) => JSON.stringify(value).length <= smallColumnBytes),
  );

async function readTables(sql: Sql): Promise<Table[]> {
  const rows = await sql(`
    select p.tablename as name,
      array(select a.attname::text from pg_index i
        join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any (i.indkey)
        where i.indrelid = format('%I.%I', p.schemaname, p.tablename)::regclass and i.indisprimary
      ) as keys,
      (select json_agg(json_build_object('name', column_name, 'type', udt_name))
        from information_schema.columns c
        where c.table_schema = p.schemaname and c.table_name = p.tablename) as columns
    from pg_publication_tables p where p.pubname = 'supabase_realtime'`);
  return z.array(Table).parse(rows);
}

const At = z.object({ at: z.coerce.number() });

/** Read as the subscriber: what comes back is what its policies let it see. */
async function visibleKeys(sql: Sql, table: string, keys: string[], rows: object[]) {
  const found = await sql(
    `select given.ordinality - 1 as at
     from jsonb_populate_recordset(null::public.${table}, $1) with ordinality as given
     join public.${table} as mine using (${keys.join(", ")})`,
    [JSON.stringify(rows)],
  );
  return z
    .array(At)
    .parse(found)
    .map(({ at }) => at);
}
