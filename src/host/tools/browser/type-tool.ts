// browser_type: text into one field or several, and Enter at the end where that is asked for. A page
// sees every key, so all that is typed leaves this machine.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Browser, ElementFacts } from "../../../core/browser-ports.ts";
import type { Tool } from "../../../core/ports.ts";
import { count } from "../amounts.ts";
import { elementNumber as element } from "./act-tools.ts";
import { called, hostHere, typingDeed } from "./plan.ts";
import type { Results } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb } from "./verb.ts";

const text = z.string().max(100_000);

const input = z.object({
  element: element.optional(),
  text: text.optional(),
  fields: z
    .array(z.object({ element, text }))
    .max(50)
    .optional()
    .describe("Several at once, instead of element and text"),
  append: z.boolean().default(false).describe("After what is there, not instead of it"),
  submit: z.boolean().default(false).describe("Press Enter at the end"),
});
type Input = z.output<typeof input>;

export function typeTool(setup: BrowserToolsSetup, results: Results): Tool {
  return defineVerb(setup, {
    name: "browser_type",
    title: "Type into fields",
    description: "Types into a field, or into several at once. Replaces what is there.",
    input,
    async deed(given, browser) {
      const fields = fieldsOf(given);
      const facts = await Promise.all(fields.map((field) => browser.facts(field.element)));
      const typed = fields.map((field, at) => typedField(facts[at], field.text));
      const sends = given.submit ? await sendsOf(browser, fields.at(-1)?.element) : null;
      const action = `type into ${into(facts)}${given.submit ? " and press Enter" : ""}`;
      return typingDeed(action, typed, hostHere(browser), sends);
    },
    async run(given, { browser, action }, { signal }) {
      const { append, submit } = given;
      const fields = fieldsOf(given);
      const acted = await browser.act({ kind: "type", fields, append, submit }, signal);
      return results.acted(browser, action, acted);
    },
  });
}

function fieldsOf({ element, text, fields = [] }: Input): { element: number; text: string }[] {
  if (element !== undefined && text !== undefined) return [...fields, { element, text }];
  if (element === undefined && text === undefined && fields.length > 0) return fields;
  throw new AetheriaError("bad_input", "browser_type needs “element” and “text”, or “fields”.", {
    hint: "The number of an element is in what browser_look and browser_open show.",
  });
}

const sendsOf = (browser: Browser, element: number | undefined) =>
  element === undefined ? Promise.resolve(null) : browser.pressSends(["Enter"], element);

function typedField(facts: ElementFacts | undefined, text: string) {
  const name = facts?.name || facts?.role || "field";
  return { name, value: facts?.secret ? "••••••" : text };
}

function into(facts: ElementFacts[]): string {
  const [first] = facts;
  return facts.length === 1 && first ? called(first) : count(facts.length, "field");
}
