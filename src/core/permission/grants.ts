// Standing answers: which grant speaks about a call, which one wins, and which one an answer makes.
// A deny or ask matches generously (any path, any host, case ignored, folders above a denied place);
// an allow matches strictly (every path, every host, exactly).
import type { Grant, GrantScope } from "../../contract/approval.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { CallPlan } from "../ports.ts";
import { escapeGlob, literalPrefix, matchesGlob } from "./glob.ts";
import { splitHost } from "./hosts.ts";
import { isWindowsPath, isWithin, parentFolder, slashed } from "./paths.ts";
import { sendsData } from "./reach.ts";

export type GrantQuery = { tool: string; plan: CallPlan; sessionId: SessionId };

/** The first grant of this verdict that speaks about the call; the oldest wins, so that the named
 * reason stays the same. */
export function findGrant(
  grants: readonly Grant[],
  verdict: Grant["verdict"],
  query: GrantQuery,
): Grant | null {
  const found = grants.filter((grant) => grant.verdict === verdict && speaksOf(grant, query));
  return found.reduce<Grant | null>(
    (first, grant) => (first === null || isOlder(grant, first) ? grant : first),
    null,
  );
}

/** A denied place somewhere below a folder that the call reads: it may or may not look in there. */
export function findDenyBelow(grants: readonly Grant[], query: GrantQuery): Grant | null {
  if (query.plan.effect !== "read") return null;
  const found = grants.filter(
    (grant) =>
      grant.verdict === "deny" &&
      speaksOfRest(grant, query) &&
      grant.path !== undefined &&
      query.plan.paths.some((path) => holdsMatches(path, grant.path ?? "")),
  );
  return found.reduce<Grant | null>(
    (first, grant) => (first === null || isOlder(grant, first) ? grant : first),
    null,
  );
}

export function speaksOf(grant: Grant, query: GrantQuery): boolean {
  if (!speaksOfRest(grant, query)) return false;
  if (grant.path === undefined) return true;
  const glob = grant.path;
  const { paths, effect } = query.plan;
  if (grant.verdict === "allow")
    return paths.length > 0 && paths.every((path) => matchesPath(glob, path, false));
  return paths.some(
    (path) => matchesPath(glob, path, true) || (effect !== "read" && holdsMatches(path, glob)),
  );
}

function speaksOfRest(grant: Grant, { tool, plan, sessionId }: GrantQuery): boolean {
  const loose = grant.verdict !== "allow";
  if (grant.sessionId !== null && grant.sessionId !== sessionId) return false;
  if (grant.effect !== undefined && grant.effect !== plan.effect) return false;
  const rules = { separators: ".", ignoreCase: loose, starCrosses: loose };
  if (!matchesGlob(grant.tool, tool, rules)) return false;
  if (grant.account !== undefined) {
    const accountRules = { separators: "@", ignoreCase: true, starCrosses: loose };
    if (plan.account === undefined) return false;
    if (!matchesGlob(grant.account, plan.account, accountRules)) return false;
  }
  if (grant.host === undefined) return loose || !isWorkWithNetwork(plan);
  const glob = grant.host;
  return loose
    ? plan.hosts.some((host) => matchesHost(glob, host, true))
    : plan.hosts.length > 0 && plan.hosts.every((host) => matchesHost(glob, host, false));
}

/** A standing yes to code or to files was given to what reaches nobody: it is not one to the network. */
const isWorkWithNetwork = ({ effect, leaving }: CallPlan): boolean =>
  leaving !== undefined && ["run_code", "write_machine", "write_workspace"].includes(effect);

function matchesPath(glob: string, path: string, loose: boolean): boolean {
  // A real path has no `..`; one that does is not where it says it is.
  if (!loose && slashed(path).split("/").includes("..")) return false;
  const ignoreCase = loose || isWindowsPath(path);
  const rules = { separators: "/", ignoreCase, starCrosses: false };
  return matchesGlob(slashed(glob), slashed(path), rules);
}

/** True when something the glob matches may lie in this folder, or the folder is the glob's own. */
function holdsMatches(folder: string, glob: string): boolean {
  const fold = (text: string) => slashed(text).normalize("NFC").toLowerCase().replace(/\/+$/, "");
  const prefix = fold(literalPrefix(slashed(glob)));
  return isWithin(prefix, fold(folder));
}

/** A deny or ask without a port means the host on every port, with `www.` or without. */
function matchesHost(glob: string, host: string, loose: boolean): boolean {
  const rules = { separators: ".", ignoreCase: true, starCrosses: loose };
  const wanted = splitHost(glob);
  const given = splitHost(host);
  const bare = (name: string) => (loose ? name.replace(/^www\./, "") : name);
  const matches =
    matchesGlob(wanted.name, given.name, rules) ||
    matchesGlob(bare(wanted.name), bare(given.name), rules);
  if (!matches) return false;
  if (wanted.port === null) return loose || given.port === null;
  return wanted.port === "*" || wanted.port === given.port;
}

function isOlder(one: Grant, other: Grant): boolean {
  if (one.createdAt !== other.createdAt) return one.createdAt < other.createdAt;
  return one.grantId < other.grantId;
}

/** A grant that has not been given its id and its time. */
export type NewGrant = Omit<Grant, "grantId" | "createdAt">;

/** The narrowest lasting grant that this answer can make: this tool, this effect, the one folder,
 * host and account the approval showed. null: `once`, or nothing narrow enough can be said. */
export function grantFor(answer: {
  tool: string;
  plan: CallPlan;
  verdict: "allow" | "deny";
  scope: GrantScope;
  sessionId: SessionId;
}): NewGrant | null {
  const { tool, plan, verdict, scope, sessionId } = answer;
  if (scope === "once" || !scopesFor(plan).includes(scope)) return null;
  const folder = plan.paths.length === 0 ? null : sharedFolder(plan.paths);
  const host = plan.hosts[0];
  return {
    verdict,
    tool: escapeGlob(tool),
    effect: plan.effect,
    ...(folder === null ? {} : { path: `${escapeGlob(folder)}/**` }),
    ...(host === undefined ? {} : { host: escapeGlob(host) }),
    ...(plan.account === undefined ? {} : { account: escapeGlob(plan.account) }),
    sessionId: scope === "session" ? sessionId : null,
  };
}

/** The scopes an answer to this call may have, before any rule narrows them further. A grant cannot
 * name the receiver or the words of a message, so what leaves the machine is answered each time. */
export function scopesFor(plan: CallPlan): GrantScope[] {
  const nameless = plan.paths.length > 0 && sharedFolder(plan.paths) === null;
  if (sendsData(plan) || nameless || plan.hosts.length > 1) return ["once"];
  if (plan.leaving && plan.hosts.length === 0) return ["once"];
  return plan.effect === "write_machine" ? ["once", "session"] : ["once", "session", "always"];
}

/** What a lasting grant would cover, for the card that offers it. */
export function coverage(grant: NewGrant): string {
  const plain = (glob: string) => glob.replaceAll("[*]", "*");
  const parts = [plain(grant.tool)];
  if (grant.path !== undefined) parts.push(`in ${plain(grant.path.replace(/\/\*\*$/, ""))}`);
  if (grant.host !== undefined) parts.push(`with ${plain(grant.host)}`);
  if (grant.account !== undefined) parts.push(`as ${plain(grant.account)}`);
  return parts.join(" ");
}

/** The folder of all these paths, when it is the folder of one of them and not a root. */
function sharedFolder(paths: readonly string[]): string | null {
  const folders = paths.map(parentFolder);
  for (const folder of folders) {
    if (folder === null) return null;
    if (paths.every((path) => isWithin(path, folder) && slashed(path) !== folder)) return folder;
  }
  return null;
}
