// PostgREST's part of the gateway: tables and functions of `public`, each request in a transaction of
// its own as who sent it.
import pg from "pg";
import * as z from "zod/mini";
import type { Claims, Database, Sql } from "./database.ts";
import { header, JsonObject, jsonOf, refuse, type Asked, type Reply } from "./http.ts";
import { columnsOf, limitOf, orderOf, SqlText, whereOf } from "./rest-query.ts";
import { restErrorOf } from "./rest-error.ts";

const id = pg.escapeIdentifier;
const Written = z.union([JsonObject, z.array(JsonObject)]);
const CountRow = z.object({ rows: z.string(), count: z.coerce.number(), total: z.coerce.number() });

export interface Rest {
  answer(asked: Asked, claims: Claims): Promise<Reply>;
}

export function createRest(database: Database, maxRows: number): Rest {
  const work = async (asked: Asked, sql: Sql): Promise<Reply> => {
    const path = asked.url.pathname.replace("/rest/v1/", "");
    if (path.startsWith("rpc/")) return callFunction(sql, asked, path.slice(4));
    if (asked.method === "GET" || asked.method === "HEAD") return select(sql, asked, path, maxRows);
    if (asked.method === "POST") return insert(sql, asked, path);
    if (asked.method === "PATCH") return update(sql, asked, path);
    if (asked.method === "DELETE") return remove(sql, asked, path);
    throw refuse(405, { code: "PGRST117", message: "Unsupported HTTP method", details: null });
  };
  return {
    async answer(asked, claims) {
      try {
        return await database.as(claims, (sql) => work(asked, sql));
      } catch (error) {
        throw restErrorOf(error, claims, asked);
      }
    },
  };
}

const prefers = (asked: Asked, what: string): boolean => header(asked, "prefer").includes(what);
const isOne = (asked: Asked): boolean => header(asked, "accept").includes("vnd.pgrst.object+json");

async function select(sql: Sql, asked: Asked, table: string, maxRows: number): Promise<Reply> {
  const query = asked.url.searchParams;
  const text = new SqlText();
  const from = `from public.${id(table)} ${whereOf(query, text)}`;
  const { text: limit, offset } = limitOf(query, maxRows);
  const isCounted = prefers(asked, "count=exact");
  const [row] = await sql(
    `select coalesce(json_agg(found), '[]')::text as rows, count(*) as count,
      ${isCounted ? `(select count(*) ${from})` : "0"} as total
    from (select ${columnsOf(query)} ${from} ${orderOf(query)} ${limit}) as found`,
    text.params,
  );
  const { rows, count, total } = CountRow.parse(row);
  const range = count === 0 ? "*" : `${offset}-${offset + count - 1}`;
  const headers = { "content-range": `${range}/${isCounted ? total : "*"}` };
  if (asked.method === "HEAD") return { status: 200, headers };
  return { status: 200, body: shaped(asked, rows), headers };
}

/** The rows as the text they are, or the only one of them. */
function shaped(asked: Asked, rows: string): Buffer {
  if (!isOne(asked)) return Buffer.from(rows);
  const found = z.array(z.unknown()).parse(JSON.parse(rows));
  if (found.length === 1) return Buffer.from(JSON.stringify(found[0]));
  throw refuse(406, {
    code: "PGRST116",
    details: `The result contains ${found.length} rows`,
    hint: null,
    message: "Cannot coerce the result to a single JSON object",
  });
}

async function insert(sql: Sql, asked: Asked, table: string): Promise<Reply> {
  const written = Written.parse(jsonOf(asked));
  const rows = Array.isArray(written) ? written : [written];
  const names = Object.keys(rows[0] ?? {});
  if (rows.some((row) => Object.keys(row).some((name) => !names.includes(name))))
    throw refuse(400, { code: "PGRST102", message: "All object keys must match", details: null });
  const columns = names.map(id).join(", ");
  const conflict = conflictOf(asked, names);
  return write(
    sql,
    asked,
    201,
    `insert into public.${id(table)} (${columns})
      select ${columns} from json_populate_recordset(null::public.${id(table)}, $1) ${conflict}`,
    [JSON.stringify(rows)],
  );
}

function conflictOf(asked: Asked, names: string[]): string {
  const target = asked.url.searchParams.get("on_conflict");
  const on = target === null ? "" : `(${target.split(",").map(id).join(", ")})`;
  if (prefers(asked, "resolution=ignore-duplicates")) return `on conflict ${on} do nothing`;
  if (!prefers(asked, "resolution=merge-duplicates")) return "";
  const sets = names.map((name) => `${id(name)} = excluded.${id(name)}`);
  return `on conflict ${on} do update set ${sets.join(", ")}`;
}

async function update(sql: Sql, asked: Asked, table: string): Promise<Reply> {
  const text = new SqlText();
  const given = JsonObject.parse(jsonOf(asked));
  const names = Object.keys(given).map(id);
  const from = text.value(JSON.stringify(given));
  const sets = names.map((name) => `${name} = given.${name}`);
  const where = whereOf(asked.url.searchParams, text).replaceAll(/"([a-z_]+)"/g, `t."$1"`);
  return write(
    sql,
    asked,
    204,
    `update public.${id(table)} as t set ${sets.join(", ")}
      from json_populate_record(null::public.${id(table)}, ${from}) as given ${where}`,
    text.params,
    "t.*",
  );
}

async function remove(sql: Sql, asked: Asked, table: string): Promise<Reply> {
  const text = new SqlText();
  const where = whereOf(asked.url.searchParams, text);
  return write(sql, asked, 204, `delete from public.${id(table)} ${where}`, text.params);
}

async function write(
  sql: Sql,
  asked: Asked,
  status: number,
  statement: string,
  params: unknown[],
  returned = "*",
): Promise<Reply> {
  if (!prefers(asked, "return=representation")) {
    await sql(statement, params);
    return { status };
  }
  const [row] = await sql(
    `with written as (${statement} returning ${returned})
      select coalesce(json_agg(found), '[]')::text as rows, count(*) as count, 0 as total
      from (select ${columnsOf(asked.url.searchParams)} from written) as found`,
    params,
  );
  const { rows } = CountRow.parse(row);
  return { status: status === 204 ? 200 : status, body: shaped(asked, rows) };
}

const Declared = z.object({
  returns: z.string(),
  is_set: z.boolean(),
  types: z.array(z.string()),
  names: z.array(z.string()),
});
const Result = z.object({ result: z.nullable(z.string()) });

async function callFunction(sql: Sql, asked: Asked, name: string): Promise<Reply> {
  const given =
    asked.method === "POST"
      ? JsonObject.parse(jsonOf(asked))
      : Object.fromEntries(asked.url.searchParams);
  const declared = await declarationOf(sql, name, Object.keys(given));
  const types = new Map(declared.names.map((each, at) => [each, declared.types[at] ?? "text"]));
  const args = Object.keys(given).map(
    (each, at) => `${id(each)} => $${at + 1}::${types.get(each)}`,
  );
  const values = Object.entries(given).map(([each, value]) =>
    /^jsonb?$/.test(types.get(each) ?? "") ? JSON.stringify(value) : value,
  );
  const call = `public.${id(name)}(${args.join(", ")})`;
  if (declared.returns === "void") {
    await sql(`select ${call}`, values);
    return { status: 204 };
  }
  const result = declared.is_set ? "coalesce(json_agg(called), '[]')" : "to_json(called)";
  const [row] = await sql(`select ${result}::text as result from ${call} as called`, values);
  return { status: 200, body: Buffer.from(Result.parse(row).result ?? "null") };
}

async function declarationOf(sql: Sql, name: string, given: string[]) {
  const rows = await sql(
    `select p.prorettype::regtype::text as returns, p.proretset as is_set,
      coalesce(p.proargnames, '{}') as names,
      array(select t::regtype::text from unnest(p.proargtypes) as t) as types
    from pg_proc as p where p.pronamespace = 'public'::regnamespace and p.proname = $1`,
    [name],
  );
  const found = z
    .array(Declared)
    .parse(rows)
    .find((each) => [...each.names].sort().join() === [...given].sort().join());
  if (found) return found;
  throw refuse(404, {
    code: "PGRST202",
    details: `Searched for the function public.${name}, but no matches were found in the schema cache.`,
    hint: null,
    message: `Could not find the function public.${name}(${given.join(", ")}) in the schema cache`,
  });
}
