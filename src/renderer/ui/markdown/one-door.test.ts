// Nothing but `SafeHtml.svelte` turns a string into a part of the page, and it always sanitises.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const renderer = join(import.meta.dirname, "../..");
const sources = readdirSync(renderer, { recursive: true, encoding: "utf8" })
  .filter((path) => /\.(?:svelte|ts|html)$/.test(path) && !path.endsWith(".test.ts"))
  .map((path) => ({
    path: path.replaceAll("\\", "/"),
    code: readFileSync(join(renderer, path), "utf8"),
  }));

const using = (pattern: RegExp) =>
  sources.filter(({ code }) => pattern.test(code)).map(({ path }) => path);

describe("HTML from strings", () => {
  it("enters the page through one component", () => {
    expect(using(/\{@html/)).toEqual(["ui/markdown/SafeHtml.svelte"]);
  });

  it("enters it nowhere by hand", () => {
    const byHand =
      /\.(?:innerHTML|outerHTML|srcdoc)\s*=|insertAdjacentHTML|document\.write|createContextualFragment|setHTML|parseFromString/;
    // The exported page is a document of its own, written to a file and never shown here.
    const ownDocument = "apps/chat/export/standalone-page.ts";
    expect(using(byHand).filter((path) => path !== ownDocument)).toEqual([]);
  });

  it("is sanitised there, growing or finished: there is no other way in", () => {
    const door = sources.find(({ path }) => path === "ui/markdown/SafeHtml.svelte")?.code ?? "";
    expect(door.match(/\{@html[^}]*\}/g)).toEqual([
      "{@html rows ? sanitizeRows(html) : sanitizeHtml(html)}",
    ]);
    expect(using(/from "dompurify"/)).toEqual(["ui/markdown/sanitize-html.ts"]);
  });
});
