import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Approval } from "../../contract/approval.ts";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import { ApprovalId, CallId, MessageId, RunId } from "../../contract/ids.ts";
import type { Usage } from "../../contract/session.ts";
import { anyEvent } from "../../testing/random-log.ts";
import { sessionLog } from "../../testing/session-logs.ts";
import { activityOf, emptyActivity, type Activity } from "./activity.ts";
import type { ActivityNode } from "./activity-tree.ts";
import { addUsage, sumUsage } from "./activity-usage.ts";
import { fold, foldAll } from "./reducer.ts";
import { emptyView } from "./view.ts";

const runId = RunId.parse("run");
const callId = (name: string) => CallId.parse(name);
const model = { provider: "scripted", name: "model" };
const decision = { verdict: "allow", rule: "reads", why: "It only reads." } as const;
const usage = (inputTokens: number): Usage => ({
  ...{ inputTokens, outputTokens: 1, cachedTokens: 0, costUsd: 0.25 },
});

/** One event each second. */
const log = (...events: NewEvent[]): SessionEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1, at: index * 1_000 }) as SessionEvent);
const treeOf = (...events: NewEvent[]) => activityOf(foldAll(emptyView, log(...events))).roots;

const asks = (name: string): NewEvent => ({
  type: "message.sent",
  data: { messageId: MessageId.parse(name), text: name, attachments: [], delivery: "auto" },
});
const begins = (run = runId): NewEvent => ({
  type: "run.started",
  data: { runId: run, messageId: MessageId.parse("m"), model, mode: "balanced", resumed: false },
});
const says = (turn: number, text: string, run = runId): NewEvent => ({
  type: "text.finished",
  data: { runId: run, turn, text, partial: false, usage: usage(10), model },
});
const calls = (turn: number, id: string, run: RunId | null = runId): NewEvent => ({
  type: "tool.requested",
  data: {
    ...{ callId: callId(id), runId: run, by: run ? "agent" : "person", turn },
    ...{ name: "look", family: "files", summary: `look ${id}`, input: {}, effect: "read" },
  },
});
const starts = (id: string): NewEvent => ({
  type: "tool.started",
  data: { callId: callId(id), decision },
});
const finishes = (id: string): NewEvent => ({
  type: "tool.finished",
  data: { callId: callId(id), outcome: "done", text: "", files: [], labels: [], ms: 700 },
});
const ends = (total: Usage, run = runId): NewEvent => ({
  type: "run.finished",
  data: { runId: run, outcome: "done", usage: total, steps: 1, ms: 9_000 },
});

const outline = (nodes: readonly ActivityNode[]): unknown[] =>
  nodes.map(({ kind, children }) => (children.length > 0 ? [kind, ...outline(children)] : kind));
const everyNode = (nodes: readonly ActivityNode[]): ActivityNode[] =>
  nodes.flatMap((node) => [node, ...everyNode(node.children)]);

describe("the activity of a session", () => {
  it("is a root per message with its run below it, and calls by hand beside it", () => {
    const roots = treeOf(
      ...[asks("m"), begins(), says(1, "I look."), calls(1, "a"), starts("a"), finishes("a")],
      ...[says(2, "Found."), ends(usage(20)), calls(0, "b", null), starts("b"), finishes("b")],
      asks("n"),
    );
    expect(outline(roots)).toEqual([
      ["message", "answer", "tool", "answer", "end"],
      "tool",
      "message",
    ]);
    expect(roots[0]?.children[1]).toMatchObject({ name: "look", summary: "a", ms: 700 });
  });

  it("puts calls asked for together into one group, and gives a silent turn's tokens to its calls", () => {
    const [root] = treeOf(
      ...[asks("m"), begins(), says(1, ""), calls(1, "a"), calls(1, "b"), starts("a"), starts("b")],
      ...[finishes("a"), finishes("b"), says(2, ""), calls(2, "c"), finishes("c"), says(3, "So.")],
    );
    expect(outline([root].flatMap((one) => one ?? []))).toEqual([
      ["message", ["calls", "tool", "tool"], "tool", "answer"],
    ]);
    const [group, single] = root?.children ?? [];
    expect(group).toMatchObject({ spent: usage(10), modelFrom: 1_000, from: 3_000, until: 8_000 });
    expect(single).toMatchObject({ spent: usage(10), name: "look" });
  });

  it("shows a question with the time it waited, under the call that raised it", () => {
    const approvalId = ApprovalId.parse("approval");
    const approval: Approval = {
      ...{ approvalId, runId, callId: callId("a"), kind: "tool", why: "It asks." },
      view: { title: "May it?", sentence: "", fields: [] },
      ...{ answers: ["allow", "deny"], scopes: ["once"] },
    };
    const asked: NewEvent = { type: "approval.requested", data: { approval } };
    const answered: NewEvent = {
      type: "approval.answered",
      data: { approvalId, answer: "deny", scope: "once" },
    };
    const begun = [asks("m"), begins(), says(1, ""), calls(1, "a"), asked];
    const [waiting] = treeOf(...begun);
    expect(waiting).toMatchObject({ state: "waiting", children: [{ state: "waiting" }] });
    const [root] = treeOf(...begun, answered);
    const question = root?.children[0]?.children[0];
    expect(question).toMatchObject({
      kind: "approval",
      state: "denied",
      ms: 1_000,
      summary: "May it?",
    });
  });

  it("puts an agent's run below the agent, also where agents claim to have started each other", () => {
    const agent = RunId.parse("agent");
    const spawns = (from: RunId, agentRunId: RunId): NewEvent => ({
      type: "agent.spawned",
      data: { runId: from, agentRunId, name: "analyst", task: "count" },
    });
    const over: NewEvent = {
      type: "agent.finished",
      data: { agentRunId: agent, outcome: "done", text: "3" },
    };
    const [root] = treeOf(
      ...[
        asks("m"),
        begins(),
        spawns(runId, agent),
        says(1, "I count.", agent),
        over,
        says(1, "3"),
      ],
    );
    expect(outline(root?.children ?? [])).toEqual([["agent", "answer"], "answer"]);
    expect(root?.children[0]).toMatchObject({ name: "analyst", state: "done", spent: usage(10) });
    const circle = treeOf(asks("m"), spawns(agent, runId), spawns(runId, agent), says(1, "Hm."));
    expect(
      everyNode(circle)
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(["agent", "agent", "answer", "message"].toSorted());
  });

  it("knows a run that was tried again, and what is still going on", () => {
    const [root] = treeOf(
      ...[asks("m"), begins(), says(1, "No."), ends(usage(10))],
      { type: "rewind.done", data: { toSeq: 2 } },
      ...[begins(RunId.parse("again")), calls(1, "a", RunId.parse("again")), starts("a")],
    );
    expect(outline(root?.children ?? [])).toEqual(["retried", "tool"]);
    expect(root).toMatchObject({ state: "running", until: null });
  });
});

/** The same log, with each run's end counting what its turns did. */
function counted(events: readonly SessionEvent[]): SessionEvent[] {
  const spent = new Map<string, Usage>();
  return events.map((event) => {
    if (event.type === "text.finished" && event.data.usage) {
      const { runId: run } = event.data;
      const before = spent.get(run);
      spent.set(run, before ? addUsage(before, event.data.usage) : event.data.usage);
    }
    if (event.type !== "run.finished") return event;
    const nothing = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
    const total = spent.get(event.data.runId) ?? nothing;
    return { ...event, data: { ...event.data, usage: total } };
  });
}

describe("the activity of any session", () => {
  it("is the same whether it grew event by event or was built at once", () => {
    fc.assert(
      fc.property(sessionLog(), (events) => {
        let view = emptyView;
        let grown: Activity = emptyActivity;
        for (const event of events) {
          view = fold(view, event);
          grown = activityOf(view, grown);
        }
        expect(grown).toEqual(activityOf(foldAll(emptyView, events)));
      }),
    );
  });

  it("keeps the roots that nothing happened to", () => {
    fc.assert(
      fc.property(sessionLog(), (events) => {
        const view = foldAll(emptyView, events);
        const before = activityOf(view);
        const next = { type: "session.renamed", data: { title: "new", by: "person" } } as const;
        const after = activityOf(fold(view, { ...next, seq: view.seq + 1, at: 1 }), before);
        after.roots.forEach((root, index) => expect(root).toBe(before.roots[index]));
      }),
    );
  });

  it("counts below a message what its run says it has spent", () => {
    fc.assert(
      fc.property(sessionLog(), (events) => {
        for (const root of activityOf(foldAll(emptyView, counted(events))).roots) {
          const ended = root.children.filter(({ kind }) => kind === "end");
          if (ended.length === 0 || root.state === "running" || root.state === "waiting") continue;
          const steps = root.children.filter(({ kind }) => kind !== "end");
          const sum = sumUsage(steps.map(({ spent }) => spent));
          expect(sum?.inputTokens ?? 0).toBe(root.spent?.inputTokens ?? 0);
          expect(sum?.outputTokens ?? 0).toBe(root.spent?.outputTokens ?? 0);
          expect(sum?.costUsd ?? 0).toBeCloseTo(root.spent?.costUsd ?? 0);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("has each thing once, in the order of the log, with an end that is not before its beginning", () => {
    const anyLog = fc
      .array(anyEvent(60), { maxLength: 60 })
      .map((events) => events.map((e, at) => ({ ...e, seq: at + 1, at }) as SessionEvent));
    fc.assert(
      fc.property(fc.oneof(sessionLog(), anyLog), (events) => {
        const { roots } = activityOf(foldAll(emptyView, events));
        const inOrder = (nodes: readonly ActivityNode[]): void => {
          const seqs = nodes.map(({ seq }) => seq);
          expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
          for (const { until, from, children } of nodes) {
            expect(until ?? from).toBeGreaterThanOrEqual(from);
            inOrder(children);
          }
        };
        inOrder(roots);
        const items = foldAll(emptyView, events).items.map(({ seq }) => seq);
        const shown = new Set(everyNode(roots).map(({ seq }) => seq));
        expect(items.filter((seq) => !shown.has(seq))).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("gives each node a key of its own", () => {
    fc.assert(
      fc.property(sessionLog(), (events) => {
        const keys = everyNode(activityOf(foldAll(emptyView, events)).roots).map(({ key }) => key);
        expect(keys.length).toBe(new Set(keys).size);
      }),
      { numRuns: 300 },
    );
  });
});
