// The fetch that supabase-js is given: a time limit, the server's refusals as AetheriaErrors, and
// nothing asked in nobody's name. supabase-js keeps only the message of what a fetch throws, so an
// AetheriaError travels inside the message (`carried`) and is taken out on the other side (`taken`).
import { AetheriaError, ErrorData } from "../contract/errors.ts";
import { errorOfResponse } from "./error-of-response.ts";
import { parseJson } from "./parse-json.ts";

type Fetch = typeof fetch;

const requestTimeoutMs = 60_000;
/** Not to be guessed: a server must not be able to write a sentence of ours. */
const mark = `${crypto.getRandomValues(new Uint32Array(4)).join("-")}:`;

export function createCloudFetch(given: Fetch, anonKey: string): Fetch {
  // Why nobody has a token: the last refresh that failed for reasons of the network.
  let lastRefresh: AetheriaError | null = null;

  async function ask(input: Parameters<Fetch>[0], init: RequestInit = {}): Promise<Response> {
    const limit = AbortSignal.timeout(requestTimeoutMs);
    const signal = init.signal ? AbortSignal.any([init.signal, limit]) : limit;
    try {
      return await given(input, { ...init, signal });
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw errorOfThrown(error);
    }
  }

  async function askAuth(url: string, input: Parameters<Fetch>[0], init?: RequestInit) {
    const isRefresh = url.includes("grant_type=refresh_token");
    try {
      const response = await ask(input, init);
      const answer = await asSession(response, isRefresh);
      lastRefresh = null;
      return answer;
    } catch (error) {
      if (isRefresh && error instanceof AetheriaError) lastRefresh = error;
      throw error;
    }
  }

  async function askData(input: Parameters<Fetch>[0], init?: RequestInit): Promise<Response> {
    const bearer = new Headers(init?.headers).get("Authorization");
    if (bearer === null || bearer === `Bearer ${anonKey}`) throw lastRefresh ?? nobody();
    const response = await ask(input, init);
    if (response.ok) return response;
    throw errorOfResponse({
      status: response.status,
      retryAfter: response.headers.get("Retry-After"),
      date: response.headers.get("Date"),
      body: await response.text(),
    });
  }

  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    try {
      return url.includes("/auth/v1/")
        ? await askAuth(url, input, init)
        : await askData(input, init);
    } catch (error) {
      throw error instanceof AetheriaError ? carried(error) : error;
    }
  };
}

/** The answer with the session in it, without the server's time of expiry: auth-js compares that with
 * this device's clock, which may be a day off, and reckons with `expires_in` when it is missing. */
async function asSession(response: Response, isRefresh: boolean): Promise<Response> {
  // Only these say that the session is over. Anything else would sign the device out for nothing.
  const isVerdict = response.ok || [400, 401, 403, 404, 422].includes(response.status);
  const text = await response.text();
  const told = parseJson(text);
  const isForeign = told === undefined && (isRefresh || text !== "");
  if (isForeign || (isRefresh && !isVerdict)) {
    throw errorOfResponse({
      status: response.ok ? 502 : response.status,
      retryAfter: response.headers.get("Retry-After"),
      date: response.headers.get("Date"),
      body: text,
    });
  }
  const { status, statusText, headers } = response;
  const body = status === 204 ? null : withoutExpiry(text, told);
  return new Response(body, { status, statusText, headers: plain(headers) });
}

function withoutExpiry(text: string, told: unknown): string {
  if (typeof told !== "object" || told === null || !("expires_in" in told)) return text;
  return JSON.stringify({ ...told, expires_at: undefined });
}

/** Without what described the body on its way. */
function plain(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of ["content-length", "content-encoding", "transfer-encoding"]) kept.delete(name);
  return kept;
}

export function errorOfThrown(error: unknown): unknown {
  if (error instanceof AetheriaError) return error;
  const name = error instanceof Error ? error.name : "";
  if (name === "AbortError") return error;
  if (name === "TimeoutError")
    return new AetheriaError("timeout", "The server of the mirror did not answer in time.", {
      hint: "The mirror tries again by itself.",
      retryable: true,
      cause: error,
    });
  return new AetheriaError("cloud_unreachable", "The server of the mirror cannot be reached.", {
    hint: "Check the connection and the project's address in Connections → Mirror. The mirror tries again by itself.",
    retryable: true,
    cause: error,
  });
}

export const nobody = (): AetheriaError =>
  new AetheriaError("unauthorized", "Nobody is signed in to the mirror on this device.", {
    hint: "Sign in again. Nothing on this device is lost.",
  });

const carried = (error: AetheriaError): Error =>
  new Error(mark + JSON.stringify(error.toData()) + mark, { cause: error });

/** The AetheriaError in what a library made of it. null: there is none. */
export function taken(message: string): AetheriaError | null {
  const [, text] = message.split(mark);
  const data = text === undefined ? undefined : ErrorData.safeParse(parseJson(text));
  return data?.success ? AetheriaError.fromData(data.data) : null;
}
