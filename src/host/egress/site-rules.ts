// What the standing answers say about a session's browser: the hosts it may reach although they are
// private, and those it may not reach at all.
import type { Grant } from "../../contract/approval.ts";
import type { SessionId } from "../../contract/ids.ts";
import { matchesGlob } from "../../core/permission/glob.ts";

/** Hosts as grants write them: globs, with or without a port. */
export type SiteRules = { allow: string[]; block: string[] };

/** Only grants that speak of every tool of the browser: an answer about one of them, one kind of
 * effect or one account is none about where pages may connect to. */
export function siteRulesOf(grants: readonly Grant[], sessionId: SessionId): SiteRules {
  const hosts = (verdict: Grant["verdict"]) =>
    grants
      .filter((grant) => grant.verdict === verdict && isAboutSites(grant, sessionId))
      .flatMap(({ host }) => (host === undefined ? [] : [host]));
  return { allow: hosts("allow"), block: hosts("deny") };
}

function isAboutSites(grant: Grant, sessionId: SessionId): boolean {
  if (grant.sessionId !== null && grant.sessionId !== sessionId) return false;
  if (grant.effect !== undefined && grant.effect !== "read") return false;
  if (grant.path !== undefined || grant.account !== undefined) return false;
  // No tool has this name: whatever matches it does not name one.
  const rules = { separators: ".", ignoreCase: false, starCrosses: false };
  return matchesGlob(grant.tool, "browser_any", rules);
}
