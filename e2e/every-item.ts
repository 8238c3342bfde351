// An exported session that holds every kind of thing a conversation can show.
const model = { provider: "openai", name: "gpt-4o" };
const usage = { inputTokens: 18_000, outputTokens: 240, cachedTokens: 0, costUsd: 0.11 };
const runId = "run-1";
const decision = { verdict: "allow", rule: "balanced", why: "Reads of the workspace run." };
const ended = { outcome: "done", text: "", files: [], labels: ["private"], ms: 320 };

const call = (callId: string, name: string, family: string, summary: string, end: object) => [
  {
    type: "tool.requested",
    data: {
      callId,
      runId,
      by: "agent",
      turn: 0,
      name,
      family,
      summary,
      input: { path: "report.csv" },
      effect: "read",
    },
  },
  { type: "tool.started", data: { callId, decision } },
  { type: "tool.finished", data: { callId, ...ended, ...end } },
];

const diff =
  "--- a/report.csv\n+++ b/report.csv\n@@ -1,2 +1,2 @@\n region,q2\n-EMEA,4.10\n+EMEA,5.37\n";
const entry = { path: "report.csv", type: "file", sizeBytes: 2_100, modifiedAt: 1_763_000_000_000 };
const match = { path: "notes.md", line: 3, text: "growth of 18.4 %" };

const events = [
  {
    type: "session.created",
    data: { title: "Everything", workspace: null, model: null, mode: "balanced" },
  },
  {
    type: "message.sent",
    data: { messageId: "m1", text: "Show me everything.", attachments: [], delivery: "auto" },
  },
  {
    type: "run.started",
    data: { runId, messageId: "m1", model, mode: "balanced", resumed: false },
  },
  { type: "plan.proposed", data: { runId, steps: ["Look at the report", "Sum it up"] } },
  {
    type: "reasoning.finished",
    data: { runId, turn: 0, text: "The report comes first.", ms: 3_200 },
  },
  ...call("c1", "list_files", "files", "list_files .", {
    view: { kind: "entries", entries: [entry] },
  }),
  ...call("c2", "edit_file", "files", "edit_file report.csv", {
    view: { kind: "diff", path: "report.csv", diff },
  }),
  ...call("c3", "search_files", "files", "search_files growth", {
    view: { kind: "matches", matches: [match] },
  }),
  ...call("c4", "web_fetch", "web", "web_fetch https://example.com/", {
    text: "# Example",
    labels: ["untrusted"],
    view: { kind: "page", url: "https://example.com/", title: "Example" },
  }),
  ...call("c5", "delete_file", "files", "delete_file old.md", { outcome: "denied" }),
  ...call("c6", "write_file", "files", "write_file new.md", {
    outcome: "failed",
    error: { code: "disk_full", message: "The disk is full.", retryable: true },
  }),
  ...call("c7", "write_file", "files", "write_file lost.md", { outcome: "unknown" }),
  {
    type: "context.compacted",
    data: {
      runId,
      uptoSeq: 4,
      summary: "They spoke of a report.",
      tokensBefore: 182_000,
      tokensAfter: 9_400,
    },
  },
  { type: "memory.saved", data: { memoryId: "x1", text: "Reports are in euros." } },
  { type: "text.finished", data: { runId, turn: 1, text: "Half of an ans", partial: true } },
  {
    type: "run.started",
    data: { runId, messageId: "m1", model, mode: "balanced", resumed: true },
  },
  {
    type: "approval.requested",
    data: {
      approval: {
        approvalId: "a1",
        runId,
        callId: "c7",
        kind: "recovery",
        view: {
          title: "Did this happen?",
          sentence: "Aetheria stopped suddenly while “write_file lost.md” was running.",
          fields: [{ name: "tool", value: "write_file" }],
        },
        why: "A step with an effect is never repeated without asking.",
        answers: ["again", "done", "deny"],
        scopes: ["once"],
      },
    },
  },
  {
    type: "run.finished",
    data: {
      runId,
      outcome: "limit",
      error: {
        code: "budget_exceeded",
        message: "This run has used its 2 dollars.",
        hint: "Raise the budget in Settings, or try again with a smaller question.",
        retryable: true,
      },
      usage,
      steps: 7,
      ms: 64_000,
    },
  },
];

export const everyItem = JSON.stringify({
  format: "aetheria-session",
  version: 1,
  events: events.map((event, index) => ({ seq: index + 1, at: 1_763_000_000_000, ...event })),
  attachments: [],
});
