import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionEvent } from "../../contract/events.ts";
import { anyEvent } from "../../testing/random-log.ts";
import { sessionLog } from "../../testing/session-logs.ts";
import { textOnlyEvent, textOnlyHead, textOnlyOpen } from "./text-only.ts";

const placed = anyEvent(9).map((event) => SessionEvent.parse({ ...event, seq: 3, at: 4 }));
const any = fc.oneof(
  placed,
  sessionLog(20).chain((log) => fc.constantFrom(...log)),
);

describe("a session mirrored as text only", () => {
  it("keeps of every event its number, time and kind, still parses, and is the same twice", () => {
    fc.assert(
      fc.property(any, (event) => {
        const text = textOnlyEvent(event);
        expect(SessionEvent.parse(JSON.parse(JSON.stringify(text)))).toEqual(text);
        expect([text.seq, text.at, text.type]).toEqual([event.seq, event.at, event.type]);
        expect(JSON.stringify(textOnlyEvent(text))).toBe(JSON.stringify(text));
      }),
    );
  });

  it("keeps what was said", () => {
    fc.assert(
      fc.property(any, (event) => {
        const text = textOnlyEvent(event);
        if (event.type === "message.sent" || event.type === "text.finished")
          expect(text.data).toMatchObject({ text: event.data.text });
      }),
    );
  });

  it("leaves out arguments, results, files and details of approvals", () => {
    const secret = "secret.csv";
    const file = { sha256: "a".repeat(64), name: secret, mime: "text/csv", sizeBytes: 3 };
    const decision = { verdict: "allow", rule: secret, why: secret };
    const changes = [{ root: secret, path: secret, before: "absent", after: "folder" }];
    const approval = {
      ...{ approvalId: "a", runId: null, callId: null, kind: "tool", why: secret },
      view: { title: secret, sentence: secret, fields: [{ name: secret, value: secret }] },
      ...{ answers: ["allow"], scopes: ["once"] },
    };
    const events: [string, object][] = [
      ["session.created", { title: "t", workspace: secret, model: null, mode: "ask" }],
      ["session.configured", { workspace: secret }],
      ["message.sent", { messageId: "m", text: "t", attachments: [file], delivery: "auto" }],
      ["reasoning.finished", { runId: "r", turn: 1, text: "t", ms: 1, providerData: secret }],
      [
        "tool.requested",
        {
          ...{ callId: "c", runId: "r", by: "agent", turn: 1, name: "read", family: "files" },
          ...{ summary: secret, input: { path: secret }, effect: "read" },
        },
      ],
      ["approval.requested", { approval }],
      ["approval.answered", { approvalId: "a", answer: "allow", scope: "once", input: secret }],
      ["tool.started", { callId: "c", decision, changes }],
      [
        "tool.finished",
        {
          ...{ callId: "c", outcome: "done", text: secret, files: [file], labels: [], ms: 1 },
          ...{ view: { kind: "diff", path: secret, diff: secret }, decision, changes },
          error: { code: "internal", message: secret, retryable: false },
        },
      ],
      ["artifact.created", { callId: null, kind: "table", title: secret, file }],
      ["attachment.added", { file, callId: null }],
      ["memory.saved", { memoryId: "m", text: secret }],
      ["agent.spawned", { runId: "r", agentRunId: "s", name: "n", task: secret }],
      ["agent.finished", { agentRunId: "s", outcome: "done", text: secret }],
      ["rewind.done", { toSeq: 1, changes }],
      [
        "context.compacted",
        { runId: "r", uptoSeq: 1, summary: secret, tokensBefore: 2, tokensAfter: 1 },
      ],
    ];
    for (const [type, data] of events) {
      const event = SessionEvent.parse({ seq: 1, at: 1, type, data });
      expect(JSON.stringify(event), type).toContain(secret);
      expect(JSON.stringify(textOnlyEvent(event)), type).not.toContain(secret);
    }
  });

  it("leaves out what a newer version wrote", () => {
    const event = JSON.parse('{"seq":1,"at":2,"type":"robot.moved","data":{"to":"the cellar"}}');
    expect(textOnlyEvent(event)).toEqual({ seq: 1, at: 2, type: "robot.moved", data: {} });
  });

  it("tells no folder and no output of tools", () => {
    const outputs = [{ callId: "c", offset: 0, text: "secret" }];
    const open = { seq: 1, openTexts: [], openOutputs: outputs };
    expect(textOnlyOpen(JSON.parse(JSON.stringify(open))).openOutputs).toEqual([]);
    const head = { summary: { title: "t", workspace: "/secret" }, choice: "text" };
    expect(textOnlyHead(JSON.parse(JSON.stringify(head))).summary.workspace).toBeNull();
  });
});
