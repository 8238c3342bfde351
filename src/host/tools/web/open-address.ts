// Gets one address, following redirects only within the same site: another host is another decision
// of the permission policy, so it is named instead of visited.
import { AetheriaError } from "../../../contract/errors.ts";
import { answerProblem } from "./web-problem.ts";

export type Fetch = typeof globalThis.fetch;
export type Opened = { url: URL; response: Response } | { movedTo: URL };

const maxRedirects = 10;
const headers = {
  accept: "text/html,application/xhtml+xml,text/markdown,text/plain,application/json,*/*;q=0.8",
  "user-agent": "Mozilla/5.0 (compatible; Aetheria)",
};

export async function openAddress(fetch: Fetch, start: URL, signal: AbortSignal): Promise<Opened> {
  let url = start;
  for (let hops = 0; hops <= maxRedirects; hops += 1) {
    const response = await fetch(url, { headers, signal, redirect: "manual" });
    const next = redirectTarget(response, url);
    if (next === null) {
      if (response.ok) return { url, response };
      await response.body?.cancel();
      throw answerProblem(url.host, response);
    }
    await response.body?.cancel();
    if (!isSameSite(url, next)) return { movedTo: next };
    url = next;
  }
  throw new AetheriaError("refused", `${start.host} redirects in circles.`, {
    hint: "Open the address in a browser to see where it leads.",
  });
}

/** Reads `example.com/x` as https; refuses secrets in the address and other schemes. */
export function parseAddress(text: string): URL {
  const trimmed = text.trim();
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) ? trimmed : `https://${trimmed}`;
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new AetheriaError(
      "bad_input",
      "url must be a web address that starts with http or https.",
    );
  if (url.username !== "" || url.password !== "")
    throw new AetheriaError("bad_input", "url must not hold a user name or a password.");
  return url;
}

function redirectTarget(response: Response, from: URL): URL | null {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status > 399 || location === null) return null;
  if (!URL.canParse(location, from.href)) return null;
  return new URL(location, from.href);
}

/** The same host, `www.` or not, on the same port or from http to https. */
function isSameSite(one: URL, other: URL): boolean {
  const name = (url: URL) => url.hostname.replace(/^www\./, "").replace(/\.$/, "");
  const samePort = one.port === other.port;
  return name(one) === name(other) && samePort && /^https?:$/.test(other.protocol);
}
