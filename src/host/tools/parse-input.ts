// Parses what a model sent for a tool. Repairs near misses only where there is one possible meaning
// (a number in quotes, null for a field left out) and otherwise says which field is wrong and why.
import type * as z from "zod";

export type Parsed<Output> = { ok: true; input: Output } | { ok: false; problem: string };

type Issue = z.core.$ZodIssue;
const maxIssuesTold = 5;

/** Never throws. */
export function parseInput<Input extends z.ZodObject>(
  schema: Input,
  value: unknown,
): Parsed<z.output<Input>> {
  const given = value === undefined || value === null ? {} : value;
  const first = schema.safeParse(given, { reportInput: true });
  if (first.success) return { ok: true, input: first.data };
  const repaired = repair(given, first.error.issues);
  const second = schema.safeParse(repaired, { reportInput: true });
  if (second.success) return { ok: true, input: second.data };
  return { ok: false, problem: problemOf(schema, repaired, second.error.issues) };
}

// ── Repair ───────────────────────────────────────────────────────────────────────────────────────

function repair(value: unknown, issues: readonly Issue[]): unknown {
  let repaired = structuredCloneOr(value);
  for (const issue of issues) {
    if (issue.code !== "invalid_type") continue;
    if (issue.path.length === 0) repaired = meant(issue.expected, repaired) ?? repaired;
    else repairAt(repaired, issue.path, issue.expected);
  }
  return repaired;
}

function structuredCloneOr(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch (_notCloneable) {
    return value;
  }
}

function repairAt(root: unknown, path: readonly PropertyKey[], expected: string): void {
  const parent = path.slice(0, -1).reduce<unknown>(child, root);
  const key = path[path.length - 1];
  if (typeof parent !== "object" || parent === null || key === undefined) return;
  const value = child(parent, key);
  if (value === null) Reflect.deleteProperty(parent, key);
  else if (value !== undefined) {
    const better = meant(expected, value);
    if (better !== undefined) Reflect.set(parent, key, better);
  }
}

function child(parent: unknown, key: PropertyKey): unknown {
  return typeof parent === "object" && parent !== null ? Reflect.get(parent, key) : undefined;
}

/** The value the sender must have meant; undefined when that is a guess. */
function meant(expected: string, value: unknown): unknown {
  if (typeof value === "string") return fromText(expected, value.trim(), value);
  if (expected === "string" && typeof value === "number") return String(value);
  if (expected === "array" && typeof value === "object" && !Array.isArray(value)) return [value];
  return undefined;
}

function fromText(expected: string, trimmed: string, raw: string): unknown {
  if (expected === "number" || expected === "int")
    return /^[+-]?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : undefined;
  if (expected === "boolean") return { true: true, false: false }[trimmed.toLowerCase()];
  if (expected === "object") return json(trimmed, "{");
  if (expected === "array") return json(trimmed, "[") ?? json(trimmed, "{", true) ?? [raw];
  return undefined;
}

function json(text: string, opening: string, wrapped = false): unknown {
  if (!text.startsWith(opening)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return wrapped ? [value] : value;
  } catch (_notJson) {
    return undefined;
  }
}

// ── Words ────────────────────────────────────────────────────────────────────────────────────────

function problemOf(schema: z.ZodObject, value: unknown, issues: readonly Issue[]): string {
  const told = issues.slice(0, maxIssuesTold).map((issue) => sentence(issue));
  if (issues.length > told.length) told.push(`And ${issues.length - told.length} more.`);
  const known = Object.keys(schema.shape);
  const unknown = keysOf(value).filter((key) => !known.includes(key));
  if (unknown.length > 0)
    told.push(`There is no field ${list(unknown)}; the fields are ${list(known)}.`);
  return told.join(" ");
}

function keysOf(value: unknown): string[] {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  return isRecord ? Object.keys(value).slice(0, 20) : [];
}

function list(names: string[]): string {
  return names.map((name) => `“${name}”`).join(", ");
}

function sentence(issue: Issue): string {
  const field = issue.path.length === 0 ? "The input" : `“${issue.path.map(String).join(".")}”`;
  if (issue.code === "invalid_type" && issue.input === undefined)
    return `${field} is missing: expected ${issue.expected}.`;
  return `${field} is wrong: expected ${expectation(issue)}, got ${shown(issue.input)}.`;
}

function expectation(issue: Issue): string {
  if (issue.code === "invalid_type")
    return issue.expected === "int" ? "a whole number" : issue.expected;
  if (issue.code === "too_small") return `at least ${issue.minimum}${unit(issue.origin)}`;
  if (issue.code === "too_big") return `at most ${issue.maximum}${unit(issue.origin)}`;
  if (issue.code === "invalid_value") return `one of ${issue.values.map(String).join(", ")}`;
  return issue.message;
}

function unit(origin: string): string {
  if (origin === "string") return " characters";
  return origin === "array" ? " items" : "";
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  if (typeof value === "string")
    return value.length > 80 ? `${value.length} characters` : JSON.stringify(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
