// What the composer offers while one types: tools after a leading `/`, files after an `@`. Pure.
import type { ToolDescription } from "../../../../contract/tool.ts";

export type Trigger = { kind: "tool" | "file"; query: string; start: number; end: number };

/** What the text before the caret asks for; null: nothing. */
export function triggerAt(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret);
  const slash = /^\s*\/([\w-]*)$/.exec(before);
  if (slash) return { kind: "tool", query: slash[1] ?? "", start: 0, end: caret };
  const at = /(?:^|\s)@([^\s@]*)$/.exec(before);
  if (!at) return null;
  const query = at[1] ?? "";
  return { kind: "file", query, start: caret - query.length - 1, end: caret };
}

/** The text with the trigger replaced, and where the caret stands then. */
export function replaced(
  text: string,
  { start, end }: Trigger,
  by: string,
): { text: string; caret: number } {
  const rest = text.slice(end);
  const gap = by === "" || rest.startsWith(" ") ? "" : " ";
  const caret = start + by.length + gap.length;
  return { text: text.slice(0, start) + by + gap + rest, caret };
}

/** Tools whose name, title or family holds the query; names that begin with it first. `python` is short
 * for `run_python`. */
export function matchingTools(
  tools: readonly ToolDescription[],
  query: string,
): readonly ToolDescription[] {
  const wanted = query.toLowerCase();
  const rank = ({ name, title, family }: ToolDescription): number => {
    if (name.startsWith(wanted) || name.startsWith(`run_${wanted}`)) return 0;
    if (family.startsWith(wanted)) return 1;
    return `${name} ${title}`.toLowerCase().includes(wanted) ? 2 : 3;
  };
  return tools
    .map((tool) => ({ tool, rank: rank(tool) }))
    .filter((entry) => entry.rank < 3)
    .sort((a, b) => a.rank - b.rank)
    .map((entry) => entry.tool);
}
