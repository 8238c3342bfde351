// The calls about browsers, with what they need of the sessions and the way out.
import type { CallName } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { Handlers } from "../rpc/server.ts";

type BrowserCalls = Pick<Handlers, Extract<CallName, `browser.${string}`>>;

export function createBrowserHandlers(): BrowserCalls {
  const none = () => {
    throw new AetheriaError("part_missing", "There is no browser yet.");
  };
  return {
    "browser.status": none,
    "browser.open": none,
    "browser.close": none,
    "browser.fetch": none,
    "browser.fetchStop": none,
    "browser.drive": none,
    "browser.navigate": none,
    "browser.tab": none,
    "browser.dialog": none,
    "browser.choose": none,
    "browser.input": none,
    "browser.selection": none,
    "browser.watch": none,
    "browser.drawn": none,
    "browser.unwatch": none,
    "browser.profile": none,
    "browser.forgetProfile": none,
    "browser.site": none,
  };
}
