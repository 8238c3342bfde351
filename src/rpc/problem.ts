// Says in words what is wrong with an input, from a schema's issues.
import type * as z from "zod/mini";
import { AetheriaError } from "../contract/errors.ts";

/** The refusal of a call whose input does not fit. A text that is too long is what people run into;
 * the rest is for those who write programs. */
export function refusalOf(callName: string, error: z.core.$ZodError): AetheriaError {
  const issue = error.issues[0];
  if (issue?.code !== "too_big" || issue.origin !== "string")
    return new AetheriaError("bad_input", `${callName} was called with ${problemOf(error)}.`);
  const what = String(issue.path.at(-1) ?? "text");
  const most = issue.maximum.toLocaleString("en");
  return new AetheriaError(
    "too_large",
    `The ${what} is too long: it may have at most ${most} characters.`,
    { hint: what === "text" ? "Attach it as a file instead." : "Use a shorter one." },
  );
}

/** `a wrong “limit” (expected number)`: the first issue, its path and what was expected. */
export function problemOf(error: z.core.$ZodError): string {
  const issue = error.issues[0];
  if (!issue) return "a wrong input";
  const path = issue.path.map(String).join(".");
  const what = path === "" ? "a wrong input" : `a wrong “${path}”`;
  return `${what} (${describe(issue)})`;
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return `expected ${issue.expected}`;
  if (issue.code === "too_big") return `at most ${issue.maximum}`;
  if (issue.code === "too_small") return `at least ${issue.minimum}`;
  if (issue.code === "invalid_value") return `one of ${issue.values.map(String).join(", ")}`;
  if (issue.code === "unrecognized_keys") return `unknown ${issue.keys.join(", ")}`;
  return issue.message.length > 0 ? issue.message : "does not fit";
}
