import { describe, expect, it } from "vitest";
import { lineOf, runLine, runShown, type RunView } from "./run-shown.ts";

const view: RunView = {
  kind: "run",
  language: "python",
  tier: "docker",
  code: "import pandas as pd\n\n# Growth by quarter\nprint(1)\n",
  exitCode: 0,
  output: "1\n",
  outputBytes: 2,
  memoryPeakBytes: null,
  changed: [
    { path: "out/summary.csv", change: "modified" },
    { path: "out/chart.png", change: "created" },
    { path: "old.txt", change: "deleted" },
  ],
  blockedHosts: [],
};

describe("a run as it is shown", () => {
  it("says what the program is about, not what it imports", () => {
    expect(lineOf("#!/bin/bash\nset -eu\n\nls -l | wc -l\n")).toBe("ls -l | wc -l");
    expect(lineOf("const fs = require('fs');\n// Counts words\ncount()")).toBe("Counts words");
    expect(lineOf("from a import b")).toBe("from a import b");
    expect(lineOf("")).toBe("");
  });

  it("names what it made, the new ones first, not what it deleted", () => {
    const shown = runShown({ name: "anything", input: {}, view });
    expect(shown).toMatchObject({
      language: "python",
      line: "Growth by quarter",
      made: ["chart.png", "summary.csv"],
    });
    expect(shown && runLine(shown)).toBe("Growth by quarter → chart.png, summary.csv");
    expect(runLine({ line: "x", made: ["a", "b", "c", "d", "e"] })).toBe("x → a, b, c +2");
  });

  it("is known by the tool's name while it runs, and no other tool is one", () => {
    const input = { code: "print(1)", hosts: [] };
    expect(runShown({ name: "run_python", input, view: null })).toEqual({
      ...{ language: "python", code: "print(1)", line: "print(1)", made: [], view: null },
    });
    const shell = { name: "execute_in_sandbox", input: { command: "ls" }, view: null };
    expect(runShown(shell)).toMatchObject({ language: "shell", code: "ls" });
    const node = { language: "javascript", code: "1" };
    expect(runShown({ ...shell, input: node })).toMatchObject({ language: "node", code: "1" });
    expect(runShown({ name: "run_node", input: null, view: null })?.code).toBe("");
    expect(runShown({ name: "read_file", input: { path: "a" }, view: null })).toBeNull();
  });
});
