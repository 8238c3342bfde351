// One long conversation as the log keeps it: questions, steps with tools, answers in Markdown, the
// older part told in a summary. The same content in every run.
import { CallId, MessageId, RunId, type SessionId } from "../src/contract/ids.ts";
import type { NewEvent } from "../src/contract/events.ts";
import type { Store } from "../src/core/ports.ts";
import { longAnswer } from "./long-answer.ts";

const model = { provider: "openai", name: "gpt-4o" };
const usage = { inputTokens: 900, outputTokens: 120, cachedTokens: 0, costUsd: 0 };
const perAppend = 200;
/** Runs after the summary: what a model still reads. */
const untold = 20;

/** As many messages as `messages`: half the person's, half the agent's. */
export function fillLong(store: Store, sessionId: SessionId, messages: number): void {
  const runs = messages / 2;
  const data = { title: "A long one", workspace: null, model: null, mode: "balanced" as const };
  store.append(sessionId, [{ type: "session.created", data }], "normal");
  let waiting: NewEvent[] = [];
  for (let index = 0; index < runs; index += 1) {
    waiting.push(...run(index));
    if (index === runs - untold) compact(store, sessionId, waiting, index);
    if (waiting.length < perAppend && index < runs - 1) continue;
    store.append(sessionId, waiting, "normal");
    waiting = [];
  }
}

function run(index: number): NewEvent[] {
  const runId = RunId.parse(`run-${index}`);
  const messageId = MessageId.parse(`message-${index}`);
  const question = longAnswer(80 + (index % 7) * 60, index).replace(/[#|`>*]/g, "");
  const answer = longAnswer(300 + (index % 11) * 120, index + 1);
  const sent = { messageId, text: question, attachments: [], delivery: "auto" as const };
  const done = { runId, outcome: "done" as const, usage, steps: 1, ms: 2_400 };
  return [
    { type: "message.sent", data: sent },
    { type: "run.started", data: { runId, messageId, model, mode: "balanced", resumed: false } },
    ...(index % 3 === 0 ? step(runId, index) : []),
    { type: "text.finished", data: { runId, turn: 2, text: answer, partial: false } },
    { type: "run.finished", data: done },
  ];
}

function step(runId: RunId, index: number): NewEvent[] {
  const callId = CallId.parse(`call-${index}`);
  const asked = { family: "file", name: "file.read", input: { path: `report-${index}.md` } };
  const decision = { verdict: "allow" as const, rule: "balanced", why: "It only reads." };
  const text = longAnswer(1_500, index + 2);
  const result = { outcome: "done" as const, text, files: [], labels: [], ms: 12 };
  return [
    {
      type: "tool.requested",
      data: {
        ...{ callId, runId, by: "agent", turn: 1, effect: "read", ...asked },
        summary: `read report-${index}.md`,
      },
    },
    { type: "tool.started", data: { callId, decision } },
    { type: "tool.finished", data: { callId, ...result } },
  ];
}

/** Appends what waits, then tells all of it in a summary. */
function compact(store: Store, sessionId: SessionId, waiting: NewEvent[], index: number): void {
  const uptoSeq = store.append(sessionId, waiting.splice(0), "normal").at(-1)?.seq ?? 0;
  const runId = RunId.parse(`run-${index}`);
  const told = { summary: "They compared reports.", tokensBefore: 100_000, tokensAfter: 400 };
  store.append(
    sessionId,
    [{ type: "context.compacted", data: { runId, uptoSeq, ...told } }],
    "normal",
  );
}
