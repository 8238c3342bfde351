// Which changes a subscription of Realtime asked for.
import * as z from "zod/mini";

export const Listen = z.looseObject({
  event: z.enum(["INSERT", "UPDATE", "DELETE", "*"]),
  schema: z.optional(z.string()),
  table: z.optional(z.string()),
  filter: z.optional(z.string()),
});
export type Listen = z.infer<typeof Listen>;

type Row = Record<string, unknown>;

export function isHeard(
  listen: Listen,
  change: { table: string; type: string; row: Row },
): boolean {
  if (listen.event !== "*" && listen.event !== change.type) return false;
  if (listen.table !== undefined && listen.table !== "*" && listen.table !== change.table)
    return false;
  return listen.filter === undefined || listen.filter === "" || passes(listen.filter, change.row);
}

export const columnOf = (filter: string): string => filter.slice(0, filter.indexOf("="));

/** `column=operator.value`, as Realtime has it. */
function passes(filter: string, row: Row): boolean {
  const [, column = "", operator = "", value = ""] =
    /^([a-z_]+)=([a-z]+)\.(.*)$/s.exec(filter) ?? [];
  const has = row[column];
  if (has === null || has === undefined) return false;
  const [is, wanted] = typeof has === "number" ? [has, Number(value)] : [String(has), value];
  switch (operator) {
    case "eq":
      return is === wanted;
    case "neq":
      return is !== wanted;
    case "lt":
      return is < wanted;
    case "lte":
      return is <= wanted;
    case "gt":
      return is > wanted;
    case "gte":
      return is >= wanted;
    case "in":
      return value
        .replace(/^\(|\)$/g, "")
        .split(",")
        .includes(String(has));
    default:
      return false;
  }
}
