import { describe, expect, it } from "vitest";
import { languageOf, previewKind } from "./preview-kind.ts";

describe("what a file is shown as", () => {
  it.each([
    ["text/plain", "notes", "text"],
    ["text/plain; charset=utf-8", "main.ts", "text"],
    ["application/json", "a.json", "text"],
    ["image/svg+xml", "logo.svg", "image"],
    ["image/png", "chart.png", "image"],
    ["image/tiff", "scan.tiff", "none"],
    ["application/pdf", "paper.pdf", "pdf"],
    ["text/csv", "rows", "table"],
    ["text/plain", "rows.TSV", "table"],
    ["text/plain", "README.md", "markdown"],
    ["application/octet-stream", "a.bin", "none"],
    ["application/zip", "a.zip", "none"],
  ] as const)("%s named %s is %s", (mime, name, kind) => {
    expect(previewKind(mime, name)).toBe(kind);
  });

  it("is coloured by its ending", () => {
    expect(["a.ts", "b/c.PY", "x.css", "Makefile", ".env"].map(languageOf)).toEqual([
      "typescript",
      "python",
      "css",
      "",
      "env",
    ]);
  });
});
