// One root of the activity: a message and its run. Walks the sources once, in the order of the log.
import type { Usage } from "../../contract/session.ts";
import type { ActivityNode, ActivityPart, ActivitySource, ActivityState } from "./activity-tree.ts";
import { nodeOf, questionNode, toolNode } from "./activity-node.ts";
import { sumUsage } from "./activity-usage.ts";
import type { AgentTrace, ToolItem, TurnTrace } from "./view.ts";

export function rootOf({ sources, isOpen }: ActivityPart): ActivityNode {
  const [head, ...rest] = sources;
  if (!head) throw new RangeError("A part of the activity has at least one source.");
  if (head.kind === "tool") {
    const walk = newWalk(rest, isOpen, head.at);
    const children = [...foldSources(walk, walk.own), ...leftOver(walk)];
    return withChildren(toolNode(head, null, null), children);
  }
  // Where earlier history is not there yet, a part may begin in the middle of a run.
  const own = head.kind === "message" ? rest : sources;
  const walk = newWalk(own, isOpen, head.at);
  const children = [...foldSources(walk, walk.own), ...leftOver(walk)];
  return rootNode(head, children, isOpen);
}

function rootNode(
  head: ActivitySource,
  children: readonly ActivityNode[],
  isOpen: boolean,
): ActivityNode {
  const ends = children.filter(({ kind }) => kind === "end");
  const end = ends.at(-1);
  const after = children.slice(children.findLastIndex(({ kind }) => kind === "end") + 1);
  const ended = end?.state ?? (children.length > 0 ? "stopped" : "done");
  return {
    ...nodeOf("message", head, { state: isOpen ? stateOf(children, "running") : ended }),
    key: head.kind === "message" ? `message:${head.messageId}` : `part:${head.seq}`,
    summary: head.kind === "message" ? head.text : "",
    until: isOpen ? null : latest(children, head.at),
    ms: isOpen ? null : (end?.ms ?? null),
    // The run's own total knows more than its turns, where these were not counted.
    spent: sumUsage([...ends, ...after].map(({ spent }) => spent)),
    children,
  };
}

const stateOf = (children: readonly ActivityNode[], otherwise: ActivityState): ActivityState =>
  children.some(({ state }) => state === "waiting") ? "waiting" : otherwise;

const latest = (nodes: readonly ActivityNode[], otherwise: number): number =>
  nodes.reduce((last, { until, from }) => Math.max(last, until ?? from), otherwise);

const withChildren = (node: ActivityNode, more: readonly ActivityNode[]): ActivityNode =>
  more.length === 0 ? node : { ...node, children: [...node.children, ...more] };

type Walk = {
  own: ActivitySource[];
  byAgent: Map<string, ActivitySource[]>;
  isOpen: boolean;
  /** When the thing before ended: the model has been busy since. */
  busyFrom: number;
  hasRun: boolean;
};

function newWalk(sources: readonly ActivitySource[], isOpen: boolean, busyFrom: number): Walk {
  const agents = new Set(sources.flatMap((one) => (one.kind === "agent" ? [one.agentRunId] : [])));
  const byAgent = new Map<string, ActivitySource[]>([...agents].map((runId) => [runId, []]));
  const own: ActivitySource[] = [];
  for (const source of sources) {
    const runId = "runId" in source ? source.runId : null;
    const mine = runId === null ? undefined : byAgent.get(runId);
    (mine ?? own).push(source);
  }
  return { own, byAgent, isOpen, busyFrom, hasRun: false };
}

/** Agents that nobody reaches: a log that says that they started each other. */
function leftOver(walk: Walk): ActivityNode[] {
  const nodes: ActivityNode[] = [];
  for (const [runId, sources] of walk.byAgent) {
    walk.byAgent.delete(runId);
    nodes.push(...foldSources(walk, sources));
  }
  return nodes;
}

function foldSources(walk: Walk, sources: readonly ActivitySource[]): ActivityNode[] {
  const nodes: ActivityNode[] = [];
  for (let at = 0; at < sources.length; at += 1) {
    const source = sources[at];
    if (!source) break;
    if (source.kind === "turn") {
      const calls = source.spoke ? [] : callsOfTurn(sources, at + 1, source);
      nodes.push(...turnNodes(walk, source, calls, sources[at + 1]));
      at += calls.length;
      if (isAnswerOf(sources[at + 1], source)) at += 1;
    } else if (source.kind === "tool") {
      const calls = callsOfTurn(sources, at, source);
      nodes.push(callsNode(calls.length > 0 ? calls : [source], null, null));
      at += Math.max(0, calls.length - 1);
    } else nodes.push(...plainNode(walk, source));
    walk.busyFrom = Math.max(walk.busyFrom, latest(nodes.slice(-1), source.at));
  }
  return nodes;
}

const isAnswerOf = (source: ActivitySource | undefined, turn: TurnTrace): boolean =>
  source?.kind === "text" && source.seq === turn.seq;

/** The calls from `at` on that one turn asked for. */
function callsOfTurn(
  sources: readonly ActivitySource[],
  at: number,
  { runId, turn }: { runId: string | null; turn: number },
): ToolItem[] {
  const calls: ToolItem[] = [];
  if (runId === null) return calls;
  for (let source = sources[at]; source?.kind === "tool"; source = sources[++at]) {
    if (source.runId !== runId || source.turn !== turn) break;
    calls.push(source);
  }
  return calls;
}

function turnNodes(
  walk: Walk,
  turn: TurnTrace,
  calls: readonly ToolItem[],
  next: ActivitySource | undefined,
): ActivityNode[] {
  if (calls.length > 0) return [callsNode(calls, turn.usage, walk.busyFrom)];
  const span = { from: walk.busyFrom, until: turn.at, ms: Math.max(0, turn.at - walk.busyFrom) };
  const spent = turn.usage;
  const key = `text:${turn.runId}:${turn.turn}`;
  if (next?.kind === "text" && isAnswerOf(next, turn))
    return [{ ...nodeOf("answer", next), ...span, key, summary: next.text, spent }];
  if (spent === null && !turn.cut) return [];
  return [{ ...nodeOf("model", turn), ...span, key, spent }];
}

function callsNode(
  calls: readonly ToolItem[],
  spent: Usage | null,
  modelFrom: number | null,
): ActivityNode {
  const [first, ...others] = calls;
  if (!first) throw new RangeError("A turn's calls are at least one.");
  if (others.length === 0) return toolNode(first, spent, modelFrom);
  const children = calls.map((call) => toolNode(call, null, null));
  const isOver = children.every(({ until }) => until !== null);
  const until = isOver ? latest(children, first.at) : null;
  const worst = (["failed", "unknown", "denied", "stopped"] as const).find((state) =>
    children.some((child) => child.state === state),
  );
  return {
    ...nodeOf("calls", first),
    key: `calls:${first.callId}`,
    until,
    ms: until === null ? null : Math.max(0, until - first.at),
    modelFrom,
    state: isOver ? (worst ?? "done") : stateOf(children, "running"),
    summary: calls.map(({ name }) => name).join(", "),
    spent,
    children,
  };
}

function plainNode(walk: Walk, source: ActivitySource): ActivityNode[] {
  switch (source.kind) {
    case "run_start": {
      const isFirst = !walk.hasRun && !source.resumed;
      walk.hasRun = true;
      // What resumed it stands in the conversation as a note.
      return isFirst || source.resumed ? [] : [nodeOf("retried", source)];
    }
    case "agent":
      return [agentNode(walk, source)];
    case "question":
      return [questionNode(source, walk.isOpen)];
    case "compacted": {
      const ms = Math.max(0, source.at - walk.busyFrom);
      const node = nodeOf("compacted", source);
      return [{ ...node, from: source.at - ms, ms, spent: source.usage, summary: source.summary }];
    }
    case "reasoning": {
      const { ms, at, runId, turn } = source;
      const key = `reasoning:${runId}:${turn}`;
      return [{ ...nodeOf("reasoning", source), key, from: at - ms, ms, summary: source.text }];
    }
    case "run_end": {
      const node = nodeOf("end", source, { state: source.outcome });
      const summary = source.error?.message ?? "";
      return [{ ...node, ms: source.ms, spent: source.usage, summary }];
    }
    case "plan":
      return [{ ...nodeOf("plan", source), summary: source.steps.join(" · ") }];
    case "artifact":
      return [{ ...nodeOf("artifact", source), summary: source.artifact.title }];
    case "note":
      return [{ ...nodeOf(source.note, source), summary: source.text }];
    case "message":
      return [
        { ...nodeOf("message", source), key: `message:${source.messageId}`, summary: source.text },
      ];
    case "text":
      return [{ ...nodeOf("answer", source), summary: source.text }];
    case "tool":
    case "turn":
      return [];
  }
}

function agentNode(walk: Walk, agent: AgentTrace): ActivityNode {
  const sources = walk.byAgent.get(agent.agentRunId) ?? [];
  walk.byAgent.delete(agent.agentRunId);
  const below = { ...walk, busyFrom: agent.at, hasRun: true };
  const children = foldSources(below, sources);
  const isOver = agent.finishedAt !== null || !walk.isOpen;
  const until = agent.finishedAt ?? (isOver ? latest(children, agent.at) : null);
  const ends = children.filter(({ kind }) => kind === "end");
  return {
    ...nodeOf("agent", agent, {
      state: agent.outcome ?? (isOver ? "stopped" : stateOf(children, "running")),
    }),
    key: `agent:${agent.agentRunId}:${agent.seq}`,
    until,
    ms: until === null ? null : Math.max(0, until - agent.at),
    name: agent.name,
    summary: agent.task,
    spent: sumUsage((ends.length > 0 ? ends : children).map(({ spent }) => spent)),
    children,
  };
}
