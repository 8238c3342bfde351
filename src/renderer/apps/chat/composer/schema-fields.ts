// A form from a tool's JSON Schema, and the input it makes. Plain kinds get a field of their own;
// anything else is written as JSON. What is empty is left out, so that the tool's defaults hold.
import * as z from "zod/mini";

export type FieldKind = "text" | "long" | "code" | "number" | "choice" | "switch" | "list" | "json";

export type SchemaField = {
  name: string;
  kind: FieldKind;
  hint: string;
  isRequired: boolean;
  choices: string[];
  /** The default as one would write it; shown, not sent. */
  usual: string;
};

const Property = z.object({
  type: z.optional(z.unknown()),
  description: z.optional(z.string()),
  enum: z.optional(z.array(z.unknown())),
  default: z.optional(z.unknown()),
  items: z.optional(z.object({ type: z.optional(z.unknown()) })),
});
type Property = z.infer<typeof Property>;

const ObjectSchema = z.object({
  properties: z.optional(z.record(z.string(), Property)),
  required: z.optional(z.array(z.string())),
});

/** Names of texts that people write over several lines. */
const longNames = new Set(["content", "text", "body", "message", "prompt"]);
/** Names of programs: in the signs of code, where Enter keeps the line's indent. */
const codeNames = new Set(["code", "script", "command"]);

/** The required ones first, both in the schema's order. */
export function fieldsOf(inputSchema: Record<string, unknown>): SchemaField[] {
  const parsed = ObjectSchema.safeParse(inputSchema);
  if (!parsed.success) return [];
  const { properties = {}, required = [] } = parsed.data;
  const fields = Object.entries(properties).map(([name, property]): SchemaField => {
    return {
      name,
      kind: kindOf(name, property),
      hint: property.description ?? "",
      isRequired: required.includes(name),
      choices: (property.enum ?? []).filter((value) => typeof value === "string"),
      usual: usualOf(property.default),
    };
  });
  return [...fields.filter((field) => field.isRequired), ...fields.filter((f) => !f.isRequired)];
}

function kindOf(name: string, { type, enum: choices, items }: Property): FieldKind {
  if (choices?.every((value) => typeof value === "string")) return "choice";
  if (type === "string" && codeNames.has(name)) return "code";
  if (type === "string") return longNames.has(name) ? "long" : "text";
  if (type === "integer" || type === "number") return "number";
  if (type === "boolean") return "switch";
  if (type === "array" && items?.type === "string") return "list";
  return "json";
}

function usualOf(value: unknown): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  return Array.isArray(value) && value.length === 0 ? "" : JSON.stringify(value);
}

export type Problem = "missing" | "notNumber" | "badJson";

export type FormResult =
  { ok: true; input: Record<string, unknown> } | { ok: false; problems: Record<string, Problem> };

/** The input that the typed values make. */
export function inputOf(
  fields: readonly SchemaField[],
  values: Readonly<Record<string, string>>,
): FormResult {
  const input: Record<string, unknown> = {};
  const problems: Record<string, Problem> = {};
  for (const field of fields) {
    const typed = values[field.name] ?? "";
    if (typed === "" && field.kind !== "long") {
      if (field.isRequired) problems[field.name] = "missing";
      continue;
    }
    if (typed === "" && !field.isRequired) continue;
    const value = valueOf(field.kind, typed);
    if (value.problem) problems[field.name] = value.problem;
    else input[field.name] = value.value;
  }
  return Object.keys(problems).length > 0 ? { ok: false, problems } : { ok: true, input };
}

function valueOf(kind: FieldKind, typed: string): { value?: unknown; problem?: Problem } {
  switch (kind) {
    case "number": {
      const value = Number(typed);
      return Number.isFinite(value) ? { value } : { problem: "notNumber" };
    }
    case "switch":
      return { value: typed === "true" };
    case "list":
      return {
        value: typed
          .split("\n")
          .map((line) => line.trim())
          .filter((line) => line !== ""),
      };
    case "json":
      return parsed(typed);
    default:
      return { value: typed };
  }
}

function parsed(typed: string): { value?: unknown; problem?: Problem } {
  try {
    return { value: JSON.parse(typed) };
  } catch {
    return { problem: "badJson" };
  }
}
