import { describe, expect, it } from "vitest";
import { SessionEvent } from "../../contract/events.ts";
import { labelsOf } from "./labels.ts";

const file = { sha256: "a".repeat(64), name: "a.txt", mime: "text/plain", sizeBytes: 1 };
const log = (...events: { type: string; data: unknown }[]) =>
  labelsOf(events.map((event, at) => SessionEvent.parse({ seq: at + 1, at, ...event })));
const read = (...labels: string[]) => ({
  type: "tool.finished",
  data: { callId: "c", outcome: "done", text: "", files: [], labels, ms: 1 },
});
const message = (attachments: unknown[]) => ({
  type: "message.sent",
  data: { messageId: "m", text: "my secret", attachments, delivery: "auto" },
});
const rewind = (toSeq: number) => ({ type: "rewind.done", data: { toSeq } });

describe("labelsOf", () => {
  it("starts with nothing, and the person's words add nothing", () => {
    expect([...log(message([]))]).toEqual([]);
  });
  it("takes the labels of tool results and counts attachments as private", () => {
    expect([...log(read("untrusted"))]).toEqual(["untrusted"]);
    expect([...log(message([file]))]).toEqual(["private"]);
    expect([...log({ type: "attachment.added", data: { file, callId: null } })]).toEqual([
      "private",
    ]);
    expect([...log({ type: "attachment.added", data: { file, callId: "c" } })]).toEqual([]);
  });
  it("does not call a granted workspace private until something was read", () => {
    const created = { title: "", workspace: "/ws", model: null, mode: "balanced" };
    expect([...log({ type: "session.created", data: created })]).toEqual([]);
  });
  it("counts another agent's answer as both", () => {
    const data = { agentRunId: "r", outcome: "done", text: "found it" };
    expect([...log({ type: "agent.finished", data })]).toEqual(["private", "untrusted"]);
  });
  it("forgets by rewinding, but only what came after", () => {
    expect([...log(read("private"), read("untrusted"), rewind(1))]).toEqual(["private"]);
    expect([...log(read("private"), read("private"), rewind(1))]).toEqual(["private"]);
    expect([...log(read("untrusted"), rewind(0), read("private"))]).toEqual(["private"]);
  });
  it("remembers through a compaction", () => {
    const data = { runId: "r", uptoSeq: 1, summary: "", tokensBefore: 2, tokensAfter: 1 };
    expect([...log(read("private"), { type: "context.compacted", data })]).toEqual(["private"]);
  });
});
