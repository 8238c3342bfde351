import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../contract/errors.ts";
import { errorOfResponse, type Refusal } from "./error-of-response.ts";

const refusal = (status: number, body: unknown = "", rest: Partial<Refusal> = {}): Refusal => ({
  status,
  body: typeof body === "string" ? body : JSON.stringify(body),
  retryAfter: null,
  date: null,
  ...rest,
});
const postgrest = (code: string, message = "") => ({ code, message, details: null, hint: null });
const storage = (statusCode: string, message: string, error = "") => ({
  statusCode,
  error,
  message,
});

const table: [what: string, refusal: Refusal, code: ErrorCode, says: RegExp, retryable?: true][] = [
  ["a deletion", refusal(400, postgrest("AE002")), "conflict", /deleted meanwhile/, true],
  ["a hole", refusal(400, postgrest("AE001")), "conflict", /fewer steps/, true],
  ["no such table", refusal(404, postgrest("42P01")), "cloud_not_ready", /tables/],
  ["unknown to PostgREST", refusal(404, postgrest("PGRST205")), "cloud_not_ready", /tables/],
  ["no such function", refusal(404, postgrest("PGRST202")), "cloud_not_ready", /tables/],
  ["no such column", refusal(400, postgrest("42703")), "cloud_not_ready", /older ones/],
  ["a column it does not know", refusal(400, postgrest("PGRST204")), "cloud_not_ready", /older/],
  ["no bucket", refusal(400, storage("404", "Bucket not found")), "cloud_not_ready", /tables/],
  ["another server", refusal(404, "<h1>Not Found</h1>"), "cloud_not_ready", /no Supabase/],
  ["an expired token", refusal(401, postgrest("PGRST303")), "unauthorized", /sign-in/],
  ["a token of others", refusal(401, postgrest("PGRST301")), "unauthorized", /sign-in/],
  ["401 without a body", refusal(401), "unauthorized", /sign-in/],
  ["nobody signed in", refusal(401, postgrest("42501")), "unauthorized", /sign-in/],
  ["row-level security", refusal(403, postgrest("42501")), "refused", /does not let/],
  ["security of the storage", refusal(400, storage("403", "new row …")), "refused", /does not let/],
  [
    "an expired token at the storage",
    refusal(400, storage("403", '"exp" claim timestamp check failed', "Unauthorized")),
    "unauthorized",
    /sign-in/,
  ],
  [
    "an expired token at an older storage",
    refusal(400, storage("400", "jwt expired", "jwt expired")),
    "unauthorized",
    /sign-in/,
  ],
  ["there already", refusal(409, postgrest("23505")), "conflict", /has that already/],
  ["a full disk", refusal(500, postgrest("53100")), "quota_exceeded", /no room/],
  ["read-only since full", refusal(405, postgrest("25006")), "quota_exceeded", /no room/],
  ["a restricted project", refusal(402, { message: "…" }), "quota_exceeded", /no room/],
  ["507", refusal(507), "quota_exceeded", /no room/],
  ["a quota in words", refusal(400, { message: "Quota exceeded" }), "quota_exceeded", /no room/],
  ["413 of a proxy", refusal(413, "<html>"), "too_large", /at once/],
  ["413 of the storage", refusal(400, storage("413", "Payload too large")), "too_large", /at once/],
  ["too often", refusal(429), "rate_limited", /slow down/, true],
  ["a statement too slow", refusal(500, postgrest("57014")), "timeout", /too long/, true],
  ["a gateway's time-out", refusal(504, "<html>"), "timeout", /too long/, true],
  ["a paused project", refusal(540, "<html>"), "cloud_unreachable", /paused/, true],
  ["no database", refusal(503, postgrest("PGRST001")), "cloud_unreachable", /not well/, true],
  ["500 of a proxy", refusal(500, "oh"), "cloud_unreachable", /not well/, true],
  ["Cloudflare's own", refusal(521, "<html>"), "cloud_unreachable", /not well/, true],
  ["no such object", refusal(400, storage("404", "Object not found")), "not_found", /not have/],
  ["a wrong value", refusal(400, postgrest("22P02")), "bad_input", /did not take/],
  ["anything else", refusal(418, { message: 7 }), "bad_input", /did not take/],
  ["JSON that is no object", refusal(400, "null"), "bad_input", /did not take/],
];

describe("a refusal of the server", () => {
  it.each(table)("means one sentence and a way out: %s", (_, refusal, code, says, retryable) => {
    const error = errorOfResponse(refusal);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
    expect(error.retryable).toBe(retryable ?? false);
  });

  it("says how long to wait, in seconds or by the server's own clock", () => {
    const wait = (retryAfter: string | null, date: string | null = null) =>
      errorOfResponse(refusal(429, "", { retryAfter, date })).retryAfterMs;
    expect(wait("7")).toBe(7_000);
    expect(wait("Tue, 01 Dec 2026 10:00:30 GMT", "Tue, 01 Dec 2026 10:00:00 GMT")).toBe(30_000);
    expect(wait("999999999")).toBe(3_600_000);
    for (const wrong of [null, "soon", "-3", "Tue, 01 Dec 2026 10:00:30 GMT"]) {
      expect(wait(wrong), String(wrong)).toBeUndefined();
    }
    expect(errorOfResponse(refusal(503, "", { retryAfter: "2" })).retryAfterMs).toBe(2_000);
  });

  it("tells nothing of what the server wrote", () => {
    const body = postgrest("23514", "violates check; detail: (secret)");
    expect(JSON.stringify(errorOfResponse(refusal(400, body)).toData())).not.toContain("secret");
  });
});
