// The calls about browsers, with what they need of the sessions and the way out.
import type { Grant } from "../contract/approval.ts";
import type { SiteRule } from "../contract/browser.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { NewGrant } from "../core/permission/grants.ts";
import type { Store } from "../core/ports.ts";
import { createBrowserCalls } from "./browser/browser-calls.ts";
import { selectionOf, sendInputs } from "./browser/live/input.ts";
import { createLiveViews } from "./browser/live/live-views.ts";
import type { BrowserParts } from "./browser-parts.ts";
import type { Egress } from "./egress/egress.ts";
import { noSession } from "./sessions/session-log.ts";
import type { Sessions } from "./sessions/sessions.ts";
import { ids } from "./system-parts.ts";
import { resolveInWorkspace } from "./tools/files/workspace-path.ts";

type Needs = {
  store: Store;
  egress: Egress;
  sessions: Sessions;
  browser: BrowserParts;
  addGrant(grant: NewGrant): Grant;
};

export function createBrowserHandlers(needs: Needs) {
  const { store, egress, sessions, browser, addGrant } = needs;
  const views = createLiveViews({ newId: ids.next });
  const checkSession = (sessionId: SessionId) => {
    if (!store.session(sessionId)) throw noSession();
  };
  const handlers = createBrowserCalls({
    ...{ browsers: browser.load, views, checkSession, changed: browser.changed },
    hands: { sendInputs, selectionOf },
    sites: createSites(store, addGrant, () => void egress.enforce()),
    chooseProfile: (sessionId, browserProfile) =>
      void sessions
        .live(sessionId)
        .append([{ type: "session.configured", data: { browserProfile } }], "full"),
    async workspaceFile(sessionId, path) {
      const workspace = store.session(sessionId)?.workspace ?? null;
      const { real, exists } = await resolveInWorkspace(workspace, path);
      if (exists) return real;
      throw new AetheriaError("not_found", `There is no file ${path.slice(0, 200)}.`);
    },
  });
  return { handlers, closeViews: views.close };
}

/** Every tool of the browser, of the agent and of the person. */
const browserTools = "browser_*";

/** A rule for a host is a grant: Settings lists it and takes it back. */
function createSites(store: Store, addGrant: Needs["addGrant"], enforce: () => void) {
  const rules = (sessionId: SessionId) =>
    store
      .grants()
      .filter((grant) => grant.tool === browserTools && grant.sessionId === sessionId)
      .sort((a, b) => a.createdAt - b.createdAt);
  return {
    list: (sessionId: SessionId) =>
      rules(sessionId).flatMap(({ host, verdict }) => {
        if (host === undefined || verdict === "ask") return [];
        const rule: SiteRule = verdict === "allow" ? "allow" : "block";
        return [{ host, rule }];
      }),
    set(sessionId: SessionId, host: string, rule: SiteRule | null): void {
      for (const grant of rules(sessionId))
        if (grant.host === host) store.deleteGrant(grant.grantId);
      const about = { tool: browserTools, host, sessionId };
      if (rule === "allow") addGrant({ ...about, verdict: "allow", effect: "read" });
      if (rule === "block") addGrant({ ...about, verdict: "deny" });
      enforce();
    },
  };
}
