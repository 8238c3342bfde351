import { describe, expect, it } from "vitest";
import { fieldsOf, inputOf } from "./schema-fields.ts";

const schema = {
  type: "object",
  properties: {
    depth: { type: "integer", default: 2, description: "How deep" },
    hidden: { type: "boolean", default: false },
    path: { type: "string" },
    content: { type: "string" },
    code: { type: "string" },
    names: { type: "array", items: { type: "string" }, default: [] },
    edits: { type: "array", items: { type: "object" } },
    kind: { enum: ["a", "b"] },
  },
  required: ["path", "content", "code"],
};

describe("the form of a tool", () => {
  it("has the required fields first, each with a kind that fits", () => {
    const fields = fieldsOf(schema);
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["path", "text"],
      ["content", "long"],
      ["code", "code"],
      ["depth", "number"],
      ["hidden", "switch"],
      ["names", "list"],
      ["edits", "json"],
      ["kind", "choice"],
    ]);
    expect(fields[3]).toMatchObject({ hint: "How deep", usual: "2", isRequired: false });
    expect(fields[5]?.usual).toBe("");
  });

  it("is empty for a schema that is none", () => {
    expect(fieldsOf({ properties: 3 })).toEqual([]);
    expect(fieldsOf({})).toEqual([]);
  });
});

describe("the input made of it", () => {
  const fields = fieldsOf(schema);

  it("holds what was typed, in the type that the tool takes, and leaves out the rest", () => {
    const typed = {
      path: "a.md",
      content: "",
      code: "if True:\n    print(1)",
      depth: "3",
      hidden: "true",
      names: "*.md\n\n *.ts ",
      edits: '[{"old_text":"a"}]',
    };
    expect(inputOf(fields, typed)).toEqual({
      ok: true,
      input: {
        path: "a.md",
        content: "",
        code: "if True:\n    print(1)",
        depth: 3,
        hidden: true,
        names: ["*.md", "*.ts"],
        edits: [{ old_text: "a" }],
      },
    });
  });

  it("names each field that is missing or wrong", () => {
    expect(inputOf(fields, { depth: "deep", edits: "[" })).toEqual({
      ok: false,
      problems: { path: "missing", code: "missing", depth: "notNumber", edits: "badJson" },
    });
  });
});
