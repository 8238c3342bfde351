// What a server's refusal means to a person: one sentence, one way out. Reads PostgREST's and the
// storage's answers by status, code and headers; the server's own words never become the sentence.
import { AetheriaError, type ErrorCode } from "../contract/errors.ts";
import { parseJson } from "./parse-json.ts";

/** What counts of a response that is not ok. */
export type Refusal = {
  status: number;
  /** The seconds or the date of `Retry-After`, as it was sent. */
  retryAfter: string | null;
  body: string;
  /** The server's clock, of `Date`, for a date in `retryAfter`. */
  date: string | null;
};

type Meaning = { code: ErrorCode; message: string; hint: string; retryable?: boolean };

const notReady: Meaning = {
  code: "cloud_not_ready",
  message:
    "The server does not have the mirror's tables, or has older ones than this version needs.",
  hint: "Run the migrations in supabase/migrations on it (npx supabase db push), then try again.",
};
const notSupabase: Meaning = {
  code: "cloud_not_ready",
  message: "There is no Supabase at the address of the mirror.",
  hint: "Check the project's address in Connections → Mirror.",
};
const signedOut: Meaning = {
  code: "unauthorized",
  message: "The server no longer accepts this device's sign-in.",
  hint: "Sign in to the mirror again. Nothing on this device is lost.",
};
const refused: Meaning = {
  code: "refused",
  message: "The server does not let this account do that.",
  hint: "Check that you are signed in with the account that owns the mirror, and that this device was not revoked.",
};
const hole: Meaning = {
  code: "conflict",
  message: "The server has fewer steps of a session than this device thought.",
  hint: "The mirror goes on from what the server has.",
  retryable: true,
};
const late: Meaning = {
  code: "conflict",
  message: "The server's copy of a session was deleted meanwhile.",
  hint: "The mirror goes on from what the server has.",
  retryable: true,
};
const there: Meaning = {
  code: "conflict",
  message: "The server has that already.",
  hint: "Read what is there before writing it again.",
};
const full: Meaning = {
  code: "quota_exceeded",
  message: "The server has no room left for this account's mirror.",
  hint: "Delete mirrored sessions, or give the project more room. What is on your computer goes on as before.",
};
const tooLarge: Meaning = {
  code: "too_large",
  message: "The server does not take something as large as that at once.",
  hint: "Raise the limits of the project, or leave this session out of the mirror.",
};
const tooOften: Meaning = {
  code: "rate_limited",
  message: "The server asks this device to slow down.",
  hint: "The mirror goes on by itself in a moment.",
  retryable: true,
};
const tooSlow: Meaning = {
  code: "timeout",
  message: "The server took too long to answer.",
  hint: "The mirror tries again by itself.",
  retryable: true,
};
const paused: Meaning = {
  code: "cloud_unreachable",
  message: "This Supabase project is paused.",
  hint: "Restore it in Supabase's dashboard; the mirror goes on by itself.",
  retryable: true,
};
const down: Meaning = {
  code: "cloud_unreachable",
  message: "The server of the mirror is not well at the moment.",
  hint: "Nothing is to be done here: the mirror tries again by itself.",
  retryable: true,
};
const missing: Meaning = {
  code: "not_found",
  message: "The server does not have that.",
  hint: "It may have been deleted, or is not there yet.",
};
const notTaken: Meaning = {
  code: "bad_input",
  message: "The server did not take what this device sent.",
  hint: "Bring Aetheria and the server's migrations up to date.",
};

/** By PostgREST's, PostgreSQL's and the mirror's own codes. */
const byCode = new Map<string, Meaning>([
  ["AE001", hole],
  ["AE002", late],
  ...of(
    notReady,
    "42P01 42703 42704 42883 3F000 PGRST106 PGRST200 PGRST202 PGRST203 PGRST204 PGRST205",
  ),
  ...of(signedOut, "PGRST301 PGRST302 PGRST303 28000 28P01"),
  ...of(refused, "42501"),
  ...of(there, "23505"),
  ...of(full, "53100 53400 25006 54000"),
  ...of(tooSlow, "57014 55P03"),
  ...of(down, "PGRST000 PGRST001 PGRST002 PGRST003 53300 57P01 57P02 57P03 40001 40P01"),
  ...of(notTaken, "22001 22P02 22003 22023 23502 23503 23514 PGRST102"),
]);

const byStatus = new Map<number, Meaning>([
  [400, notTaken],
  [401, signedOut],
  [402, full],
  [403, refused],
  [404, missing],
  [406, notTaken],
  [408, tooSlow],
  [409, there],
  [413, tooLarge],
  [429, tooOften],
  [504, tooSlow],
  [507, full],
  [540, paused],
]);

export function errorOfResponse(refusal: Refusal): AetheriaError {
  const meaning = meaningOf(refusal);
  const retryAfterMs = waitOf(refusal);
  return new AetheriaError(meaning.code, meaning.message, {
    hint: meaning.hint,
    retryable: meaning.retryable ?? false,
    ...(retryAfterMs !== undefined && meaning.retryable ? { retryAfterMs } : {}),
  });
}

function meaningOf({ status, body }: Refusal): Meaning {
  const told = toldBy(body);
  const known = byCode.get(told.code);
  // Nobody is signed in where PostgREST adds 401 to what row-level security says.
  if (known === refused && status === 401) return signedOut;
  if (known !== undefined) return known;
  if (/bucket not found/i.test(told.message)) return notReady;
  if (status !== 413 && /quota|out of (disk )?space|storage limit/i.test(told.message)) return full;
  // The storage says "forbidden" of an expired token, in one way or the other.
  if (/jwt expired|"exp" claim/i.test(told.message)) return signedOut;
  // The storage answers 400 and puts what it means into the body.
  const statusTold = /^[45]\d\d$/.test(told.statusCode) ? Number(told.statusCode) : status;
  if (statusTold === 404 && told.code === "" && told.statusCode === "") return notSupabase;
  if (statusTold >= 500) return byStatus.get(statusTold) ?? down;
  return byStatus.get(statusTold) ?? notTaken;
}

function toldBy(body: string): { code: string; message: string; statusCode: string } {
  const said = parseJson(body);
  const read = (name: string): string => {
    const value = typeof said === "object" && said !== null ? Reflect.get(said, name) : undefined;
    return typeof value === "string" || typeof value === "number" ? String(value) : "";
  };
  return { code: read("code"), message: read("message"), statusCode: read("statusCode") };
}

const longestWaitMs = 60 * 60_000;

function waitOf({ retryAfter, date }: Refusal): number | undefined {
  if (retryAfter === null) return undefined;
  const seconds = Number(retryAfter);
  const waitMs = Number.isFinite(seconds)
    ? seconds * 1_000
    : Date.parse(retryAfter) - Date.parse(date ?? "");
  return Number.isFinite(waitMs) && waitMs >= 0 ? Math.min(waitMs, longestWaitMs) : undefined;
}

function of(meaning: Meaning, codes: string): [string, Meaning][] {
  return codes.split(" ").map((code) => [code, meaning]);
}
