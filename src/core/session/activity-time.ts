// The activity in time: every moment at which something began or ended, where each stands when the
// session is played again (long waits are cut), and what was at work between them.
import type { ActivityNode } from "./activity-tree.ts";
import { sumUsage } from "./activity-usage.ts";

/** The longest and the shortest time between two moments when played at 1×. */
export const longestGapMs = 2_000;
const shortestGapMs = 40;

export type StretchTone = "thought" | "tool" | "model" | "approval" | "error";

export type Stretch = { fromMs: number; untilMs: number; tone: StretchTone };

/** Which moments a node began and ended at; null: it goes on. */
export type Span = { begin: number; end: number | null };

export type Timeline = {
  /** When each moment was, milliseconds since the epoch. */
  moments: readonly number[];
  /** When each moment comes, in milliseconds of playing at 1×. */
  starts: readonly number[];
  totalMs: number;
  /** Whether a wait was cut. */
  isCut: boolean;
  stretches: readonly Stretch[];
  spans: ReadonlyMap<string, Span>;
};

type Mark = { at: number; order: number; key: string; tone: StretchTone | null; change: 1 | -1 };

export function timelineOf(roots: readonly ActivityNode[]): Timeline {
  const marks = roots.flatMap((root) => marksOf(root)).map((mark, order) => ({ ...mark, order }));
  marks.sort((one, other) => one.at - other.at || one.order - other.order);
  const moments: number[] = [];
  const spans = new Map<string, Span>();
  const busy = new Map<StretchTone, number>();
  const tones: (StretchTone | null)[] = [];
  let hasBegun = false;
  for (const mark of marks) {
    // Of all that begins at one instant each has a moment of its own.
    const isBeginning = mark.key !== "" && mark.change === 1;
    const joins: boolean = mark.at === moments.at(-1) && !(isBeginning && hasBegun);
    if (!joins) {
      tones.push(toneOf(busy));
      moments.push(mark.at);
    }
    hasBegun = isBeginning || (joins && hasBegun);
    count(busy, mark);
    if (mark.key !== "") place(spans, mark, moments.length - 1);
  }
  return { moments, spans, ...played(moments, tones) };
}

function count(busy: Map<StretchTone, number>, { tone, change }: Mark): void {
  if (tone) busy.set(tone, (busy.get(tone) ?? 0) + change);
}

function place(spans: Map<string, Span>, { key, change }: Mark, index: number): void {
  const span = spans.get(key);
  if (change === 1) spans.set(key, { begin: index, end: null });
  else if (span) spans.set(key, { ...span, end: index });
}

const byWeight = ["error", "approval", "tool", "thought", "model"] as const;

const toneOf = (busy: ReadonlyMap<StretchTone, number>): StretchTone | null =>
  byWeight.find((tone) => (busy.get(tone) ?? 0) > 0) ?? null;

/** In the order in which things of one instant are told: a node, what is below it, its end. */
function marksOf(node: ActivityNode): Omit<Mark, "order">[] {
  const { key, from, until, modelFrom } = node;
  const tone = until === from ? null : toneOfNode(node);
  const marks: Omit<Mark, "order">[] = [];
  if (modelFrom !== null && modelFrom < from)
    marks.push(
      { key: "", at: modelFrom, tone: "model", change: 1 },
      { key: "", at: from, tone: "model", change: -1 },
    );
  marks.push({ key, at: from, tone, change: 1 });
  for (const child of node.children) marks.push(...marksOf(child));
  if (until !== null) marks.push({ key, at: Math.max(from, until), tone, change: -1 });
  return marks;
}

function toneOfNode({ kind, state }: ActivityNode): StretchTone | null {
  if (kind === "tool") return state === "failed" || state === "unknown" ? "error" : "tool";
  if (kind === "approval") return "approval";
  if (kind === "plan" || kind === "reasoning") return "thought";
  return kind === "answer" || kind === "model" || kind === "compacted" ? "model" : null;
}

function played(
  moments: readonly number[],
  tones: readonly (StretchTone | null)[],
): Pick<Timeline, "starts" | "totalMs" | "isCut" | "stretches"> {
  const starts: number[] = [];
  const stretches: Stretch[] = [];
  let now = 0;
  let isCut = false;
  moments.forEach((at, index) => {
    const gap = at - (moments[index - 1] ?? at);
    const begun = now;
    if (index > 0) now += Math.min(longestGapMs, Math.max(shortestGapMs, gap));
    isCut ||= gap > longestGapMs;
    starts.push(now);
    const tone = tones[index];
    const last = stretches.at(-1);
    if (!tone || now === begun) return;
    if (last?.tone === tone && last.untilMs === begun) last.untilMs = now;
    else stretches.push({ fromMs: begun, untilMs: now, tone });
  });
  return { starts, totalMs: now, isCut, stretches };
}

/** The last moment that has come after this much playing; -1 before the first. */
export function momentAt({ starts }: Timeline, playedMs: number): number {
  let low = -1;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= playedMs) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The whole activity as it was at a moment. */
export const rootsAt = (
  roots: readonly ActivityNode[],
  timeline: Pick<Timeline, "spans">,
  moment: number,
): ActivityNode[] => roots.flatMap((root) => asOf(root, timeline, moment) ?? []);

/** A node as it was at a moment; null when it had not begun. */
export function asOf(
  node: ActivityNode,
  { spans }: Pick<Timeline, "spans">,
  moment: number,
): ActivityNode | null {
  const span = spans.get(node.key);
  if (!span || span.begin > moment) return null;
  const children = node.children.flatMap((child) => asOf(child, { spans }, moment) ?? []);
  if (span.end !== null && span.end <= moment) return { ...node, children };
  const waits = children.some(({ state }) => state === "waiting");
  const isAsked = node.kind === "approval" || waits;
  const state = isAsked ? "waiting" : "running";
  return { ...node, state, until: null, ms: null, spent: spentBelow(node, children), children };
}

/** What had been spent on a node that was not over yet. */
function spentBelow(node: ActivityNode, children: readonly ActivityNode[]): ActivityNode["spent"] {
  return node.kind === "message" || node.kind === "agent"
    ? sumUsage(children.map(({ spent }) => spent))
    : null;
}
