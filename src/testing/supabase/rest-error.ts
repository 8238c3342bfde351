// What PostgREST makes of PostgreSQL's errors: the same codes, its own statuses.
import pg from "pg";
import type { Claims } from "./database.ts";
import { refuse, Refused, type Asked } from "./http.ts";

/** By the beginning of the code, the longest first. */
const statuses: [string, number][] = [
  ["42883", 404],
  ["42P01", 404],
  ["42P17", 500],
  ["23503", 409],
  ["23505", 409],
  ["25006", 405],
  ["21000", 500],
  ["53400", 500],
  ["57P01", 503],
  ["P0001", 400],
  ["08", 503],
  ["28", 403],
  ["53", 503],
  ["09", 500],
  ["25", 500],
  ["2D", 500],
  ["38", 500],
  ["39", 500],
  ["40", 500],
  ["54", 500],
  ["55", 500],
  ["57", 500],
  ["58", 500],
  ["P0", 500],
  ["XX", 500],
];

export function restErrorOf(error: unknown, claims: Claims, asked: Asked): unknown {
  if (error instanceof Refused || !(error instanceof pg.DatabaseError)) return error;
  const code = error.code ?? "XX000";
  const told = {
    code,
    details: error.detail ?? null,
    hint: error.hint ?? null,
    message: error.message,
  };
  if (code === "42501") {
    const isAnon = claims.role === "anon";
    return refuse(isAnon ? 401 : 403, told, isAnon ? { "www-authenticate": "Bearer" } : {});
  }
  if (code === "42P01") return refuse(404, { ...told, code: "PGRST205" });
  if (code === "42703" && asked.method !== "GET") return refuse(400, { ...told, code: "PGRST204" });
  return refuse(statuses.find(([start]) => code.startsWith(start))?.[1] ?? 400, told);
}
