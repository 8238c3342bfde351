import { open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Sha256 } from "../../../contract/ids.ts";
import type { Attachments } from "../../../core/ports.ts";
import { docxBytes, pdfBytes, pngBytes, xlsxBytes } from "../documents/sample-documents.fixture.ts";
import { readFileTool } from "./read-file.ts";
import { contextFor, runTool, temporaryWorkspace } from "./temporary-workspace.fixture.ts";

const attachments: Attachments = {
  put: async (bytes, name, mime) => ({
    sha256: Sha256.parse("a".repeat(64)),
    name,
    mime,
    sizeBytes: bytes.length,
  }),
  openWriter: () => Promise.reject(new Error("not asked for")),
  get: () => Promise.reject(new Error("not asked for")),
  path: () => "",
};
const tool = readFileTool(attachments);

async function read(files: Record<string, string | Uint8Array>, input: Record<string, unknown>) {
  const { context } = await temporaryWorkspace(files);
  return runTool(tool, input, context);
}

describe("read_file", () => {
  it("reads a text with its size, encoding and number of lines", async () => {
    const { text, labels } = await read({ "a.txt": "one\ntwo\n" }, { path: "a.txt" });
    expect(text).toBe("a.txt: lines 1–2 of 2 (8 bytes, UTF-8)\n\none\ntwo\n");
    expect(labels).toEqual(["private"]);
  });

  it("reads a range and says how to read on", async () => {
    const numbers = Array.from({ length: 1000 }, (_, i) => `line ${i + 1}`).join("\n");
    const { text } = await read({ n: numbers }, { path: "n", start_line: 10, end_line: 11 });
    expect(text).toContain("lines 10–11 of 1,000");
    expect(text).toContain("\nline 10\nline 11\n");
    expect(text).not.toContain("\nline 12");
    expect(text).toContain("start_line 12 reads further");
  });

  it("cuts at a whole line and leads through a long file without a gap", async () => {
    const whole = Array.from({ length: 300 }, (_, i) => `row ${i} ${"é".repeat(i % 7)}\n`).join("");
    const { context } = await temporaryWorkspace({ long: whole });
    let collected = "";
    for (let start = 1; ;) {
      const { text } = await runTool(
        tool,
        { path: "long", start_line: start, max_chars: 500 },
        context,
      );
      const [, body = ""] = text.split(/\n\n(.*)/s);
      collected += body.replace(/\n?\[cut here.*\]$/, "");
      const next = /start_line (\d+)\]$/.exec(text)?.[1];
      if (next === undefined) break;
      if (!collected.endsWith("\n")) collected += "\n";
      start = Number(next);
    }
    expect(collected).toBe(whole);
  });

  it("goes through one enormous line by columns", async () => {
    const { context } = await temporaryWorkspace({ min: "abcdefghij".repeat(1000) });
    const first = await runTool(tool, { path: "min", max_chars: 15 }, context);
    expect(first.text).toContain(
      "\n\nabcdefghijabcde\n[cut here: go on with start_line 1 and start_column 16]",
    );
    const second = await runTool(tool, { path: "min", start_column: 16, max_chars: 5 }, context);
    expect(second.text).toContain(
      "\n\nfghij\n[cut here: go on with start_line 1 and start_column 21]",
    );
  });

  it("reads a file of four gigabytes by its first lines only", async () => {
    const { root, context } = await temporaryWorkspace({ big: "first\nsecond\n" });
    await truncate(join(root, "big"), 4_000_000_000);
    const handle = await open(join(root, "big"), "r+");
    await handle.write(Buffer.alloc(8192, "text\n"), 0, 8192, 0);
    await handle.close();
    const { text } = await runTool(tool, { path: "big", end_line: 3 }, context);
    expect(text).toContain("big: lines 1–3 (4.0 GB, UTF-8)\n\ntext\ntext\ntext\n");
    expect(text).toContain("[the file goes on");
  });

  it("understands UTF-16, a byte order mark and Latin-1", async () => {
    const sizes = { path: "t" };
    const utf16 = Buffer.from("\ufeffgrün\r\nja", "utf16le");
    expect((await read({ t: utf16 }, sizes)).text).toContain("UTF-16, CRLF line ends)\n\ngrün\nja");
    expect((await read({ t: Buffer.from("\ufeffhé") }, sizes)).text).toMatch(/mark\)\n\nhé$/);
    expect((await read({ t: Buffer.from("café", "latin1") }, sizes)).text).toMatch(
      /Latin-1\)\n\ncafé$/,
    );
  });

  it("says what a binary file is instead of printing it", async () => {
    const elf = Buffer.concat([Buffer.from("7f454c46", "hex"), Buffer.alloc(100)]);
    expect((await read({ x: elf }, { path: "x" })).text).toBe(
      "x is a program for Linux (104 bytes). It cannot be read as text.",
    );
    expect((await read({ x: Buffer.alloc(50) }, { path: "x" })).text).toContain("a binary file");
  });

  it("says that a file is empty, or that a line is not there", async () => {
    expect((await read({ e: "" }, { path: "e" })).text).toBe("e is empty.");
    expect((await read({ e: "1\n2" }, { path: "e", start_line: 9 })).text).toContain(
      "there is no line 9",
    );
  });

  it("reads PDF, Word and Excel as text, by lines too", async () => {
    const files = {
      "a.pdf": pdfBytes(["Hello", "World"]),
      "b.docx": docxBytes(),
      "c.xlsx": xlsxBytes(),
    };
    const { context } = await temporaryWorkspace(files);
    const text = async (path: string) => (await runTool(tool, { path }, context)).text;
    expect(await text("a.pdf")).toMatch(/--- page 1 ---\nHello\n--- page 2 ---\nWorld/);
    expect(await text("b.docx")).toContain("# Plan\n\nBuy **bread**");
    expect(await text("c.xlsx")).toContain("name,amount\nApples,3");
    const page = await runTool(tool, { path: "a.pdf", start_line: 3, end_line: 3 }, context);
    expect(page.text).toContain("\n\n--- page 2 ---\n");
  });

  it("attaches a picture so that the model can look at it", async () => {
    const { text, files } = await read({ "p.png": pngBytes() }, { path: "p.png" });
    expect(text).toMatch(/^p\.png is a PNG picture \(\d+ bytes\)\. It is attached\.$/);
    expect(files).toMatchObject([{ name: "p.png", mime: "image/png" }]);
  });

  it("tells what is broken about a damaged document and goes on", async () => {
    const { text } = await read({ "a.pdf": Buffer.from("%PDF-1.4\n\0garbage") }, { path: "a.pdf" });
    expect(text).toContain("is a damaged PDF that cannot be read.");
  });

  it("stops reading when it is told to", async () => {
    const stop = new AbortController();
    const { root } = await temporaryWorkspace();
    await writeFile(join(root, "t"), "x");
    stop.abort();
    const stopped = runTool(tool, { path: "t" }, contextFor(root, stop.signal));
    await expect(stopped).rejects.toMatchObject({ name: "AbortError" });
  });

  it("plans with the real path and refuses what is outside", async () => {
    const { root, context } = await temporaryWorkspace({ "d/a": "x", l: "->d" });
    expect(await tool.plan({ path: "l/a" }, context)).toMatchObject({
      summary: "read d/a",
      effect: "read",
      paths: [join(root, "d/a")],
      sentence: "Read the file d/a.",
    });
    await expect(tool.plan({ path: "/etc/passwd" }, context)).rejects.toMatchObject({
      code: "outside_workspace",
    });
    await expect(tool.plan({ path: "a" }, contextFor(null))).rejects.toMatchObject({
      code: "workspace_missing",
    });
  });
});
