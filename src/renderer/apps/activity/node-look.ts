// How a node looks and what it is called: its icon, its colour, its name, its line.
import { runLine, runShown } from "../../../core/session/run-shown.ts";
import type { ActivityNode } from "../../../core/session/activity-tree.ts";
import type { ToolItem } from "../../../core/session/view.ts";
import {
  Archive,
  Brain,
  CircleCheck,
  CircleStop,
  Cpu,
  FileIcon,
  GitFork,
  Hourglass,
  type Icon,
  Lightbulb,
  ListTree,
  Pencil,
  RefreshCw,
  RotateCcw,
  Route,
  ShieldAlert,
  TriangleAlert,
  User,
  Users,
  Wrench,
} from "../../ui/icons.ts";
import { familyIcon } from "../../ui/family-icon.ts";
import type { Tone } from "../../ui/tones.ts";
import { count } from "../../words/amounts.ts";
import type { Words } from "../../words/words.ts";

const icons: Readonly<Record<ActivityNode["kind"], Icon>> = {
  message: User,
  plan: Route,
  reasoning: Lightbulb,
  answer: Pencil,
  model: Cpu,
  tool: Wrench,
  calls: ListTree,
  approval: ShieldAlert,
  compacted: Archive,
  resumed: RotateCcw,
  retried: RefreshCw,
  agent: Users,
  artifact: FileIcon,
  memory: Brain,
  forked: GitFork,
  end: CircleCheck,
};
const endIcons: Readonly<Partial<Record<ActivityNode["state"], Icon>>> = {
  failed: TriangleAlert,
  stopped: CircleStop,
  limit: Hourglass,
};

export function iconOf({ kind, state, source }: ActivityNode): Icon {
  if (kind === "tool" && source.kind === "tool") return familyIcon(source.family);
  return (kind === "end" ? endIcons[state] : undefined) ?? icons[kind];
}

const tones: Readonly<Record<ActivityNode["kind"], Tone>> = {
  message: "yellow",
  plan: "lilac",
  reasoning: "lilac",
  answer: "blue",
  model: "blue",
  tool: "mint",
  calls: "lilac",
  approval: "pink",
  compacted: "lilac",
  resumed: "card",
  retried: "card",
  agent: "lilac",
  artifact: "mint",
  memory: "lilac",
  forked: "card",
  end: "mint",
};

type Tones = Readonly<Partial<Record<ActivityNode["state"], Tone>>>;
const endTones: Tones = { failed: "red", limit: "yellow", stopped: "card" };
const stepTones: Tones = {
  running: "blue",
  waiting: "pink",
  failed: "red",
  unknown: "red",
  denied: "card",
  stopped: "card",
};

export function toneOf({ kind, state }: ActivityNode): Tone {
  if (kind === "end") return endTones[state] ?? tones.end;
  if (kind === "tool") return stepTones[state] ?? tones.tool;
  return tones[kind];
}

export function nameOf(node: ActivityNode, w: Words): string {
  const { kind, state, name, until, source } = node;
  if (kind === "message" && source.kind !== "message") return w.activity.kinds.part;
  if (kind === "end" && source.kind === "run_end") return w.activity.ends[source.outcome];
  if (state === "running" && until === null && isLiveKind(kind)) return w.activity.live[kind];
  return name === "" ? w.activity.kinds[kind] : name;
}

const isLiveKind = (kind: string): kind is keyof Words["activity"]["live"] =>
  ["model", "reasoning", "answer", "compacted", "retried"].includes(kind);

const longestLine = 300;

/** One line: the beginning of a long text. */
export function lineOf(node: ActivityNode, w: Words): string {
  const { source, kind } = node;
  const summary = (source.kind === "tool" && kind === "tool" && runOf(source)) || node.summary;
  const tokens = (value: number) => count(w.locale, value);
  if (source.kind === "plan") return w.activity.planSteps(source.steps.length);
  if (source.kind === "run_end" && summary === "") return w.activity.endSummary(source.steps);
  if (source.kind === "compacted")
    return w.activity.compacted(tokens(source.tokensBefore), tokens(source.tokensAfter));
  if (kind === "model" && source.kind === "turn" && node.until !== null)
    return source.cut ? w.activity.cut : w.activity.silent;
  if (source.kind === "tool" && source.by === "person" && kind === "tool")
    return summary === "" ? w.activity.byHand : `${summary} (${w.activity.byHand})`;
  const isMarkdown = kind === "answer" || kind === "reasoning" || kind === "compacted";
  const line = summary.slice(0, longestLine).replace(/\s+/g, " ").trim();
  return isMarkdown ? line.replace(/\*\*|`|^#+ /g, "") : line;
}

/** "" for what is no run of a program. */
function runOf(call: ToolItem): string {
  const run = runShown(call);
  return run ? runLine(run) : "";
}

/** The word for how it stands; none where all is well. */
export function stateWord({ kind, state }: ActivityNode, w: Words): string | null {
  if (kind === "approval")
    return ({ ...w.activity.approvalStates } as Partial<Record<string, string>>)[state] ?? null;
  if (kind === "end" || kind === "message" || state === "done") return null;
  return w.activity.states[state];
}

/** Since when it works, for its clock. */
export const begunAt = ({ from, source, kind }: ActivityNode): number =>
  kind === "tool" && source.kind === "tool" ? (source.startedAt ?? from) : from;
