// The browsers of a host with all that this room has for them.
import { createBrowsers, type BrowsersOptions, type HostBrowsers } from "./browsers.ts";
import { createPageView } from "./page/create-page-view.ts";
import { createSecrets } from "./secrets.ts";

export type OpenBrowsersOptions = Omit<BrowsersOptions, "createView" | "createSecrets">;

export function openBrowsers(options: OpenBrowsersOptions): HostBrowsers {
  return createBrowsers({
    ...options,
    createView: createPageView,
    createSecrets,
  });
}
