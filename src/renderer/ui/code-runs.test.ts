import core from "highlight.js/lib/core";
import typescript from "highlight.js/lib/languages/typescript";
import { expect, it } from "vitest";
import { codeRuns } from "./code-runs.ts";

core.registerLanguage("typescript", typescript);

it("hold the code itself, character for character", () => {
  const code = "const a = `<b title='x'>${b && \"&amp;\"}</b>`; // <>&\n";
  const html = core.highlight(code, { language: "typescript" }).value;
  expect(
    codeRuns(html)
      .map(([, text]) => text)
      .join(""),
  ).toBe(code);
});

it("name what colours a run, from the outside in", () => {
  expect(codeRuns('<span class="hljs-string">a<span class="hljs-subst">b</span></span>c')).toEqual([
    ["hljs-string", "a"],
    ["hljs-string hljs-subst", "b"],
    ["", "c"],
  ]);
});
