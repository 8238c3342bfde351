// What only looks: the state of the browser, the page, one element's attributes, and waiting for words.
import * as z from "zod";
import type { Browser } from "../../../core/browser-ports.ts";
import { pageTokens } from "../../../core/browser-ports.ts";
import type { Tool } from "../../../core/ports.ts";
import { count, sizeText } from "../amounts.ts";
import { defineTool } from "../define-tool.ts";
import { oneLine, untrustedPage } from "../untrusted-page.ts";
import { elementNumber as element } from "./act-tools.ts";
import { called, planOf } from "./plan.ts";
import { labelsOf, listResult, viewOf, type Results } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb } from "./verb.ts";

const words = z.string().min(1).max(500);

export function lookTools(setup: BrowserToolsSetup, results: Results): Tool[] {
  return [
    statusTool(setup),
    defineVerb(setup, {
      name: "browser_look",
      title: "Look at the page",
      description:
        "Shows the page again, or more of it: what is in one element, or around words to find.",
      effect: "read",
      input: z.object({
        element: element.optional().describe("Only what is in it, in full"),
        find: words.optional(),
        max_tokens: z.int().min(100).max(pageTokens).default(pageTokens),
      }),
      deed: async ({ element: within }, browser) => ({
        action:
          within === undefined
            ? "look at the page"
            : `look into ${await calledAt(browser, within)}`,
      }),
      async run({ element: within, find, max_tokens: maxTokens }, { browser, action }, { signal }) {
        const only = {
          ...(within === undefined ? {} : { within }),
          ...(find === undefined ? {} : { find }),
        };
        return results.seen(browser, action, await browser.look({ ...only, maxTokens }, signal));
      },
    }),
    defineVerb(setup, {
      name: "browser_attributes",
      title: "Read an element's attributes",
      description: "The HTML attributes of an element: address of a link, value of a field.",
      effect: "read",
      input: z.object({ element }),
      deed: async ({ element: of }, browser) => ({
        action: `read the attributes of ${await calledAt(browser, of)}`,
      }),
      async run({ element: of }, { browser, action }) {
        const found = Object.entries(await browser.attributes(of));
        const lines = found.map(
          ([name, value]) => `${oneLine(name, 100)}: ${oneLine(value, 1_000)}`,
        );
        return listResult(browser, action, untrustedPage({}, lines.join("\n") || "(none)"));
      },
    }),
    defineVerb(setup, {
      name: "browser_wait",
      title: "Wait for the page",
      description:
        "Waits until words are on the page, or are gone. Other verbs wait by themselves.",
      effect: "read",
      input: z.object({
        text: words.optional(),
        gone: words.optional(),
        timeout_s: z.number().min(1).max(120).default(15),
      }),
      deed: ({ text, gone }) => ({ action: waitAction(text, gone) }),
      async run({ text, gone, timeout_s }, { browser, action }, { signal }) {
        const wanted = {
          ...(text === undefined ? {} : { text }),
          ...(gone === undefined ? {} : { gone }),
        };
        const acted = await browser.wait({ ...wanted, timeoutMs: timeout_s * 1_000 }, signal);
        return results.acted(browser, action, acted);
      },
    }),
  ];
}

const calledAt = async (browser: Browser, element: number) => called(await browser.facts(element));

function waitAction(text: string | undefined, gone: string | undefined): string {
  if (text !== undefined) return `wait for “${oneLine(text, 60)}”`;
  return gone === undefined ? "wait for the page" : `wait until “${oneLine(gone, 60)}” is gone`;
}

/** The one verb that works without a browser. */
function statusTool({ browsers }: BrowserToolsSetup): Tool {
  return defineTool({
    name: "browser_status",
    family: "browser",
    title: "State of the browser",
    description: "Which browser runs, its tabs, and the downloads it holds.",
    effect: "read",
    input: z.object({}),
    plan: () => planOf({ action: "look at the browser's state" }),
    async run(_input, { sessionId }) {
      const browser = browsers.current(sessionId);
      if (!browser) {
        const program = await browsers.program();
        const text =
          program === null
            ? "No browser is open, and there is none on this machine. browser_open says what to do."
            : `No browser is open. browser_open starts ${program.title}.`;
        return { text, view: { kind: "text" }, labels: [] };
      }
      const { url, title } = browser.place() ?? { url: "", title: "" };
      const text = statusText(browser);
      const view = viewOf("look at the browser's state", { url, title }, text);
      return { text, view, labels: labelsOf(browser) };
    },
  });
}

function statusText(browser: Browser): string {
  const tabs = tabLines(browser);
  const held = browser.downloads().map(({ downloadId, name, sizeBytes, state, why }) => {
    const said = why === undefined ? state : `${state}: ${oneLine(why)}`;
    return `download ${downloadId}: ${oneLine(name, 120)} (${sizeText(sizeBytes)}, ${said})`;
  });
  const lines = [...tabs, ...held].join("\n") || "(no page is open)";
  return `${browser.program.title} is open with ${count(tabs.length, "tab")}.\n${untrustedPage({}, lines)}`;
}

/** `tab 2 (in front): Title — https://…` */
export function tabLines(browser: Browser): string[] {
  return browser
    .tabs()
    .map(
      ({ tabId, title, url, active }) =>
        `tab ${tabId}${active ? " (in front)" : ""}: ${oneLine(title, 80)} — ${oneLine(url, 200)}`,
    );
}
