// PostgREST's address language, as far as the mirror and its tests speak it, as SQL. What it does not
// know it refuses in PostgREST's way instead of guessing.
import pg from "pg";
import { refuse } from "./http.ts";

const id = pg.escapeIdentifier;
const comparisons = new Map([
  ["eq", "="],
  ["neq", "<>"],
  ["gt", ">"],
  ["gte", ">="],
  ["lt", "<"],
  ["lte", "<="],
  ["like", "like"],
  ["ilike", "ilike"],
]);
const notFilters = new Set(["select", "order", "limit", "offset", "columns", "on_conflict"]);

/** Values go as parameters, names are quoted. */
export class SqlText {
  readonly params: unknown[] = [];
  value(value: unknown): string {
    this.params.push(value);
    return `$${this.params.length}`;
  }
}

export function columnsOf(query: URLSearchParams): string {
  const select = query.get("select") ?? "*";
  if (select === "*" || select === "") return "*";
  return select.split(",").map(columnName).join(", ");
}

function columnName(name: string): string {
  if (!/^[a-z_][a-z0-9_]*$/.test(name)) throw notUnderstood(`select=${name}`);
  return id(name);
}

export function whereOf(query: URLSearchParams, sql: SqlText): string {
  const conditions: string[] = [];
  for (const [name, value] of query) {
    if (notFilters.has(name)) continue;
    if (name === "or" || name === "and") conditions.push(groupOf(name, value, sql));
    else conditions.push(conditionOf(name, value, sql));
  }
  return conditions.length === 0 ? "" : `where ${conditions.join(" and ")}`;
}

function groupOf(joint: string, value: string, sql: SqlText): string {
  if (!/^\(.*\)$/s.test(value)) throw notUnderstood(value);
  const parts = split(value.slice(1, -1)).map((part) => {
    const nested = /^(or|and)(\(.*\))$/s.exec(part);
    if (nested) return groupOf(nested[1]!, nested[2]!, sql);
    const at = part.indexOf(".");
    return conditionOf(part.slice(0, at), part.slice(at + 1), sql);
  });
  return `(${parts.join(` ${joint} `)})`;
}

function conditionOf(column: string, filter: string, sql: SqlText): string {
  if (filter.startsWith("not.")) return `not (${conditionOf(column, filter.slice(4), sql)})`;
  const at = filter.indexOf(".");
  const [operator, value] = [filter.slice(0, at), filter.slice(at + 1)];
  const name = columnName(column);
  if (operator === "is") {
    if (!/^(null|true|false|unknown)$/.test(value)) throw notUnderstood(filter);
    return `${name} is ${value}`;
  }
  if (operator === "in") {
    if (!/^\(.*\)$/s.test(value)) throw notUnderstood(filter);
    return `${name} = any (${sql.value(split(value.slice(1, -1)).map(unquoted))})`;
  }
  const comparison = comparisons.get(operator);
  if (comparison === undefined) throw notUnderstood(filter);
  const pattern = comparison.endsWith("like") ? value.replaceAll("*", "%") : value;
  return `${name} ${comparison} ${sql.value(unquoted(pattern))}`;
}

/** At commas outside of quotes and brackets. */
function split(list: string): string[] {
  if (list === "") return [];
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < list.length; at += 1) {
    const char = list[at]!;
    if (isQuoted && char === "\\") {
      parts[parts.length - 1] += char + (list[++at] ?? "");
      continue;
    }
    if (char === '"') isQuoted = !isQuoted;
    if (!isQuoted && char === "(") depth += 1;
    if (!isQuoted && char === ")") depth -= 1;
    if (char === "," && !isQuoted && depth === 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts;
}

const unquoted = (value: string): string =>
  /^".*"$/s.test(value) ? value.slice(1, -1).replaceAll(/\\(.)/gs, "$1") : value;

export function orderOf(query: URLSearchParams): string {
  const order = query.get("order");
  if (order === null || order === "") return "";
  const parts = order.split(",").map((part) => {
    const [name = "", ...words] = part.split(".");
    const said = words.map((word) => {
      if (!/^(asc|desc|nullsfirst|nullslast)$/.test(word)) throw notUnderstood(part);
      return word.replace("nulls", "nulls ");
    });
    return [columnName(name), ...said].join(" ");
  });
  return `order by ${parts.join(", ")}`;
}

/** Never more than `maxRows`, whatever is asked for. */
export function limitOf(query: URLSearchParams, maxRows: number): { text: string; offset: number } {
  const limit = Math.min(Number(query.get("limit") ?? maxRows), maxRows);
  const offset = Number(query.get("offset") ?? 0);
  if (!Number.isInteger(limit) || !Number.isInteger(offset) || limit < 0 || offset < 0)
    throw notUnderstood("limit");
  return { text: `limit ${limit} offset ${offset}`, offset };
}

export const notUnderstood = (what: string) =>
  refuse(400, {
    code: "PGRST100",
    message: `"failed to parse (${what})"`,
    details: "The gateway of the tests does not know this.",
    hint: null,
  });
