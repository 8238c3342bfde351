// browser_extract_table: tables of a page as Markdown for the model, as CSV for the person, and as a
// file in the workspace where one is asked for.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Table } from "../../../core/browser-ports.ts";
import type { Attachments, Tool, ToolResult } from "../../../core/ports.ts";
import { count } from "../amounts.ts";
import { oneLine, untrustedPage } from "../untrusted-page.ts";
import { elementNumber } from "./act-tools.ts";
import { called } from "./plan.ts";
import { labelsOf, viewOf } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { tableCsv, tableMarkdown } from "./table-text.ts";
import { defineVerb } from "./verb.ts";

/** As cards of the conversation; the others are told to the model all the same. */
const maxCards = 5;
const maxTold = 10;

export function extractTableTool(setup: BrowserToolsSetup): Tool {
  return defineVerb(setup, {
    name: "browser_extract_table",
    title: "Read tables",
    description: "Tables of the page as Markdown; with path, also as a CSV file in the workspace.",
    effect: "write_workspace",
    input: z.object({
      element: elementNumber.optional().describe("Only tables in it"),
      table: z.int().min(1).max(1_000).optional().describe("Only the n-th"),
      max_chars: z.int().min(200).max(100_000).default(5_000),
      path: z.string().min(1).max(4_000).optional().describe("data/prices.csv"),
    }),
    async deed({ element, path }, browser, { workspace }) {
      const from = element === undefined ? "the page" : called(await browser.facts(element));
      if (path === undefined) return { action: `read the tables of ${from}` };
      const { real, shown } = await setup.files.placeFor(workspace, csvPath(path), { exact: true });
      return {
        ...{ action: `save a table of ${from} as ${shown}`, effect: "write_workspace" as const },
        ...{ paths: [real], fields: [{ name: "path", value: real }] },
      };
    },
    async run({ element, table, max_chars, path }, { browser, action }, context) {
      const found = await browser.tables(element, context.signal);
      const wanted = chosen(found, table);
      const { url, title } = browser.place() ?? { url: "", title: "" };
      if (wanted.length === 0) {
        const text = "There is no table here. browser_extract_text reads the text.";
        return { text, view: viewOf(action, { url, title }, text), labels: labelsOf(browser) };
      }
      const saved = path === undefined ? [] : [await save(wanted, csvPath(path))];
      const told = [...saved, framed(wanted, url, max_chars)].join("\n");
      const artifacts = await cards(setup.attachments, wanted);
      const view = viewOf(action, { url, title }, told);
      return { text: told, view, artifacts, labels: labelsOf(browser) };

      async function save(tables: Table[], to: string): Promise<string> {
        const [only] = tables;
        if (!only || tables.length > 1) throw whichOne(tables.length);
        const bytes = Buffer.from(tableCsv(only), "utf8");
        const { shown } = await setup.files.takeIn({ bytes }, to, { exact: true }, context);
        return `Saved as ${shown} (${count(only.rows.length, "row")}).`;
      }
    },
  });
}

const csvPath = (path: string) => (/\.csv$/i.test(path) ? path : `${path}.csv`);

function chosen(tables: Table[], number: number | undefined): Table[] {
  if (number === undefined || tables.length === 0) return tables;
  const table = tables[number - 1];
  if (table) return [table];
  throw new AetheriaError("not_found", `There is no table ${number} here.`, {
    hint: `There ${tables.length === 1 ? "is 1" : `are ${tables.length}`}.`,
  });
}

const whichOne = (found: number) =>
  new AetheriaError("bad_input", `There are ${found} tables here, and one file holds one.`, {
    hint: "Say which with “table”: 1 is the first.",
  });

function framed(tables: Table[], url: string, maxChars: number): string {
  const shown = tables.slice(0, maxTold);
  const each = Math.floor(maxChars / shown.length);
  const parts = shown.map((table, at) => {
    const head = tables.length === 1 ? "" : `Table ${at + 1}, ${count(table.rows.length, "row")}\n`;
    return head + tableMarkdown(table, each);
  });
  const rest = tables.length - shown.length;
  if (rest > 0) parts.push(`(${count(rest, "more table", "more tables")})`);
  return untrustedPage({ url }, parts.join("\n\n"));
}

async function cards(
  attachments: Attachments,
  tables: Table[],
): Promise<NonNullable<ToolResult["artifacts"]>> {
  const kept = tables.slice(0, maxCards).map(async (table, at) => {
    const title = oneLine(table.caption, 80) || (tables.length === 1 ? "Table" : `Table ${at + 1}`);
    const bytes = Buffer.from(tableCsv(table), "utf8");
    const file = await attachments.put(bytes, `table-${at + 1}.csv`, "text/csv");
    return { kind: "table" as const, title, file };
  });
  return Promise.all(kept);
}
