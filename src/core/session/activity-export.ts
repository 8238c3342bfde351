// The activity as a file: a tree as JSON, a table as CSV (RFC 4180).
import type { ActivityNode } from "./activity-tree.ts";

export type ExportedStep = {
  seq: number;
  kind: string;
  name: string;
  summary: string;
  state: string;
  startedAt: string;
  endedAt: string | null;
  ms: number | null;
  inputTokens: number | null;
  outputTokens: number | null;
  cachedTokens: number | null;
  costUsd: number | null;
  steps: ExportedStep[];
};

export const activityJson = (title: string, roots: readonly ActivityNode[]): string =>
  JSON.stringify(
    { format: "aetheria-activity", version: 1, title, steps: roots.map(exported) },
    null,
    2,
  );

function exported(node: ActivityNode): ExportedStep {
  const { seq, kind, name, summary, state, ms, spent } = node;
  return {
    ...{ seq, kind, name, summary, state },
    startedAt: time(node.from),
    endedAt: node.until === null ? null : time(node.until),
    ms,
    inputTokens: spent?.inputTokens ?? null,
    outputTokens: spent?.outputTokens ?? null,
    cachedTokens: spent?.cachedTokens ?? null,
    costUsd: spent?.costUsd ?? null,
    steps: node.children.map(exported),
  };
}

/** A log from elsewhere may hold a time that no calendar has. */
const time = (at: number): string =>
  Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : String(at);

const columns = [
  ...(["seq", "kind", "name", "summary", "state", "startedAt", "endedAt", "ms"] as const),
  ...(["inputTokens", "outputTokens", "cachedTokens", "costUsd"] as const),
];

export function activityCsv(roots: readonly ActivityNode[]): string {
  const lines = [["level", ...columns].join(",")];
  const add = (step: ExportedStep, level: number): void => {
    lines.push([level, ...columns.map((column) => step[column])].map(cell).join(","));
    for (const child of step.steps) add(child, level + 1);
  };
  for (const root of roots) add(exported(root), 1);
  return `${lines.join("\r\n")}\r\n`;
}

/** Text that a spreadsheet would take for a formula is kept text by an apostrophe before it. */
function cell(value: string | number | null): string {
  if (value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
