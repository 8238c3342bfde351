// Which changes a channel asked for: table, kind, and conditions such as `user_id=eq.…`.
import type { Table } from "./catalog.ts";
import type { Change } from "./changes.ts";
import { splitList, unquoted } from "./rest-query.ts";

export type Wish = {
  id: number;
  asked: { event: string; schema?: string; table?: string; filter?: string };
  filter: Condition[];
};
export type Condition = { column: string; isMet(value: unknown): boolean };

const asNumber = (text: string): number => (text.trim() === "" ? NaN : Number(text));

/** Numbers by size, everything else as text. */
function compare(value: unknown, given: string): number {
  const [one, other] = [asNumber(String(value)), asNumber(given)];
  if (Number.isFinite(one) && Number.isFinite(other)) return one - other;
  const text = String(value);
  return text < given ? -1 : text > given ? 1 : 0;
}

const operators: Record<string, (value: unknown, given: string) => boolean> = {
  eq: (value, given) => String(value) === given,
  neq: (value, given) => String(value) !== given,
  lt: (value, given) => compare(value, given) < 0,
  lte: (value, given) => compare(value, given) <= 0,
  gt: (value, given) => compare(value, given) > 0,
  gte: (value, given) => compare(value, given) >= 0,
  in: (value, given) =>
    splitList(given.replace(/^\(|\)$/g, ""))
      .map(unquoted)
      .includes(String(value)),
};

/** null: it names a column or an operator that is not there. */
export function parseFilter(filter: string | undefined, table: Table): Condition[] | null {
  const conditions = splitList(filter ?? "").map((part): Condition | null => {
    const [, column = "", operator = "", given = ""] = /^(\w+)=(\w+)\.(.*)$/s.exec(part) ?? [];
    const holds = operators[operator];
    if (holds === undefined || !table.columns.some((one) => one.name === column)) return null;
    const value = operator === "in" ? given : unquoted(given);
    return { column, isMet: (one) => one !== null && one !== undefined && holds(one, value) };
  });
  return conditions.every((one) => one !== null) ? conditions : null;
}

/** Deletions cannot be filtered. */
export function isWanted({ asked, filter }: Wish, { data }: Change): boolean {
  if (asked.table !== data.table) return false;
  if (asked.event !== "*" && asked.event !== data.type) return false;
  const { record } = data;
  return record === undefined || filter.every(({ column, isMet }) => isMet(record[column]));
}
