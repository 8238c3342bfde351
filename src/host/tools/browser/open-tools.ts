// Getting somewhere: open an address, back, forward, reload.
import * as z from "zod";
import type { Tool } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { oneLine } from "../untrusted-page.ts";
import { knownHosts } from "./known-hosts.ts";
import { openBrowser } from "./open-browser.ts";
import { parsePageAddress } from "./page-address.ts";
import { openDeed, planOf } from "./plan.ts";
import type { Results } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb, plainly } from "./verb.ts";

export function openTools(setup: BrowserToolsSetup, results: Results): Tool[] {
  return [
    defineTool({
      name: "browser_open",
      family: "browser",
      title: "Open a page",
      description:
        "Opens a web address in the browser and shows the page: its text, and [n] before each element. " +
        "Other verbs take that number. Afterwards each verb tells what changed.",
      effect: "leaves_machine",
      input: z.object({ url: z.string().min(1).max(8_000).describe("example.com/page") }),
      async plan({ url }, { sessionId }) {
        const address = parsePageAddress(url);
        const known = await knownHosts(setup.browsers.current(sessionId));
        return planOf(openDeed(openAction(address), address), known);
      },
      async *run({ url }, context) {
        const address = parsePageAddress(url);
        const browser = yield* openBrowser(setup.browsers, context);
        const acted = await plainly(() => browser.open(address.href, context.signal));
        return results.acted(browser, openAction(address), acted);
      },
    }),
    stepTool("back", "Go back", "Goes back one page."),
    stepTool("forward", "Go forward", "Goes forward one page."),
    stepTool("reload", "Reload the page", "Loads the page again."),
  ];

  function stepTool(step: "back" | "forward" | "reload", title: string, description: string) {
    const action = step === "reload" ? "reload the page" : `go ${step}`;
    return defineVerb(setup, {
      ...{ name: `browser_${step}`, title, description, input: z.object({}) },
      deed: () => ({ action }),
      run: async (_input, { browser }, { signal }) =>
        results.acted(browser, action, await browser.step(step, signal)),
    });
  }
}

export function openAction(url: URL): string {
  const path = url.pathname === "/" ? "" : url.pathname;
  return `open ${oneLine(url.host + path, 100)}`;
}
