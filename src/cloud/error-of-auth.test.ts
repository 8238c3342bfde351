import { describe, expect, it } from "vitest";
import type { ErrorCode } from "../contract/errors.ts";
import { errorOfAuth, type AuthProblem } from "./error-of-auth.ts";

const api = (code: string | undefined, status = 400, message = ""): AuthProblem => ({
  name: "AuthApiError",
  message,
  status,
  code,
});
const own = (name: string, status = 400): AuthProblem => ({ name, message: "", status });

const table: [what: string, problem: AuthProblem, code: ErrorCode, says: RegExp][] = [
  ["a wrong password", api("invalid_credentials"), "unauthorized", /do not belong together/],
  [
    "the same, of an older server",
    api(undefined, 400, "Invalid login credentials"),
    "unauthorized",
    /together/,
  ],
  ["not confirmed", api("email_not_confirmed"), "unauthorized", /not confirmed/],
  ["a weak password", own("AuthWeakPasswordError", 422), "bad_input", /stronger/],
  ["there already", api("user_already_exists", 422), "conflict", /already/],
  ["an old link", api("otp_expired", 403), "expired", /link has expired/],
  ["an old sign-in", api("flow_state_expired"), "expired", /not begun on this device/],
  ["begun elsewhere", own("AuthPKCECodeVerifierMissingError"), "expired", /not begun on this/],
  ["a wrong verifier", api("bad_code_verifier"), "expired", /not begun on this device/],
  ["not allowed there", api("access_denied"), "cancelled", /not allowed/],
  ["too many tries", api("over_request_rate_limit", 429), "rate_limited", /too many tries/],
  ["too many e-mails", api("over_email_send_rate_limit", 429), "rate_limited", /e-mails/],
  ["429 without a code", api(undefined, 429), "rate_limited", /slow down/],
  ["no sign-up", api("signup_disabled", 422), "refused", /does not offer/],
  [
    "no such provider",
    api("validation_failed", 400, "Unsupported provider: provider is not enabled"),
    "refused",
    /does not offer/,
  ],
  ["no address", api("email_address_invalid"), "bad_input", /e-mail address/],
  [
    "no address, in words",
    api("validation_failed", 422, "Unable to validate email address: invalid format"),
    "bad_input",
    /e-mail address/,
  ],
  ["a locked account", api("user_banned"), "refused", /locked/],
  ["signed out elsewhere", own("AuthSessionMissingError"), "unauthorized", /signed out/],
  ["a token used twice", api("refresh_token_already_used"), "unauthorized", /signed out/],
  ["no network", own("AuthRetryableFetchError", 0), "cloud_unreachable", /not well/],
  ["a paused project", own("AuthRetryableFetchError", 540), "cloud_unreachable", /paused/],
  ["a broken server", own("AuthUnknownError", 500), "cloud_unreachable", /not well/],
];

describe("a refused sign-in", () => {
  it.each(table)("means one sentence and a way out: %s", (_, problem, code, says) => {
    const error = errorOfAuth(problem);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    expect(error.hint).toMatch(/^[A-Z].*\.$/);
  });
});
