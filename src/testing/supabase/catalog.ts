// What tables and functions the database has, as PostgREST keeps it in its schema cache.
import type { Database } from "./database.ts";

export type Column = { name: string; type: string };
export type Table = { name: string; columns: Column[]; primaryKey: string[] };
export type Routine = { name: string; args: Column[]; returns: string; isSet: boolean };

export interface Catalog {
  table(name: string): Promise<Table | undefined>;
  routines(name: string): Promise<Routine[]>;
  /** Tables whose changes are told. */
  published(): Promise<Set<string>>;
  /** Tables may have changed. */
  forget(): void;
}

const tablesSql = `select c.relname as name,
  array(select jsonb_build_object('name', a.attname, 'type', t.typname) from pg_attribute a
    join pg_type t on t.oid = a.atttypid
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns,
  array(select a.attname::text from pg_index i join pg_attribute a
    on a.attrelid = c.oid and a.attnum = any (i.indkey)
    where i.indrelid = c.oid and i.indisprimary
    order by array_position(i.indkey::int2[], a.attnum)) as "primaryKey"
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v')`;
const routinesSql = `select p.proname as name, format_type(p.prorettype, null) as returns,
  p.proretset as "isSet",
  array(select jsonb_build_object('name', coalesce(p.proargnames[o.at], ''),
    'type', format_type(o.type, null))
    from unnest(p.proargtypes::oid[]) with ordinality o (type, at)) as args
  from pg_proc p where p.pronamespace = 'public'::regnamespace`;
const publishedSql = `select tablename from pg_publication_tables
  where pubname = 'supabase_realtime' and schemaname = 'public'`;

type Known = { tables: Map<string, Table>; routines: Routine[]; published: Set<string> };

export function createCatalog(database: Database): Catalog {
  let known: Promise<Known> | null = null;

  async function read(): Promise<Known> {
    const tables = await database.admin(tablesSql);
    const routines = await database.admin(routinesSql);
    const published = await database.admin(publishedSql);
    return {
      tables: new Map((tables.rows as Table[]).map((table) => [table.name, table])),
      routines: routines.rows as Routine[],
      published: new Set(published.rows.map((row) => String(row["tablename"]))),
    };
  }
  const get = (): Promise<Known> => (known ??= read());

  return {
    table: async (name) => (await get()).tables.get(name),
    routines: async (name) => (await get()).routines.filter((one) => one.name === name),
    published: async () => (await get()).published,
    forget: () => void (known = null),
  };
}
