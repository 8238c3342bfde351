// Weak local models write tool calls as text, or arguments as almost-JSON. This reads what is plainly
// meant, and nothing more: prose that merely talks about a tool stays prose.
import { jsonrepair } from "jsonrepair";
import type { ModelToolCall } from "../ports.ts";

export type ParsedArguments = { ok: true; input: unknown } | { ok: false; problem: string };

/** Arguments as JSON, repaired when one clear reading exists. */
export function parseArguments(text: string): ParsedArguments {
  const source = text.trim() === "" ? "{}" : text;
  const strict = tryParse(source);
  if (strict !== undefined) return { ok: true, input: unwrapped(strict) };
  const repaired = tryRepair(source);
  if (isRecord(repaired)) return { ok: true, input: repaired };
  return {
    ok: false,
    problem: `The arguments are not valid JSON: ${source.slice(0, 200)}. Send one JSON object.`,
  };
}

/** Arguments of an answer that was cut at its length limit: what is not whole is never mended, or
 * half a file would be written. */
export function parseWhole(text: string): ParsedArguments {
  const strict = tryParse(text);
  if (strict !== undefined) return { ok: true, input: unwrapped(strict) };
  const problem =
    "The answer was cut off at its length limit before this call was whole, so it was not run. Do it in smaller pieces.";
  return { ok: false, problem };
}

/** Some models send the object as a JSON string. */
const unwrapped = (value: unknown): unknown =>
  typeof value === "string" ? (tryParse(value) ?? value) : value;

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function tryRepair(text: string): unknown {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(jsonrepair(text)) as unknown;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const wrappers = [
  /^\s*```(?:json|tool_call|tool_code)?\s*\n?([\s\S]*?)\n?```\s*$/,
  /^\s*<tool_call>\s*([\s\S]*?)\s*(?:<\/tool_call>)?\s*$/,
  /^\s*<function_call>\s*([\s\S]*?)\s*(?:<\/function_call>)?\s*$/,
  /^\s*\[TOOL_CALLS\]\s*([\s\S]*?)\s*$/,
  /^\s*<\|python_tag\|>\s*([\s\S]*?)\s*$/,
];

/** Tool calls that the whole text plainly is; null when it is anything else. `newId` names them. */
export function callsInText(
  text: string,
  toolNames: ReadonlySet<string>,
  newId: () => string,
): ModelToolCall[] | null {
  const inner = wrappers
    .map((wrapper) => wrapper.exec(text)?.[1])
    .find((match) => match !== undefined);
  const body = (inner ?? text).trim();
  if (!body.startsWith("{") && !body.startsWith("[")) return null;
  const value = tryParse(body) ?? tryRepair(body);
  const list: unknown[] = Array.isArray(value) ? value : [value];
  const calls = list.map((item) => callOf(item, toolNames, newId));
  return calls.length > 0 && calls.every((call) => call !== null) ? calls : null;
}

function callOf(
  value: unknown,
  toolNames: ReadonlySet<string>,
  newId: () => string,
): ModelToolCall | null {
  if (!isRecord(value)) return null;
  const inner = isRecord(value["function"]) ? value["function"] : value;
  const name = inner["name"] ?? inner["tool"] ?? inner["tool_name"];
  const input = inner["arguments"] ?? inner["parameters"] ?? inner["input"] ?? inner["args"];
  if (typeof name !== "string" || !toolNames.has(name)) return null;
  if (input === undefined && Object.keys(inner).length > 1) return null;
  const argumentsText = typeof input === "string" ? input : JSON.stringify(input ?? {});
  return { id: newId(), name, argumentsText };
}
