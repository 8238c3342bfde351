// What a refused sign-in means to a person: one sentence, one way out, by the codes of Supabase Auth.
import { AetheriaError, type ErrorCode } from "../contract/errors.ts";
import { taken } from "./cloud-fetch.ts";
import { errorOfResponse } from "./error-of-response.ts";

/** What counts of auth-js's AuthError. */
export type AuthProblem = {
  name: string;
  message: string;
  status?: number | undefined;
  code?: string | undefined;
};

type Meaning = readonly [code: ErrorCode, message: string, hint: string];

const signedOut: Meaning = [
  "unauthorized",
  "This device is signed out of the mirror.",
  "Sign in again. Nothing on this device is lost.",
];
const expired: Meaning = [
  "expired",
  "That link has expired or was used already.",
  "Ask for a new one, and open it on this device within the hour.",
];
const elsewhere: Meaning = [
  "expired",
  "That sign-in was not begun on this device, or was finished already.",
  "Begin again here, and open the link with the same browser or app.",
];
const tooOften: Meaning = [
  "rate_limited",
  "There were too many tries in a short time.",
  "Wait a minute, then try again.",
];
const tooManyMessages: Meaning = [
  "rate_limited",
  "The server has sent as many e-mails as it may for now.",
  "Look into your inbox and the spam folder, or wait an hour and try again.",
];
const closed: Meaning = [
  "refused",
  "This server does not offer that way of signing in.",
  "Choose another way, or switch it on in Supabase: Authentication → Sign In / Providers.",
];
const notAnAddress: Meaning = [
  "bad_input",
  "The server does not take that e-mail address.",
  "Check it for typing mistakes.",
];

const byCode = new Map<string, Meaning>([
  [
    "invalid_credentials",
    [
      "unauthorized",
      "That e-mail address and password do not belong together.",
      "Check both, or sign in by a link that the server sends you.",
    ],
  ],
  [
    "email_not_confirmed",
    [
      "unauthorized",
      "This e-mail address is not confirmed yet.",
      "Open the link in the message that was sent to it; look into the spam folder too.",
    ],
  ],
  [
    "weak_password",
    [
      "bad_input",
      "The server wants a stronger password.",
      "Make it longer, with capitals, digits and signs, and do not reuse one.",
    ],
  ],
  ...of(
    [
      "conflict",
      "There is an account with that e-mail address already.",
      "Sign in instead, or use another address.",
    ],
    "user_already_exists email_exists",
  ),
  ...of(signedOut, "session_not_found session_expired refresh_token_not_found"),
  ...of(signedOut, "refresh_token_already_used bad_jwt no_authorization user_not_found"),
  ...of(expired, "otp_expired"),
  ...of(elsewhere, "flow_state_expired flow_state_not_found bad_code_verifier bad_oauth_state"),
  ...of(elsewhere, "pkce_code_verifier_not_found bad_oauth_callback"),
  ...of(tooOften, "over_request_rate_limit"),
  ...of(tooManyMessages, "over_email_send_rate_limit over_sms_send_rate_limit"),
  ...of(
    closed,
    "signup_disabled email_provider_disabled provider_disabled oauth_provider_not_supported",
  ),
  ...of(closed, "otp_disabled captcha_failed email_address_not_authorized"),
  ...of(notAnAddress, "email_address_invalid"),
  [
    "user_banned",
    ["refused", "This account is locked on the server.", "Ask whoever runs the server."],
  ],
  [
    "access_denied",
    ["cancelled", "The sign-in was not allowed on the other page.", "Begin again if you want to."],
  ],
]);

/** By auth-js's own names, for what it finds out before it asks the server. */
const byName = new Map<string, Meaning>([
  ["AuthSessionMissingError", signedOut],
  ["AuthPKCECodeVerifierMissingError", elsewhere],
  ["AuthPKCEGrantCodeExchangeError", elsewhere],
  ["AuthRefreshDiscardedError", signedOut],
  ["AuthInvalidJwtError", signedOut],
  ["AuthWeakPasswordError", byCode.get("weak_password")!],
]);

export function errorOfAuth(problem: AuthProblem): AetheriaError {
  const known = taken(problem.message);
  if (known !== null) return known;
  const meaning = byCode.get(problem.code ?? "") ?? byName.get(problem.name) ?? byWords(problem);
  if (meaning === null) return byStatus(problem);
  const [code, message, hint] = meaning;
  return new AetheriaError(code, message, { hint, retryable: code === "rate_limited" });
}

/** Why a sign-in was not renewed: the network's reasons, or it is over. */
export function errorOfRefresh(problem: AuthProblem): AetheriaError {
  if (problem.name === "AuthRetryableFetchError") return errorOfAuth(problem);
  const [code, message, hint] = signedOut;
  return taken(problem.message) ?? new AetheriaError(code, message, { hint });
}

/** Where an older server gives no code. */
function byWords({ message }: AuthProblem): Meaning | null {
  if (/provider is not enabled|signups? not allowed|disabled/i.test(message)) return closed;
  if (/invalid login credentials/i.test(message)) return byCode.get("invalid_credentials") ?? null;
  if (/email not confirmed/i.test(message)) return byCode.get("email_not_confirmed") ?? null;
  if (/validate email|invalid (email|format)/i.test(message)) return notAnAddress;
  return null;
}

function byStatus({ status }: AuthProblem): AetheriaError {
  const refusal = { retryAfter: null, date: null, body: "{}" };
  if (status === undefined || status === 0) return errorOfResponse({ ...refusal, status: 503 });
  return errorOfResponse({ ...refusal, status });
}

function of(meaning: Meaning, codes: string): [string, Meaning][] {
  return codes.split(" ").map((code) => [code, meaning]);
}
