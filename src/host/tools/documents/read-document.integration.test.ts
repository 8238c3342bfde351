import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { AetheriaError } from "../../../contract/errors.ts";
import { Sha256 } from "../../../contract/ids.ts";
import { createAttachmentReader } from "./attachment-reader.ts";
import { readDocument } from "./read-document.ts";
import {
  docxBytes,
  lockedPdfBytes,
  pdfBytes,
  pngBytes,
  xlsxBytes,
  zipBytes,
} from "./sample-documents.fixture.ts";

const read = (bytes: Uint8Array, name: string, maxChars = 10_000, mime = "") =>
  readDocument({ bytes, name, mime }, maxChars);
const readText = (text: string, name: string, maxChars?: number) =>
  read(Buffer.from(text), name, maxChars);

const never = new AbortController().signal;

describe("readDocument", () => {
  it("reads text in any of the usual encodings", async () => {
    expect(await readText("grün", "a.txt")).toEqual({ kind: "text", text: "grün" });
    const utf16 = Buffer.from("grün", "utf16le");
    expect(await read(Buffer.concat([utf16, utf16]), "a.txt")).toMatchObject({ text: "grüngrün" });
    expect(await read(Buffer.from("grün", "latin1"), "a.txt")).toMatchObject({ text: "grün" });
    expect(await readText("", "a.txt")).toMatchObject({ kind: "text" });
  });

  it("cuts long text at a line and says so", async () => {
    const rows = Array.from({ length: 100 }, (_, i) => `${i},row`).join("\n");
    const cut = await readText(rows, "a.csv", 200);
    expect(cut).toMatchObject({
      kind: "text",
      text: expect.stringMatching(/row\n\[cut here, after \d+ characters: more rows follow\]$/),
    });
    expect(await readText("{}", "a.json")).toEqual({ kind: "text", text: "{}" });
  });

  it("turns HTML into Markdown without its scripts", async () => {
    const html =
      "<html><head><title>t</title></head><body><h1>Hi</h1><script>bad()</script><p>See <a href='https://a.example/'>this</a></p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table></body></html>";
    const { text } = Object(await readText(html, "a.html"));
    expect(text).toBe(
      "# Hi\n\nSee [this](https://a.example/)\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
    );
  });

  it.each([
    "<p>half a <b>page",
    "<body><p>half a <b>page</b></p></body>",
    "<html><p>half a <b>page</b></p></html>",
    "<!doctype html><title>t</title><p>half a <b>page</b>",
    "<!DOCTYPE html>\n<html lang='en'><head><style>p{}</style></head><p>half a <b>page</b></html>",
  ])("reads %s", async (html) => {
    const { text } = Object(await readText(html, "a.html"));
    expect(text).toMatch(/^(t\n*)?half a \*\*page\*\*$/);
  });

  it("reads a PDF page by page, no further than wanted", async () => {
    const bytes = pdfBytes(["First words", "Second words", "Third words"]);
    expect(await read(bytes, "a.pdf")).toEqual({
      kind: "text",
      text: "--- page 1 ---\nFirst words\n--- page 2 ---\nSecond words\n--- page 3 ---\nThird words",
    });
    const cut = Object(await read(bytes, "a.pdf", 40)).text;
    expect(cut).toContain("First words");
    expect(cut).toContain("[cut here, in page 2 of 3]");
    expect(cut).not.toContain("Third");
  });

  it("reads Word with headings, emphasis and tables", async () => {
    expect(await read(docxBytes(), "a.docx")).toEqual({
      kind: "text",
      text: "# Plan\n\nBuy **bread**\n\n| name | amount |\n| --- | --- |\n| a\\|b | 3 |",
    });
  });

  it("reads Excel sheet by sheet as CSV, cut by rows", async () => {
    const rows = Array.from({ length: 50 }, (_, i) => [`item ${i}`, i]);
    const bytes = xlsxBytes({ Long: rows, Short: [["Pears, ripe", 4.5]] });
    expect(Object(await read(bytes, "a.xlsx")).text).toMatch(
      /^--- sheet Long: 50 rows, 2 columns ---\nitem 0,0\n.*\n--- sheet Short: 1 rows, 2 columns ---\n"Pears, ripe",4.5$/s,
    );
    expect(Object(await read(bytes, "a.xlsx", 100)).text).toMatch(/\[cut here: \d+ more rows\]/);
  });

  it("shows pictures as they are", async () => {
    const bytes = pngBytes();
    expect(await read(bytes, "p.png")).toEqual({ kind: "image", mime: "image/png", bytes });
  });

  it.each([
    [
      "a ZIP archive",
      zipBytes({ a: "x" }),
      "a.zip",
      "a.zip is a ZIP archive, which cannot be read.",
    ],
    ["unknown bytes", Buffer.alloc(10), "a.bin", "a.bin is a binary file, which cannot be read."],
    [
      "a broken PDF",
      Buffer.from("%PDF-1.7\n\0\0\0"),
      "a.pdf",
      "a.pdf is a damaged PDF that cannot be read.",
    ],
    ["a locked PDF", lockedPdfBytes(), "a.pdf", "a.pdf is locked with a password."],
    [
      "a PDF of pictures",
      pdfBytes(["", ""]),
      "a.pdf",
      "a.pdf has 2 pages but no text; its pages may be pictures.",
    ],
    [
      "half a Word document",
      docxBytes().subarray(0, 300),
      "a.docx",
      "a.docx is damaged: it is not a whole document.",
    ],
    [
      "a zip that is no Word document",
      zipBytes({ a: "x" }),
      "a.docx",
      "a.docx is damaged, or of a kind that cannot be read",
    ],
    [
      "a zip that is no workbook",
      zipBytes({ a: "x" }),
      "a.xlsx",
      "a.xlsx is damaged, or of a kind that cannot be read",
    ],
    [
      "a locked zip",
      docxBytes("", { locked: true }),
      "a.docx",
      "a.docx is locked with a password.",
    ],
    [
      "a locked Office file",
      Buffer.concat([Buffer.from("d0cf11e0a1b11ae1", "hex"), Buffer.alloc(99)]),
      "a.docx",
      "a.docx is an old or password-protected Office document",
    ],
  ])("says in a sentence why %s cannot be read", async (_what, bytes, name, why) => {
    expect(await read(bytes, name)).toEqual({ kind: "none", why: expect.stringContaining(why) });
  });

  it("refuses a zip bomb, also one that lies about its size", async () => {
    const bomb = Buffer.alloc(250_000_000, 32);
    for (const options of [{}, { declaredSize: 10 }])
      expect(await read(docxBytes(bomb.toString("latin1"), options), "bomb.docx")).toEqual({
        kind: "none",
        why: "bomb.docx would unpack to far more than a document should, so it was not read.",
      });
  });

  it("reads the beginning of an endless page", async () => {
    const html = `<body>${"<p>hello <b>you</b></p>\n".repeat(150_000)}</body>`;
    expect(Object(await readText(html, "a.html", 5_000_000)).text).toMatch(
      /^hello \*\*you\*\*\n\nhello .*\[cut here: the document is too long to be read whole\]$/s,
    );
  });

  it("refuses what is too large, and pictures above 20 MB", async () => {
    const dir = await mkdtemp(join(tmpdir(), "aetheria-docs-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const path = join(dir, "big");
    await writeFile(path, Buffer.concat([pngBytes(), Buffer.alloc(20_000_000)]));
    expect(await readDocument({ path, name: "big.png", mime: "" }, 100)).toMatchObject({
      why: "big.png is too large to be shown: the limit for pictures is 20 MB.",
    });
    await writeFile(path, Buffer.concat([pdfBytes(["x"]), Buffer.alloc(100_000_000)]));
    expect(await readDocument({ path, name: "big.pdf", mime: "" }, 100)).toMatchObject({
      why: "big.pdf is too large to be read: the limit is 100 MB.",
    });
  });

  it("stops its worker when it is told to", async () => {
    const stop = new AbortController();
    const source = { bytes: pdfBytes(["x"]), name: "a.pdf", mime: "" };
    const reading = readDocument(source, 100, stop.signal);
    stop.abort();
    await expect(reading).rejects.toMatchObject({ name: "AbortError" });
  });
});

describe("createAttachmentReader", () => {
  const file = {
    sha256: Sha256.parse("a".repeat(64)),
    name: "a.txt",
    mime: "text/plain",
    sizeBytes: 2,
  };

  it("reads from the store's file, and never throws", async () => {
    const dir = await mkdtemp(join(tmpdir(), "aetheria-docs-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const path = join(dir, "blob");
    await writeFile(path, "hi");
    const readerOf = (find: () => string) =>
      createAttachmentReader({
        put: () => Promise.reject(new Error("not asked for")),
        openWriter: () => Promise.reject(new Error("not asked for")),
        get: () => Promise.reject(new Error("not asked for")),
        path: find,
      });
    expect(await readerOf(() => path).read(file, 10, never)).toEqual({ kind: "text", text: "hi" });
    const gone = readerOf(() => {
      throw new AetheriaError("not_found", "gone");
    });
    expect(await gone.read(file, 10, never)).toEqual({
      kind: "none",
      why: "a.txt is not in the store any more.",
    });
    expect(await readerOf(() => join(dir, "nope")).read(file, 10, never)).toMatchObject({
      kind: "none",
    });
  });
});
