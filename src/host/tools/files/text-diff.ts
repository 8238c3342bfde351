// A unified diff of two texts for a person's eyes, bounded in time and length.
import { count, lineCount } from "../amounts.ts";

const maxDiffLength = 100_000;
const timeoutMs = 1_000;

/** The text of a patch; for changes too large to compare, a patch-like summary. */
export async function textDiff(path: string, before: string, after: string): Promise<string> {
  const { createTwoFilesPatch } = await import("diff");
  const from = before === "" ? "/dev/null" : `a/${path}`;
  const names = [from, `b/${path}`] as const;
  const options = {
    context: 3,
    timeout: timeoutMs,
    maxEditLength: 20_000,
    headerOptions: undefined,
  };
  const patch = createTwoFilesPatch(...names, before, after, undefined, undefined, options);
  const text = patch?.replace(/^=+\n/, "") ?? summary(names, before, after);
  if (text.length <= maxDiffLength) return text;
  const end = text.lastIndexOf("\n", maxDiffLength);
  return `${text.slice(0, end)}\n\\ The diff goes on: ${count(lineCount(text.slice(end)), "more line")}.\n`;
}

function summary([from, to]: readonly [string, string], before: string, after: string): string {
  const change = `${count(lineCount(before), "line")} become ${count(lineCount(after), "line")}`;
  return `--- ${from}\n+++ ${to}\n\\ Too much changes to show it line by line: ${change}.\n`;
}
