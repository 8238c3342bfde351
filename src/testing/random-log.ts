// Random logs for property tests: any order of events a host could append, sensible or not.
import fc from "fast-check";
import type { NewEvent } from "../contract/events.ts";
import {
  ApprovalId,
  CallId,
  CommandId,
  DeviceId,
  MessageId,
  RunId,
  Sha256,
} from "../contract/ids.ts";

const text = fc.oneof(
  fc.constantFrom("the report is ready", "café 世界", "", "look at the 😀 report"),
  fc.string({ unit: "grapheme", maxLength: 40 }),
);
const id = fc.constantFrom("a", "b", "c");
const runId = id.map((name) => RunId.parse(`run-${name}`));
const messageId = id.map((name) => MessageId.parse(`message-${name}`));
const approvalId = id.map((name) => ApprovalId.parse(`approval-${name}`));
const callId = id.map((name) => CallId.parse(`call-${name}`));
const model = fc.constantFrom(null, { provider: "ollama", name: "qwen3:8b" });
const tokens = fc.integer({ min: 0, max: 1_000 });
const usage = fc.record({
  inputTokens: tokens,
  outputTokens: tokens,
  cachedTokens: tokens,
  costUsd: fc.constantFrom(0, 0.25, 0.5, null),
});
const file = fc.constantFrom("0", "1").map((digit) => ({
  sha256: Sha256.parse(digit.repeat(64)),
  name: "picture.png",
  mime: "image/png",
  sizeBytes: 3,
}));

const event = <Type extends NewEvent["type"], Data>(type: Type, data: fc.Arbitrary<Data>) =>
  data.map((value) => ({ type, data: value }));

export function anyEvent(maxSeq: number): fc.Arbitrary<NewEvent> {
  const turn = fc.constantFrom(1, 2);
  const finished = fc.record({ runId, turn, text, partial: fc.boolean() });
  return fc.oneof(
    event("session.renamed", fc.record({ title: text, by: fc.constant("person" as const) })),
    event("session.archived", fc.record({ archived: fc.boolean() })),
    event("session.configured", fc.record({ model }, { requiredKeys: [] })),
    event(
      "message.sent",
      fc.record({
        messageId,
        text,
        attachments: fc.array(file, { maxLength: 2 }),
        delivery: fc.constantFrom("auto" as const, "queue" as const, "steer" as const),
      }),
    ),
    event("message.withdrawn", fc.record({ messageId })),
    event(
      "run.started",
      fc.record({
        runId,
        messageId,
        model: fc.constant({ provider: "ollama", name: "qwen3:8b" }),
        mode: fc.constant("ask" as const),
        resumed: fc.boolean(),
      }),
    ),
    event(
      "run.finished",
      fc.record({ runId, outcome: fc.constant("done" as const), usage, steps: tokens, ms: tokens }),
    ),
    event("text.finished", finished),
    event("reasoning.finished", fc.record({ runId, turn, text, ms: tokens })),
    event("approval.requested", fc.record({ approval: approval() })),
    event(
      "approval.answered",
      fc.record({
        approvalId,
        answer: fc.constant("allow" as const),
        scope: fc.constant("once" as const),
      }),
    ),
    event("attachment.added", fc.record({ file, callId: fc.constant(null) })),
    event(
      "command.answered",
      fc.record({
        commandId: fc.constantFrom("c1", "c2", "c3").map((id) => CommandId.parse(id)),
        deviceId: fc.constantFrom("d1", "d2").map((id) => DeviceId.parse(id)),
        number: fc.integer({ min: 1, max: 9 }),
        kind: fc.constantFrom("rename" as const, null),
        outcome: fc.constantFrom("done" as const, "refused" as const),
      }),
    ),
    event("rewind.done", fc.record({ toSeq: fc.integer({ min: 1, max: maxSeq }) })),
  );
}

function approval() {
  return fc.record({
    approvalId,
    runId,
    callId,
    kind: fc.constant("tool" as const),
    view: fc.record({ title: text, sentence: text, fields: fc.constant<[]>([]) }),
    why: fc.constant("writes ask first"),
    answers: fc.constantFrom(["allow" as const, "deny" as const].slice()),
    scopes: fc.constantFrom(["once" as const].slice()),
  });
}
