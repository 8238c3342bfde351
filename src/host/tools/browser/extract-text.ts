// browser_extract_text: all that a page says as Markdown, in parts for the model, whole for the person.
import * as z from "zod";
import type { Tool } from "../../../core/ports.ts";
import { oneLine, untrustedPage } from "../untrusted-page.ts";
import { elementNumber } from "./act-tools.ts";
import { called } from "./plan.ts";
import { labelsOf, viewOf } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb } from "./verb.ts";

/** A longer text is kept as a file, too. */
const keptFromChars = 8_000;
const maxKeptChars = 20_000_000;

export function extractTextTool(setup: BrowserToolsSetup): Tool {
  return defineVerb(setup, {
    name: "browser_extract_text",
    title: "Read the page's text",
    description:
      "The whole text of the page, of a PDF, or of one element, as Markdown with links. Long text comes in parts.",
    effect: "read",
    input: z.object({
      element: elementNumber.optional(),
      max_chars: z.int().min(100).max(200_000).default(keptFromChars),
      start: z.int().min(0).max(1e9).default(0).describe("Character to go on at"),
    }),
    deed: async ({ element }, browser) => ({
      action: `read the text of ${element === undefined ? "the page" : called(await browser.facts(element))}`,
    }),
    async run({ element, max_chars, start }, { browser, action }, { signal }) {
      const { url, title, text } = await browser.text(element, signal);
      const part = partOf(text, start, max_chars);
      const framed = untrustedPage({ url, title: oneLine(title, 80) }, part.text || "(no text)");
      const told = [framed, ...part.notes].join("\n");
      const isKept = start === 0 && text.length > keptFromChars && text.length <= maxKeptChars;
      const bytes = Buffer.from(isKept ? text : "", "utf8");
      const files = isKept ? [await setup.attachments.put(bytes, "page.md", "text/markdown")] : [];
      const view = viewOf(action, { url, title }, told);
      return { text: told, view, files, labels: labelsOf(browser) };
    },
  });
}

function partOf(text: string, start: number, maxChars: number): { text: string; notes: string[] } {
  const from = Math.min(start, text.length);
  const to = endOf(text, from, maxChars);
  const notes =
    from > 0 || to < text.length ? [`[characters ${from} to ${to} of ${text.length}]`] : [];
  if (to < text.length) notes.push(`[more follows: call again with start=${to}]`);
  return { text: text.slice(from, to), notes };
}

/** At a line's end where one is near, and never within a character. */
function endOf(text: string, from: number, maxChars: number): number {
  const end = from + maxChars;
  if (end >= text.length) return text.length;
  const line = text.lastIndexOf("\n", end);
  if (line > from + maxChars / 2) return line + 1;
  const code = text.charCodeAt(end - 1);
  return code >= 0xd800 && code <= 0xdbff && end - 1 > from ? end - 1 : end;
}
