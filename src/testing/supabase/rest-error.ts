// How PostgREST says no: PostgreSQL's own code with a status, or a code of PostgREST.
import type { Reply } from "./http.ts";

export class RestError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** By code or class of codes, the longest that fits (docs.postgrest.org, "Errors"). */
const statuses: [prefix: string, status: number][] = [
  ["08", 503],
  ["09", 500],
  ["0L", 403],
  ["0P", 403],
  ["23503", 409],
  ["23505", 409],
  ["25006", 405],
  ["25", 500],
  ["28", 403],
  ["2D", 500],
  ["38", 500],
  ["39", 500],
  ["3B", 500],
  ["40", 500],
  ["42883", 404],
  ["42P01", 404],
  ["42P17", 500],
  ["53400", 500],
  ["53", 503],
  ["54", 500],
  ["55", 500],
  ["57P01", 503],
  ["57", 500],
  ["58", 500],
  ["P0001", 400],
  ["P0", 500],
  ["XX", 500],
];

type DatabaseError = Error & { code?: string; detail?: string; hint?: string };

export function replyOfError(error: unknown, isSignedIn: boolean): Reply {
  if (error instanceof RestError) {
    const { status, code, message } = error;
    return { status, body: { code, details: null, hint: null, message } };
  }
  const { code, detail, hint, message } = error as DatabaseError;
  if (typeof code !== "string") throw error;
  const known = statuses.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 400;
  const status = code === "42501" ? (isSignedIn ? 403 : 401) : known;
  return { status, body: { code, details: detail ?? null, hint: hint ?? null, message } };
}
