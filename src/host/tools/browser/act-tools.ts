// What a hand does on a page: click, press, scroll, hover, choose, and put a cookie banner away.
import * as z from "zod";
import type { Tool } from "../../../core/ports.ts";
import type { PageAction } from "../../../core/browser-ports.ts";
import { oneLine } from "../untrusted-page.ts";
import { called, hostHere, listed, pressDeed, typingDeed } from "./plan.ts";
import type { Results } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb, type Verb } from "./verb.ts";

/** The number an element was shown with. */
export const elementNumber = z.int().min(1).max(1e9);
const element = elementNumber;

export function actTools(setup: BrowserToolsSetup, results: Results): Tool[] {
  /** A verb that is one action of the port. */
  const acting = <Input extends z.ZodObject>(
    verb: Omit<Verb<Input>, "run"> & { action(input: z.output<Input>): PageAction },
  ): Tool =>
    defineVerb(setup, {
      ...verb,
      run: async (input, { browser, action }, { signal }) =>
        results.acted(browser, action, await browser.act(verb.action(input), signal)),
    });

  return [
    acting({
      name: "browser_click",
      title: "Click an element",
      description: "Clicks an element: a link, a button, a box to tick.",
      input: z.object({
        element,
        button: z.enum(["left", "middle", "right"]).default("left"),
        double: z.boolean().default(false),
      }),
      async deed({ element, button, double }, browser) {
        const facts = await browser.facts(element);
        const verb = double ? "double-click" : button === "left" ? "click" : `${button}-click`;
        const pressed = button === "right" ? { href: null, sends: null } : facts;
        return pressDeed(`${verb} ${called(facts)}`, pressed, hostHere(browser));
      },
      action: (input) => ({ kind: "click", ...input }),
    }),
    acting({
      name: "browser_press",
      title: "Press keys",
      description: "Presses keys one after another, in an element or where the focus is.",
      input: z.object({
        keys: z.array(z.string().min(1).max(40)).min(1).max(50).describe("Enter, Control+A …"),
        element: element.optional(),
      }),
      async deed({ keys, element }, browser) {
        const here = hostHere(browser);
        const facts = element === undefined ? null : await browser.facts(element);
        const sends = await browser.pressSends(keys, element);
        const shown = facts?.secret ? keys.map(maskedKey) : keys;
        const action = oneLine(
          `press ${shown.join(" ")}${facts ? ` in ${called(facts)}` : ""}`,
          120,
        );
        const writes = keys.some((key) => Array.from(key).length === 1);
        const field = { name: facts?.name ?? "keys", value: shown.join(" ") };
        return writes
          ? typingDeed(action, [field], here, sends)
          : pressDeed(action, { href: linkPressed(keys, facts?.href ?? null), sends }, here);
      },
      action: (input) => ({ kind: "press", ...input }),
    }),
    acting({
      name: "browser_scroll",
      title: "Scroll",
      description: "Scrolls the page, or an element that scrolls by itself.",
      input: z.object({
        to: z.enum(["up", "down", "left", "right", "top", "bottom"]).default("down"),
        pages: z.number().min(0.1).max(50).optional().describe("How many screens; 1"),
        element: element.optional(),
      }),
      deed: ({ to }) => ({
        action: `scroll ${to === "top" || to === "bottom" ? `to the ${to}` : to}`,
      }),
      action: ({ element, ...scroll }) => ({
        kind: "scroll",
        scroll,
        ...(element ? { element } : {}),
      }),
    }),
    acting({
      name: "browser_hover",
      title: "Point at an element",
      description: "Moves the mouse over an element, for menus and hints that open so.",
      input: z.object({ element }),
      deed: async ({ element }, browser) => ({
        action: `point at ${called(await browser.facts(element))}`,
      }),
      action: ({ element }) => ({ kind: "hover", element }),
    }),
    acting({
      name: "browser_select",
      title: "Choose from a list",
      description: "Chooses options of a drop-down list or list box, by the words shown.",
      input: z.object({ element, options: z.array(z.string().max(500)).min(1).max(100) }),
      async deed({ element, options }, browser) {
        const facts = await browser.facts(element);
        const value = options.join(", ");
        const field = { name: facts.name, value };
        const action = `choose “${oneLine(value, 60)}” in ${called(facts)}`;
        return typingDeed(action, [field], hostHere(browser), null);
      },
      action: (input) => ({ kind: "select", ...input }),
    }),
    acting({
      name: "browser_dismiss_banner",
      title: "Put away a cookie banner",
      description: "Answers a cookie or consent banner with the least that it offers.",
      input: z.object({}),
      deed: (_input, browser) => ({
        ...{
          action: "put away the banner",
          on: hostHere(browser),
          hosts: listed(hostHere(browser)),
        },
      }),
      action: () => ({ kind: "dismiss_banner" }),
    }),
  ];
}

const maskedKey = (key: string) => (Array.from(key).length === 1 ? "•" : key);

/** Enter on a link opens it. */
const linkPressed = (keys: readonly string[], href: string | null) =>
  keys.some((key) => /^(Enter|NumpadEnter)$/.test(key)) ? href : null;
