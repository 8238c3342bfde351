// The address of a PostgREST request as SQL: filters, order and limits. What is not understood is
// refused by name, never passed over.
import pg from "pg";
import { RestError } from "./rest-error.ts";

const quote = pg.escapeIdentifier;

/** Values of a statement, numbered as they come. */
export class Values {
  readonly list: unknown[] = [];
  add(value: unknown): string {
    this.list.push(value);
    return `$${this.list.length}`;
  }
}

const notFilters = new Set(["select", "order", "limit", "offset", "on_conflict", "columns"]);
const comparisons: Record<string, string> = {
  eq: "=",
  neq: "<>",
  gt: ">",
  gte: ">=",
  lt: "<",
  lte: "<=",
  like: "like",
  ilike: "ilike",
};

const notBuilt = (what: string): RestError =>
  new RestError(400, "PGRST100", `This gateway does not know "${what}"`);

/** ` where …`, or nothing. */
export function whereOf(query: URLSearchParams, values: Values): string {
  const parts = [...query]
    .filter(([name]) => !notFilters.has(name))
    .map(([name, text]) => conditionOf(name, text, values));
  return parts.length === 0 ? "" : ` where ${parts.join(" and ")}`;
}

function conditionOf(name: string, text: string, values: Values): string {
  if (name === "or" || name === "and") return groupOf(name, text, values);
  const [, negated, operator = "", value = ""] =
    /^(not\.)?([a-z]+)\.(.*)$/s.exec(text) ?? notBuiltMatch(text);
  const condition = comparisonOf(quote(name), operator, value, values);
  return negated ? `not (${condition})` : condition;
}

function notBuiltMatch(text: string): never {
  throw notBuilt(text);
}

function comparisonOf(column: string, operator: string, value: string, values: Values): string {
  const symbol = comparisons[operator];
  if (symbol !== undefined) {
    const given = operator.endsWith("like") ? value.replaceAll("*", "%") : value;
    return `${column} ${symbol} ${values.add(given)}`;
  }
  if (operator === "is" && ["null", "true", "false"].includes(value))
    return `${column} is ${value}`;
  if (operator === "in") {
    const items = splitList(value.slice(1, -1)).map((item) => values.add(unquoted(item)));
    return items.length === 0 ? "false" : `${column} in (${items.join(", ")})`;
  }
  throw notBuilt(operator);
}

/** `(deleted_at.is.null,deleted_at.gte."2026-…")` */
function groupOf(word: "or" | "and", text: string, values: Values): string {
  const parts = splitList(text.slice(1, -1)).map((part) => {
    const nested = /^(or|and)(\(.*\))$/s.exec(part);
    if (nested) return groupOf(nested[1] as "or" | "and", nested[2]!, values);
    const [, name = "", rest = ""] = /^([^.]+)\.(.*)$/s.exec(part) ?? notBuiltMatch(part);
    const value = /^((?:not\.)?[a-z]+\.)(".*")$/s.exec(rest);
    return conditionOf(name, value ? value[1]! + unquoted(value[2]!) : rest, values);
  });
  return `(${parts.join(` ${word} `)})`;
}

/** At commas that stand neither in quotes nor in parentheses. */
export function splitList(text: string): string[] {
  if (text === "") return [];
  const items: string[] = [];
  let item = "";
  let depth = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at]!;
    if (sign === "\\" && isQuoted) {
      item += sign + (text[++at] ?? "");
      continue;
    }
    if (sign === '"') isQuoted = !isQuoted;
    if (!isQuoted && sign === "(") depth += 1;
    if (!isQuoted && sign === ")") depth -= 1;
    if (sign === "," && depth === 0 && !isQuoted) {
      items.push(item);
      item = "";
    } else item += sign;
  }
  return [...items, item];
}

export const unquoted = (text: string): string =>
  /^".*"$/s.test(text) ? text.slice(1, -1).replaceAll(/\\(.)/g, "$1") : text;

/** Columns of `select`, as they are written into the statement. */
export function columnsOf(query: URLSearchParams): string {
  const text = query.get("select") ?? "*";
  if (text.trim() === "*") return "*";
  return splitList(text)
    .map((name) => {
      if (!/^[a-z_][a-z0-9_]*$/i.test(name.trim())) throw notBuilt(`select=${name}`);
      return quote(name.trim());
    })
    .join(", ");
}

export function orderOf(query: URLSearchParams): string {
  const text = query.get("order");
  if (text === null) return "";
  const parts = text.split(",").map((part) => {
    const [name = "", ...words] = part.split(".");
    const bad = words.find((word) => !["asc", "desc", "nullsfirst", "nullslast"].includes(word));
    if (bad !== undefined) throw notBuilt(`order=${part}`);
    return [quote(name), ...words.map((word) => word.replace("nulls", "nulls "))].join(" ");
  });
  return ` order by ${parts.join(", ")}`;
}

/** PostgREST's `max_rows`, as supabase/config.toml has it. */
const maxRows = 1_000;

export function rangeOf(query: URLSearchParams): { limit: number; offset: number } {
  const read = (name: string, otherwise: number) => {
    const text = query.get(name);
    if (text !== null && !/^\d+$/.test(text)) throw notBuilt(`${name}=${text}`);
    return text === null ? otherwise : Number(text);
  };
  return { limit: Math.min(read("limit", maxRows), maxRows), offset: read("offset", 0) };
}
