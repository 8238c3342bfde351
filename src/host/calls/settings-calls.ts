// settings.* and grant.*: kept in the store, told to everyone who is connected.
import type { Push } from "../../contract/calls.ts";
import type { Grant } from "../../contract/approval.ts";
import type { GrantId } from "../../contract/ids.ts";
import type { Settings } from "../../contract/settings.ts";
import type { Clock, Ids, Store } from "../../core/ports.ts";
import type { NewGrant } from "../../core/permission/grants.ts";
import type { Handlers } from "../../rpc/server.ts";

type SettingsCalls = Pick<
  Handlers,
  Extract<keyof Handlers, `settings.${string}` | `grant.${string}`>
>;

export function createSettingsCalls(
  store: Store,
  addGrant: (grant: NewGrant) => Grant,
  broadcast: (push: Push) => void,
  changed: (before: Settings, after: Settings) => void,
): SettingsCalls {
  return {
    "settings.get": () => store.settings(),
    "settings.set": (patch) => {
      const before = store.settings();
      const settings = store.saveSettings(patch);
      broadcast({ type: "settings.changed", settings });
      changed(before, settings);
      return settings;
    },
    "grant.list": () => ({ grants: store.grants() }),
    "grant.add": ({ grant }) => addGrant(grant),
    "grant.revoke": ({ grantId }) => {
      store.deleteGrant(grantId);
      return {};
    },
  };
}

export function grantAdder(store: Store, clock: Clock, ids: Ids): (grant: NewGrant) => Grant {
  return (grant) => {
    const whole = { ...grant, grantId: ids.next() as GrantId, createdAt: clock.now() };
    store.saveGrant(whole);
    return whole;
  };
}
