// Which kinds of address one request may reach, from the rules as they are now. Decides on names and
// spellings only; what a name resolves to is checked where the socket is made.
import { AetheriaError } from "../../contract/errors.ts";
import { matchesGlob } from "../../core/permission/glob.ts";
import { isLoopbackHost, splitHost } from "../../core/permission/hosts.ts";

export type EgressRules = {
  /** On: nothing but loopback. */
  offline: boolean;
  /** Private hosts tools may reach, as `host` or `host:port`. */
  allowedPrivateHosts: string[];
};

/** What a host may turn out to be. */
export type Permit = { public: boolean; private: boolean; loopback: boolean };

export type Target = {
  /** Lower case, without the root's dot; IPv6 in brackets. */
  host: string;
  port: number;
};

export type PermitQuery = {
  target: Target;
  rules: EgressRules;
  /** Loopback is meant: the person's own model server. */
  loopback: boolean;
  /** Private addresses are meant: an endpoint the person configured. */
  private: boolean;
  /** The session's own rules. */
  allowed: Iterable<string>;
  denied: Iterable<string>;
};

/** Only http and https, and no secrets in the address. */
export function targetOf(url: URL): Target {
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw new AetheriaError(
      "bad_input",
      `Only http and https addresses can be opened, not ${url.protocol}//…`,
    );
  if (url.username !== "" || url.password !== "")
    throw new AetheriaError("bad_input", "The address carries a user name or a password.", {
      hint: "Leave out what stands before the @ sign.",
    });
  const standard = url.protocol === "https:" ? 443 : 80;
  const host = url.hostname.toLowerCase().replace(/\.$/, "");
  return { host, port: url.port === "" ? standard : Number(url.port) };
}

export function permitFor(query: PermitQuery): Permit {
  const { target, rules } = query;
  if (isListed(query.denied, target))
    throw new AetheriaError("host_blocked", `${target.host} is blocked in this session.`, {
      hint: "Unblock the host if the session needs it.",
    });
  const listed = isListed(rules.allowedPrivateHosts, target) || isListed(query.allowed, target);
  // Apart from the lines that lead away, which may have to be cut.
  if (isOwnMachine(target))
    return { public: false, private: false, loopback: query.loopback || listed };
  // A name is not even looked up: the question itself would leave.
  if (rules.offline) throw offlineProblem(target.host);
  return { public: true, private: query.private || listed, loopback: query.loopback || listed };
}

export function offlineProblem(host: string): AetheriaError {
  return new AetheriaError("offline", `Aetheria is offline, so it does not connect to ${host}.`, {
    hint: "Switch to Online in the top bar or in Settings, then try again.",
  });
}

function isOwnMachine({ host }: Target): boolean {
  return isLoopbackHost(host) || host === "0.0.0.0" || host === "[::]";
}

/** As the policy reads a deny: on every port where none is named, with `www.` or without. */
export function isBlockedSite(globs: Iterable<string>, target: Target): boolean {
  const bare = (name: string) => name.replace(/^www\./, "");
  const rules = { separators: ".", ignoreCase: true, starCrosses: true };
  for (const glob of globs) {
    const { name, port } = splitHost(glob.trim());
    if (port !== null && port !== "*" && Number(port) !== target.port) continue;
    if (matchesGlob(name, target.host, rules)) return true;
    if (matchesGlob(bare(name), bare(target.host), rules)) return true;
  }
  return false;
}

/** An entry without a port means every port of that host. */
function isListed(entries: Iterable<string>, target: Target): boolean {
  for (const entry of entries) {
    const { name, port } = splitHost(entry.trim());
    if (port !== null && port !== "*" && Number(port) !== target.port) continue;
    if (matchesGlob(name, target.host, { separators: ".", ignoreCase: true, starCrosses: false }))
      return true;
  }
  return false;
}
