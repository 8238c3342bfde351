// Tabs, and the questions of a page that stop everything else on it.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool } from "../../../core/ports.ts";
import { untrustedPage } from "../untrusted-page.ts";
import { tabLines } from "./look-tools.ts";
import { openAction } from "./open-tools.ts";
import { parsePageAddress } from "./page-address.ts";
import { hostHere, listed, openDeed, typingDeed, type Deed } from "./plan.ts";
import { listResult, type Results } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb } from "./verb.ts";

const tabInput = z.object({
  action: z.enum(["list", "new", "switch", "close"]).default("list"),
  tab: z.string().max(64).optional().describe("For switch and close"),
  url: z.string().max(8_000).optional().describe("For new"),
});
type TabInput = z.output<typeof tabInput>;

export function tabAndDialogTools(setup: BrowserToolsSetup, results: Results): Tool[] {
  return [
    defineVerb(setup, {
      name: "browser_tabs",
      title: "Tabs",
      description: "Lists the tabs, opens a new one, switches to one or closes one.",
      input: tabInput,
      deed: tabDeed,
      async run({ action, tab, url }, { browser, action: told }, { signal }) {
        if (action === "list") {
          const lines = tabLines(browser).join("\n") || "(no tab is open)";
          return listResult(browser, told, untrustedPage({}, lines));
        }
        const address = url === undefined ? {} : { url: parsePageAddress(url).href };
        const change =
          action === "new"
            ? ({ kind: "new", ...address } as const)
            : { kind: action, tabId: tab ?? "" };
        return results.acted(browser, told, await browser.tab(change, signal));
      },
    }),
    defineVerb(setup, {
      name: "browser_dialog",
      title: "Answer a dialog",
      description: "Answers a dialog of the page (alert, confirm, prompt, leave the page?).",
      input: z.object({
        accept: z.boolean(),
        text: z.string().max(10_000).optional().describe("For a prompt"),
      }),
      deed({ accept, text }, browser) {
        const here = hostHere(browser);
        const action = accept ? "say OK to the dialog" : "dismiss the dialog";
        if (text === undefined || !accept) return { action, on: here, hosts: listed(here) };
        return typingDeed(action, [{ name: "answer", value: text }], here, null);
      },
      run: async ({ accept, text }, { browser, action }, { signal }) =>
        results.acted(browser, action, await browser.dialog(accept, text, signal)),
    }),
  ];
}

function tabDeed({ action, tab, url }: TabInput): Deed {
  if (action === "list") return { action: "list the tabs" };
  if (action === "new" && url === undefined) return { action: "open a new tab" };
  if (action === "new" && url !== undefined) {
    const address = parsePageAddress(url);
    return openDeed(`${openAction(address)} in a new tab`, address);
  }
  if (tab === undefined)
    throw new AetheriaError("bad_input", `To ${action} a tab, say which with “tab”.`, {
      hint: "browser_tabs with action list shows them.",
    });
  return { action: action === "switch" ? `switch to tab ${tab}` : `close tab ${tab}` };
}
