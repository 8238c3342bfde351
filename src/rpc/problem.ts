// Says in words what is wrong with an input, from a schema's issues.
import type * as z from "zod/mini";

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
