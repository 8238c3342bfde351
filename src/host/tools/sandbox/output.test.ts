import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createKeptOutput, headChars, tailChars } from "./kept-output.ts";
import { createLiveOutput } from "./live-output.ts";
import { maxModelChars, modelText } from "./model-text.ts";
import { createPlainText } from "./plain-text.ts";

const plain = (...pieces: string[]): string => {
  const text = createPlainText();
  return pieces.map((piece) => text.push(Buffer.from(piece))).join("") + text.end();
};

describe("plain text of a program's output", () => {
  it.each([
    ["colours", "\u001b[1;31mred\u001b[0m", "red"],
    ["a title", "\u001b]0;rm -rf\u0007done", "done"],
    ["a link", "\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\", "text"],
    ["a cursor that moves", "one\u001b[2J\u001b[Htwo", "onetwo"],
    ["a device control string", "a\u001bP1$r0m\u001b\\b", "ab"],
    ["one-byte sequences", "a\u009b31mb", "ab"],
    ["bells and backspaces", "a\u0007b\u0008c", "abc"],
    ["a turned reading direction", "gpj\u202eexe", "gpjexe"],
    ["an escape without an end", "a\u001b", "a"],
    ["what is text", "tab\tline\r\nümlaut 🙂\n", "tab\tline\r\nümlaut 🙂\n"],
  ])("is free of %s", (_what, given, expected) => {
    expect(plain(given)).toBe(expected);
  });

  it("is the same wherever it is cut into pieces, characters included", () => {
    const bytes = Buffer.from("é\u001b[31mred🙂\u001b]0;title\u0007end\u001bPq\u001b\\ü");
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(bytes.length)), (cuts) => {
        const text = createPlainText();
        const at = [0, ...cuts.sort((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((to, index) => text.push(bytes.subarray(at[index], to)));
        expect(pieces.join("") + text.end()).toBe("éred🙂endü");
      }),
    );
  });

  it("never lets an escape through, whatever comes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
        const text = createPlainText();
        const all = pieces.map((piece) => text.push(piece)).join("") + text.end();

        expect(all).not.toMatch(/[\u001b\u009b\u0007\u0008\u202e]/);
      }),
    );
  });
});

const kept = (...pieces: string[]) => {
  const output = createKeptOutput();
  for (const piece of pieces) output.add(piece);
  return output.cut();
};

describe("what is kept of an output", () => {
  it("is all of a short one", () => {
    expect(kept("one\n", "two")).toMatchObject({ head: "one\ntwo", tail: null, lines: 2 });
    expect(kept("")).toMatchObject({ head: "", lines: 0, leftOut: 0 });
    expect(kept("one\n")).toMatchObject({ lines: 1 });
  });

  it("is the last state of a progress bar", () => {
    expect(kept("10%\r", "50%\r100%\r\ndone\n").head).toBe("100%\ndone\n");
  });

  it("is the beginning, the end and what looks like trouble of a long one", () => {
    const output = createKeptOutput();
    for (let line = 1; line <= 20_000; line += 1)
      output.add(line === 10_000 ? "ValueError: the one that matters\n" : `line ${line}\n`);
    const cut = output.cut();
    expect(cut.head.startsWith("line 1\n")).toBe(true);
    expect(cut.tail?.endsWith("line 20000\n")).toBe(true);
    expect(cut.telling).toEqual([{ line: 10_000, text: "ValueError: the one that matters" }]);
    expect(cut.lines).toBe(20_000);
    const shownLines = [cut.head, cut.tail ?? ""].join("").split("\n").length - 1;
    expect(cut.leftOut).toBe(20_000 - shownLines);
  });

  it("stays small, however it comes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30_000), { minLength: 3, maxLength: 12 }), (sizes) => {
        const { head, tail, leftOut, lines } = kept(
          ...sizes.map((size) => "abc\n".repeat(size / 4)),
        );
        const total = sizes.reduce((sum, size) => sum + Math.floor(size / 4) * 4, 0);
        const shown = head.length + (tail?.length ?? 0);
        expect(shown).toBeLessThanOrEqual(headChars + tailChars);
        expect(shown).toBe(total - leftOut * 4);
        expect(lines).toBe(total / 4);
      }),
    );
  });
});

describe("what the model is shown", () => {
  it("is a short output as it is", () => {
    expect(modelText(kept("4\n"), "…")).toBe("4\n");
  });

  it("is cut by meaning, with the count and the way to see the rest", () => {
    const lines = Array.from({ length: 5_000 }, (_, index) => `row ${index + 1}`);
    lines[2_499] = "WARNING: row 2500 is odd";
    const text = modelText(kept(`${lines.join("\n")}\n`), "Look there.");
    expect(text.length).toBeLessThanOrEqual(maxModelChars);
    expect(text).toContain("row 1\n");
    expect(text).toContain("row 5000");
    expect(text).toMatch(/\[… [\d,]+ of 5,000 lines are left out here\. Look there\.\nAmong them:/);
    expect(text).toContain("line 2500: WARNING: row 2500 is odd");
  });

  it("is not pushed out by one endless line", () => {
    const text = modelText(kept("x".repeat(3_000_000)), "…");
    expect(text.length).toBeLessThanOrEqual(maxModelChars);
    expect(text).toContain("characters …]");
  });
});

describe("what is shown while it runs", () => {
  it("is everything as long as one could follow", () => {
    const live = createLiveOutput();
    expect(live.push("a\r\n", 0) + live.push("b\rc", 1) + live.end()).toBe("a\nb\nc");
  });

  it("is a sample with the count of what went by beyond that", () => {
    const live = createLiveOutput();
    let chars = 0;
    for (let n = 0; n < 1_000; n += 1) chars += live.push("x".repeat(64_000), n).length;
    const end = live.end();
    expect(chars).toBeLessThan(1_500_000);
    expect(end).toContain("characters went by");
  });
});
