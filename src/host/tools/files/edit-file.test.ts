import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyEdits } from "./apply-edits.ts";
import { editFileTool } from "./edit-file.ts";
import { memoryJournal, runTool, temporaryWorkspace } from "./temporary-workspace.fixture.ts";

const tool = editFileTool(memoryJournal());
const one = (old_text: string, new_text: string, replace_all = false) => [
  { old_text, new_text, replace_all },
];

describe("edit_file", () => {
  it("changes one place and shows the difference", async () => {
    const { root, context } = await temporaryWorkspace({ "a.ts": "const a = 1;\nconst b = 2;\n" });
    const edits = one("a = 1", "a = 3");
    const plan = await tool.plan({ path: "a.ts", edits }, context);
    expect(plan).toMatchObject({
      sentence: "Change 1 place in the file a.ts.",
      diff: expect.stringContaining("-const a = 1;\n+const a = 3;\n const b = 2;"),
    });
    const { text, view } = await runTool(tool, { path: "a.ts", edits }, context);
    expect(text).toBe("Changed 1 place in a.ts.");
    expect(view).toMatchObject({ kind: "diff", diff: plan.diff });
    expect(await readFile(join(root, "a.ts"), "utf8")).toBe("const a = 3;\nconst b = 2;\n");
  });

  it("makes all edits or none", async () => {
    const { root, context } = await temporaryWorkspace({ t: "one two" });
    const edits = [
      { old_text: "one", new_text: "1" },
      { old_text: "three", new_text: "3" },
    ];
    await expect(runTool(tool, { path: "t", edits }, context)).rejects.toMatchObject({
      code: "not_found",
      message: "old_text of edit 2 is not in t; nothing was changed.",
    });
    expect(await readFile(join(root, "t"), "utf8")).toBe("one two");
  });

  it("keeps UTF-16 with its mark, Latin-1 and CRLF as they are", async () => {
    const { root, context } = await temporaryWorkspace({
      wide: Buffer.from("\ufeffgrün\r\nblau\r\n", "utf16le"),
      latin: Buffer.from("café – non\n".replace("–", "-"), "latin1"),
    });
    await runTool(tool, { path: "wide", edits: one("grün\nblau", "rot\nweiß\ngelb") }, context);
    const wide = (await readFile(join(root, "wide"))).toString("utf16le");
    expect(wide).toBe("\ufeffrot\r\nweiß\r\ngelb\r\n");
    await runTool(tool, { path: "latin", edits: one("non", "oui, è vero") }, context);
    expect((await readFile(join(root, "latin"))).toString("latin1")).toBe("café - oui, è vero\n");
    await expect(
      runTool(tool, { path: "latin", edits: one("oui", "日本") }, context),
    ).rejects.toMatchObject({ message: expect.stringContaining("Latin-1, which has no room") });
  });

  it("refuses binary files and files that are not there", async () => {
    const { context } = await temporaryWorkspace({ b: Buffer.alloc(10) });
    const refused = (path: string) => runTool(tool, { path, edits: one("a", "b") }, context);
    await expect(refused("b")).rejects.toMatchObject({ message: "“b” is not a text file." });
    await expect(refused("nope")).rejects.toMatchObject({ code: "not_found" });
    await expect(refused("../x")).rejects.toMatchObject({ code: "outside_workspace" });
  });
});

describe("applyEdits", () => {
  const code =
    "function add(a, b) {\n\treturn a + b;\n}\n\nfunction sub(a, b) {\n\treturn a - b;\n}\n";
  const problem = (text: string, old_text: string, new_text = "x") => {
    try {
      applyEdits(text, one(old_text, new_text), "f");
      return null;
    } catch (error) {
      return error;
    }
  };

  it("shows the nearest text when nothing matches", () => {
    expect(problem(code, "function add(a, b) {\n    return a + b;\n}")).toMatchObject({
      code: "not_found",
      hint: expect.stringContaining(
        "Lines 1–3, which differ only in white space:\nfunction add(a, b) {\n\treturn a + b;\n}",
      ),
    });
    expect(problem(code, "return a * b;")).toMatchObject({
      hint: expect.stringMatching(/Lines 2–2:\n\treturn a \+ b;\n\nLines 6–6:\n\treturn a - b;/),
    });
    expect(problem(code, "nothing like it at all")).toMatchObject({
      hint: "Read the file again and copy the text exactly.",
    });
  });

  it("says where an ambiguous text is, and replaces all when asked", () => {
    expect(problem(code, "(a, b)")).toMatchObject({
      code: "conflict",
      message: "old_text is in f 2 times (lines 1, 5).",
    });
    expect(applyEdits(code, one("(a, b)", "(x)", true), "f")).toMatchObject({ replacements: 2 });
  });

  it("recognises an edit that was made before", () => {
    expect(problem("hello world", "goodbye", "hello")).toMatchObject({
      hint: expect.stringContaining("new_text is there already"),
    });
  });

  it("fills an empty file, and refuses an empty old_text elsewhere", () => {
    expect(applyEdits("", one("", "new"), "f").text).toBe("new");
    expect(problem("x", "")).toMatchObject({ code: "bad_input" });
    expect(problem("x", "x", "x")).toMatchObject({ code: "bad_input" });
  });

  it("takes `$&` and the like as plain characters", () => {
    expect(applyEdits("a", one("a", "$& $1"), "f").text).toBe("$& $1");
  });

  it("leaves mixed line ends alone outside the place it changes", () => {
    const mixed = "a\r\nb\nc\r\nd\r\n";
    expect(applyEdits(mixed, one("c\nd", "x\ny"), "f").text).toBe("a\r\nb\nx\r\ny\r\n");
  });

  it("changes exactly the place that was named, whatever the line ends", () => {
    const line = fc.stringMatching(/^[ab ]{0,4}$/);
    const end = fc.constantFrom("\n", "\r\n");
    const text = fc.array(fc.tuple(line, end), { maxLength: 8 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const [head, tail] = [before, after].map((lines) => lines.map((l) => l.join("")).join(""));
        const edited = applyEdits(`${head}MARK\r\nEND${tail}`, one("MARK\nEND", "new"), "f");
        expect(edited.text).toBe(`${head}new${tail}`);
      }),
    );
  });
});
