// A tree of the activity as lines, and how each looks. Pure.
import type { ActivityNode } from "../../../core/session/activity-tree.ts";
import {
  Brain,
  Check,
  FileText,
  Hand,
  Info,
  Lightbulb,
  ListChecks,
  MessageSquareText,
  TriangleAlert,
  Users,
  Wrench,
  type Icon,
} from "../../../renderer/ui/icons.ts";
import type { Tone } from "../../../renderer/ui/tones.ts";

export type Line = { node: ActivityNode; depth: number };

const deepest = 3;

/** All below the root. What only says that the model was busy, or that it ended well, is left out. */
export function linesOf(root: ActivityNode, depth = 0): Line[] {
  return root.children.flatMap((node) => {
    const isQuiet = node.kind === "model" || (node.kind === "end" && node.state === "done");
    const below = linesOf(node, Math.min(deepest, isQuiet ? depth : depth + 1));
    return isQuiet ? below : [{ node, depth }, ...below];
  });
}

const icons: Partial<Record<ActivityNode["kind"], Icon>> = {
  plan: ListChecks,
  reasoning: Lightbulb,
  answer: MessageSquareText,
  message: MessageSquareText,
  tool: Wrench,
  calls: Wrench,
  approval: Hand,
  agent: Users,
  artifact: FileText,
  memory: Brain,
  end: Check,
};

const toneOfState: Partial<Record<ActivityNode["state"], Tone>> = {
  running: "blue",
  waiting: "pink",
  failed: "red",
  unknown: "red",
  limit: "yellow",
  denied: "card",
  stopped: "card",
};

export function nodeLook(node: ActivityNode): { icon: Icon; tone: Tone } {
  const isWrong = node.state === "failed" || node.state === "unknown";
  const icon = isWrong ? TriangleAlert : (icons[node.kind] ?? Info);
  const quiet: Tone =
    node.kind === "tool" || node.kind === "calls" ? "mint" : toneOfKind(node.kind);
  return { icon, tone: toneOfState[node.state] ?? quiet };
}

function toneOfKind(kind: ActivityNode["kind"]): Tone {
  if (kind === "plan" || kind === "reasoning") return "lilac";
  if (kind === "approval") return "pink";
  return kind === "message" ? "yellow" : "card";
}
