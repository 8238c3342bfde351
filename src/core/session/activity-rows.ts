// The activity as the rows of a list: what is folded is left out, and what a filter does not want.
import type { ActivityKind, ActivityNode, ActivityState } from "./activity-tree.ts";

export type ActivityRow = {
  /** The node's; with a number where a log from elsewhere uses one twice. */
  key: string;
  node: ActivityNode;
  /** From 1. */
  level: number;
  /** Its place among its siblings, from 1, and how many they are. */
  position: number;
  siblings: number;
  hasChildren: boolean;
  isOpen: boolean;
  parentKey: string | null;
};

export const activityGroups = [
  "you",
  "thought",
  "model",
  "tools",
  "approvals",
  "team",
  "rest",
] as const;
export type ActivityGroup = (typeof activityGroups)[number];

export const groupOf: Readonly<Record<ActivityKind, ActivityGroup>> = {
  message: "you",
  plan: "thought",
  reasoning: "thought",
  answer: "model",
  model: "model",
  compacted: "model",
  tool: "tools",
  calls: "tools",
  approval: "approvals",
  agent: "team",
  artifact: "rest",
  memory: "rest",
  forked: "rest",
  resumed: "rest",
  retried: "rest",
  end: "rest",
};

/** Empty parts ask for nothing. */
export type ActivityFilter = {
  groups: ReadonlySet<ActivityGroup>;
  states: ReadonlySet<ActivityState>;
  text: string;
};

export const emptyFilter: ActivityFilter = { groups: new Set(), states: new Set(), text: "" };

export const isFiltering = ({ groups, states, text }: ActivityFilter): boolean =>
  groups.size > 0 || states.size > 0 || text.trim() !== "";

export type RowsOptions = {
  closed: ReadonlySet<string>;
  filter: ActivityFilter;
};

export function rowsOf(roots: readonly ActivityNode[], options: RowsOptions): ActivityRow[] {
  const { filter } = options;
  const shown = isFiltering(filter) ? roots.flatMap((root) => filtered(root, filter)) : roots;
  const rows: ActivityRow[] = [];
  addRows(rows, shown, 1, null, options);
  return withOwnKeys(rows);
}

function withOwnKeys(rows: ActivityRow[]): ActivityRow[] {
  const seen = new Set<string>();
  for (const row of rows) {
    for (let times = 2; seen.has(row.key); times += 1) row.key = `${row.node.key}#${times}`;
    seen.add(row.key);
  }
  return rows;
}

function addRows(
  rows: ActivityRow[],
  nodes: readonly ActivityNode[],
  level: number,
  parentKey: string | null,
  options: RowsOptions,
): void {
  nodes.forEach((node, index) => {
    const hasChildren = node.children.length > 0;
    // What was looked for is never hidden in a folded part.
    const isOpen = hasChildren && (isFiltering(options.filter) || !options.closed.has(node.key));
    const place = { position: index + 1, siblings: nodes.length };
    rows.push({ key: node.key, node, level, ...place, hasChildren, isOpen, parentKey });
    if (isOpen) addRows(rows, node.children, level + 1, node.key, options);
  });
}

/** A node that fits, or the way to one that does; else nothing. */
function filtered(node: ActivityNode, filter: ActivityFilter): ActivityNode[] {
  const children = node.children.flatMap((child) => filtered(child, filter));
  return children.length > 0 || fits(node, filter) ? [{ ...node, children }] : [];
}

export function fits(node: ActivityNode, { groups, states, text }: ActivityFilter): boolean {
  if (groups.size > 0 && !groups.has(groupOf[node.kind])) return false;
  if (states.size > 0 && !states.has(node.state)) return false;
  const wanted = text.trim().toLowerCase();
  return wanted === "" || textOf(node).some((one) => one.toLowerCase().includes(wanted));
}

function textOf({ name, summary, source }: ActivityNode): string[] {
  if (source.kind !== "tool") return [name, summary];
  return [name, summary, source.text, JSON.stringify(source.input) ?? "", source.family];
}

/** How many steps a tree has: everything but what the person said, groups and ends. */
export const stepsOf = (nodes: readonly ActivityNode[]): number =>
  nodes.reduce((sum, node) => sum + stepsOf(node.children) + (isStep(node) ? 1 : 0), 0);

const notSteps: ReadonlySet<ActivityKind> = new Set([
  ...(["message", "calls", "end", "resumed", "retried", "forked"] as const),
]);

const isStep = ({ kind }: ActivityNode): boolean => !notSteps.has(kind);
