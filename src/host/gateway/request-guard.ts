// Decides from a request's headers whether a browser was tricked into sending it: the Host must be
// ours (no DNS rebinding) and the Origin, where there is one, the page we serve.
import type { IncomingMessage } from "node:http";

export type GuardOptions = {
  /** The name the gateway listens on. */
  hostname: string;
  /** Further names people reach this machine by. */
  allowedHosts: readonly string[];
  /** Further pages that may connect, as whole origins. */
  allowedOrigins: readonly string[];
};

/** Returns why a request is refused, as a sentence; null when it may pass. */
export type RequestGuard = (request: IncomingMessage) => string | null;

const loopbackNames = ["localhost", "127.0.0.1", "[::1]"];

export function createRequestGuard(options: GuardOptions): RequestGuard {
  const names = new Set([
    ...loopbackNames,
    ...[options.hostname, ...options.allowedHosts].map(asHost),
  ]);
  return (request) => {
    const host = request.headers.host ?? "";
    const { origin } = request.headers;
    if (!isOurHost(host, request, names))
      return "Aetheria does not answer to this host name. Open the address that it printed.";
    if (origin !== undefined && !isOurOrigin(origin, host, options.allowedOrigins))
      return "Aetheria does not talk to pages of other sites.";
    return null;
  };
}

function isOurHost(host: string, request: IncomingMessage, names: ReadonlySet<string>): boolean {
  const name = hostnameOf(`http://${host}`);
  if (name === null) return false;
  // An address cannot be rebound: whoever asks for the very one we were reached at is right.
  const { localAddress = "" } = request.socket;
  return names.has(name) || name === asHost(localAddress.replace(/^::ffff:/, ""));
}

function isOurOrigin(origin: string, host: string, allowed: readonly string[]): boolean {
  return origin === `http://${host}` || origin === `https://${host}` || allowed.includes(origin);
}

function hostnameOf(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  // `user@host` and a path are no Host header.
  return parsed.username === "" && parsed.pathname === "/" ? parsed.hostname : null;
}

/** As it stands in a URL: lower case, IPv6 in brackets. */
function asHost(name: string): string {
  const bare = name.toLowerCase();
  return bare.includes(":") && !bare.startsWith("[") ? `[${bare}]` : bare;
}
