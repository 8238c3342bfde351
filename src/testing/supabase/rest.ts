// What PostgREST does for supabase-js: tables and functions of the schema `public`, as whoever asks.
import pg from "pg";
import type { Catalog, Routine, Table } from "./catalog.ts";
import type { Claims, Database, Query } from "./database.ts";
import { isSomebody, whoAsks, type Ask, type Reply, type Room } from "./http.ts";
import { replyOfError, RestError } from "./rest-error.ts";
import { columnsOf, orderOf, rangeOf, splitList, unquoted, Values, whereOf } from "./rest-query.ts";
import type { Tokens } from "./tokens.ts";

const quote = pg.escapeIdentifier;
const oneObject = "application/vnd.pgrst.object+json";

type Rows = { rows: string; count: number; total: number | null };

export function createRest(database: Database, catalog: Catalog, tokens: Tokens): Room {
  return async (ask) => {
    const who = whoAsks(ask, tokens);
    if (who === null) return { status: 401, body: { message: "No API key found in request" } };
    if (!who.ok) return refusedToken(who.why);
    try {
      return await answer(ask, who.claims, database, catalog);
    } catch (error) {
      return replyOfError(error, isSomebody(who.claims));
    }
  };
}

function refusedToken(why: "expired" | "invalid"): Reply {
  const [code, message] =
    why === "expired" ? ["PGRST303", "JWT expired"] : ["PGRST301", "JWSError JWSInvalidSignature"];
  return { status: 401, body: { code, details: null, hint: null, message } };
}

async function answer(
  ask: Ask,
  claims: Claims,
  database: Database,
  catalog: Catalog,
): Promise<Reply> {
  const [name = "", routine = ""] = ask.path;
  if (name === "rpc") {
    return callRoutine(ask, await routineOf(routine, argsOf(ask), catalog), claims, database);
  }
  const table = await catalog.table(name);
  if (table === undefined)
    throw new RestError(
      404,
      "PGRST205",
      `Could not find the table 'public.${name}' in the schema cache`,
    );
  const isRead = ask.method === "GET" || ask.method === "HEAD";
  const rows = await database.as(
    claims,
    (query) => {
      if (isRead) return select(ask, table, query);
      if (ask.method === "POST") return insert(ask, table, query);
      if (ask.method === "PATCH") return update(ask, table, query);
      if (ask.method === "DELETE") return remove(ask, table, query);
      throw new RestError(405, "PGRST117", `Unsupported HTTP method: ${ask.method}`);
    },
    isRead ? "read only" : "read write",
  );
  return replyOf(ask, rows);
}

const preferences = (ask: Ask): string => String(ask.headers["prefer"] ?? "");

function replyOf(ask: Ask, { rows, count, total }: Rows): Reply {
  const isRead = ask.method === "GET" || ask.method === "HEAD";
  const { offset } = rangeOf(ask.query);
  const span = count === 0 ? "*" : `${offset}-${offset + count - 1}`;
  const headers = { "content-range": `${isRead ? span : "*"}/${total ?? "*"}` };
  if (!isRead && !preferences(ask).includes("return=representation"))
    return { status: ask.method === "POST" ? 201 : 204, headers };
  if (ask.headers.accept === oneObject) {
    if (count !== 1)
      return {
        status: 406,
        body: {
          code: "PGRST116",
          details: `The result contains ${count} rows`,
          hint: null,
          message: "Cannot coerce the result to a single JSON object",
        },
      };
    return { status: 200, headers, body: rows.slice(1, -1) };
  }
  if (ask.method === "HEAD") return { status: 200, headers };
  const isPart = total !== null && offset + count < total;
  return { status: ask.method === "POST" ? 201 : isPart ? 206 : 200, headers, body: rows };
}

async function select(ask: Ask, table: Table, query: Query): Promise<Rows> {
  const values = new Values();
  const where = whereOf(ask.query, values);
  const { limit, offset } = rangeOf(ask.query);
  const from = `from public.${quote(table.name)}${where}`;
  const total = preferences(ask).includes("count=exact")
    ? Number((await query(`select count(*) ${from}`, values.list)).rows[0]?.["count"])
    : null;
  const rows = `select ${columnsOf(ask.query)} ${from}${orderOf(ask.query)} limit ${limit} offset ${offset}`;
  return { ...(await aggregated(`select * from (${rows}) r`, values, query)), total };
}

async function aggregated(text: string, values: Values, query: Query): Promise<Rows> {
  const { rows } = await query(
    `with given as (${text})
     select coalesce(json_agg(given), '[]')::text as rows, count(*)::int as count from given`,
    values.list,
  );
  return { rows: String(rows[0]?.["rows"]), count: Number(rows[0]?.["count"]), total: null };
}

/** Writes, and gives back rows only where they are asked for: reading them needs a policy of its own. */
async function write(text: string, ask: Ask, values: Values, query: Query): Promise<Rows> {
  if (preferences(ask).includes("return=representation"))
    return aggregated(`${text} returning ${columnsOf(ask.query)}`, values, query);
  const { rowCount } = await query(text, values.list);
  return { rows: "[]", count: rowCount ?? 0, total: null };
}

async function insert(ask: Ask, table: Table, query: Query): Promise<Rows> {
  const rows = rowsOf(ask);
  const asked = ask.query.get("columns");
  const columns = asked
    ? splitList(asked).map(unquoted)
    : [...new Set(rows.flatMap((row) => Object.keys(row)))];
  checkColumns(columns, table);
  const values = new Values();
  const given = values.add(JSON.stringify(rows));
  const names = columns.map(quote).join(", ");
  const source = `select ${names} from json_populate_recordset(null::public.${quote(table.name)}, ${given})`;
  const conflict = conflictOf(ask, table, columns);
  const into = `insert into public.${quote(table.name)} (${names}) ${source}${conflict}`;
  return write(into, ask, values, query);
}

function conflictOf(ask: Ask, table: Table, columns: string[]): string {
  const [, resolution] = /resolution=(\w+)-duplicates/.exec(preferences(ask)) ?? [];
  if (resolution === undefined) return "";
  const named = ask.query.get("on_conflict");
  const target = (named === null ? table.primaryKey : splitList(named).map(unquoted)).map(quote);
  if (resolution === "ignore") return ` on conflict (${target.join(", ")}) do nothing`;
  const changes = columns.map((name) => `${quote(name)} = excluded.${quote(name)}`);
  return ` on conflict (${target.join(", ")}) do update set ${changes.join(", ")}`;
}

function update(ask: Ask, table: Table, query: Query): Promise<Rows> {
  const [row = {}] = rowsOf(ask);
  const columns = Object.keys(row);
  checkColumns(columns, table);
  const values = new Values();
  const given = values.add(JSON.stringify(row));
  const name = `public.${quote(table.name)}`;
  const changes = columns.map(
    (column) =>
      `${quote(column)} = (select ${quote(column)} from json_populate_record(null::${name}, ${given}))`,
  );
  const text = `update ${name} set ${changes.join(", ")}${whereOf(ask.query, values)}`;
  return write(text, ask, values, query);
}

function remove(ask: Ask, table: Table, query: Query): Promise<Rows> {
  const values = new Values();
  const text = `delete from public.${quote(table.name)}${whereOf(ask.query, values)}`;
  return write(text, ask, values, query);
}

function rowsOf(ask: Ask): Record<string, unknown>[] {
  try {
    const body: unknown = JSON.parse(ask.body.toString());
    return (Array.isArray(body) ? body : [body]) as Record<string, unknown>[];
  } catch {
    throw new RestError(400, "PGRST102", "Empty or invalid json");
  }
}

function checkColumns(columns: string[], table: Table): void {
  const unknown = columns.find((name) => !table.columns.some((column) => column.name === name));
  if (unknown === undefined) return;
  throw new RestError(
    400,
    "PGRST204",
    `Could not find the '${unknown}' column of '${table.name}' in the schema cache`,
  );
}

// ── Functions ───────────────────────────────────────────────────────────────────────────────────

type Args = Record<string, unknown>;

const argsOf = (ask: Ask): Args =>
  ask.method === "POST" ? (rowsOf(ask)[0] ?? {}) : Object.fromEntries(ask.query);

async function routineOf(name: string, args: Args, catalog: Catalog): Promise<Routine> {
  const names = Object.keys(args).toSorted().join(", ");
  const fits = (await catalog.routines(name)).find(
    (one) =>
      one.args
        .map((arg) => arg.name)
        .toSorted()
        .join(", ") === names,
  );
  if (fits) return fits;
  const called = `public.${name}${names === "" ? " without parameters" : `(${names})`}`;
  throw new RestError(404, "PGRST202", `Could not find the function ${called} in the schema cache`);
}

async function callRoutine(
  ask: Ask,
  routine: Routine,
  claims: Claims,
  database: Database,
): Promise<Reply> {
  const args = argsOf(ask);
  const values = new Values();
  const given = routine.args.map(({ name, type }) => {
    const value = args[name];
    const isJson = type.startsWith("json");
    return `${quote(name)} => ${values.add(isJson ? JSON.stringify(value) : value)}::${type}`;
  });
  const call = `public.${quote(routine.name)}(${given.join(", ")})`;
  const text = routine.isSet
    ? `select coalesce(json_agg(r), '[]')::text as value from ${call} r`
    : `select to_json(${call})::text as value`;
  if (routine.returns === "void") {
    await database.as(claims, (query) => query(`select ${call}`, values.list));
    return { status: 204 };
  }
  const mode = ask.method === "GET" ? "read only" : "read write";
  const { rows } = await database.as(claims, (query) => query(text, values.list), mode);
  return { status: 200, body: rows[0]?.["value"] ?? "null" };
}
