// Where an answer sends a request next, and what may go along. Follows the fetch standard, stricter
// in two things: every secret-looking header stays behind when the origin changes, and a body never
// goes to a host it was not meant for.
import { AetheriaError } from "../../contract/errors.ts";

export type Step = {
  url: URL;
  method: string;
  headers: Headers;
  /** What can be sent again; a stream cannot. */
  body: string | Uint8Array<ArrayBuffer> | ReadableStream | URLSearchParams | Blob | null;
};

export const maxRedirects = 10;

const redirectStatuses: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** null: not a redirect, and the answer is the caller's. Otherwise its body is dropped; throws when
 * it cannot or must not be followed. */
export async function nextStep(step: Step, answer: Response): Promise<Step | null> {
  const location = answer.headers.get("location");
  if (!redirectStatuses.has(answer.status) || location === null) return null;
  await answer.body?.cancel();
  return redirectOf(step, answer.status, location);
}

export function redirectOf(step: Step, status: number, location: string): Step {
  if (!URL.canParse(location, step.url.href))
    throw new AetheriaError(
      "bad_input",
      `${step.url.host} redirects to an address nobody can read.`,
    );
  const url = new URL(location, step.url.href);
  if (url.hash === "") url.hash = step.url.hash;
  const sameOrigin = url.origin === step.url.origin;
  const headers = sameOrigin ? new Headers(step.headers) : withoutSecrets(step.headers);
  if (becomesGet(step.method, status)) {
    for (const name of bodyHeaders) headers.delete(name);
    return { url, method: "GET", headers, body: null };
  }
  if (step.body !== null && !sameOrigin) throw bodyGoesElsewhere(step.url, url);
  if (step.body instanceof ReadableStream) throw bodyIsGone(step.url);
  return { ...step, url, headers };
}

export function tooManyRedirects(url: URL): AetheriaError {
  return new AetheriaError("host_blocked", `${url.host} redirects in circles.`, {
    hint: "Open the address in a browser to see where it leads.",
  });
}

const bodyHeaders = ["content-type", "content-length", "content-encoding", "content-language"];
const secretHeader = /cookie|auth|token|secret|api-?key|session/i;

function withoutSecrets(headers: Headers): Headers {
  return new Headers([...headers].filter(([name]) => !secretHeader.test(name)));
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== "GET" && method !== "HEAD";
  return (status === 301 || status === 302) && method === "POST";
}

function bodyGoesElsewhere(from: URL, to: URL): AetheriaError {
  const message = `${from.host} wants what was sent to go to ${to.host} instead; nothing was sent there.`;
  return new AetheriaError("host_blocked", message, {
    hint: "If that is right, use the other address directly.",
  });
}

function bodyIsGone(from: URL): AetheriaError {
  return new AetheriaError("bad_input", `${from.host} wants the upload again at another address.`, {
    hint: "Use the final address directly.",
  });
}
