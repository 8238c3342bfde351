import { describe, expect, it } from "vitest";
import { parseDiff } from "./diff-lines.ts";

describe("parseDiff", () => {
  it("numbers the lines of each hunk and leaves file headers out", () => {
    const diff =
      "--- a/x\n+++ b/x\n@@ -3,3 +3,3 @@ fn\n one\n-two\n+TWO\n three\n@@ -9 +9 @@\n-\n+--- x\n";
    expect(parseDiff(diff)).toEqual([
      { kind: "hunk", text: "@@ -3,3 +3,3 @@ fn", oldNumber: null, newNumber: null },
      { kind: "same", text: "one", oldNumber: 3, newNumber: 3 },
      { kind: "removed", text: "two", oldNumber: 4, newNumber: null },
      { kind: "added", text: "TWO", oldNumber: null, newNumber: 4 },
      { kind: "same", text: "three", oldNumber: 5, newNumber: 5 },
      { kind: "hunk", text: "@@ -9 +9 @@", oldNumber: null, newNumber: null },
      { kind: "removed", text: "", oldNumber: 9, newNumber: null },
      { kind: "added", text: "--- x", oldNumber: null, newNumber: 9 },
    ]);
  });

  it("reads bare plus and minus lines as a diff from line 1", () => {
    expect(parseDiff("+a\n+b").map((line) => line.newNumber)).toEqual([1, 2]);
  });

  it("leaves out the note about a missing line end", () => {
    expect(parseDiff("@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b")).toHaveLength(3);
  });
});
