// An exported session with a whole run in it: a plan, thoughts, single and parallel steps, a
// decision, a failed step, an answer, each with its time and cost.
const model = { provider: "openai", name: "gpt-5.2" };
const begunAt = Date.UTC(2026, 10, 22, 14, 3, 0);
const runId = "run-q";
const why = "Balanced mode runs what only reads without asking.";
const allowed = { verdict: "allow", rule: "balanced.reads", why };

type Told = [afterMs: number, type: string, data: object];

const usage = (inputTokens: number, outputTokens: number, costUsd: number) => ({
  ...{ inputTokens, outputTokens, cachedTokens: 0, costUsd },
});
const turn = (afterMs: number, number: number, text: string, spent: object): Told => [
  afterMs,
  "text.finished",
  { runId, turn: number, text, partial: false, usage: spent, model },
];
const asked = (
  number: number,
  callId: string,
  name: string,
  family: string,
  argument: string,
): Told => [
  0,
  "tool.requested",
  {
    ...{ callId, runId, by: "agent", turn: number, name, family },
    ...{ summary: `${name} ${argument}`, input: { path: argument }, effect: "read" },
  },
];
const started = (callId: string): Told => [20, "tool.started", { callId, decision: allowed }];
const finished = (afterMs: number, callId: string, end: object = {}): Told => [
  afterMs,
  "tool.finished",
  { callId, outcome: "done", text: "", files: [], labels: ["private"], ms: afterMs, ...end },
];

const approval = {
  ...{ approvalId: "a-send", runId, callId: "c-send", kind: "leaves_machine" },
  view: {
    title: "Send 1 mail to dana@example.com",
    sentence: "The summary would leave this machine.",
    fields: [{ name: "To", value: "dana@example.com" }],
  },
  why: "Data that leaves this machine always asks.",
  ...{ answers: ["allow", "deny"], scopes: ["once"] },
};
const failure = { code: "not_found", message: "There is no file budget.csv.", retryable: false };
const lines = Array.from({ length: 400 }, (_, row) => `row ${row}: revenue ${row * 17}`);
const answer = "Revenue grew **18.4 %** quarter over quarter, led by **EMEA (+31 %)**.";

const told: Told[] = [
  [
    0,
    "session.created",
    { title: "Quarterly report", workspace: null, model: null, mode: "balanced" },
  ],
  [
    0,
    "message.sent",
    {
      ...{ messageId: "m-q", attachments: [], delivery: "auto" },
      text: "Pull last quarter’s numbers from the sales site, chart them, and mail the summary to Dana.",
    },
  ],
  [10, "run.started", { runId, messageId: "m-q", model, mode: "balanced", resumed: false }],
  [
    800,
    "reasoning.finished",
    { runId, turn: 0, text: "First the dashboard, then the growth.", ms: 800 },
  ],
  [10, "plan.proposed", { runId, steps: ["Read", "Compute", "Chart", "Mail"] }],
  turn(900, 0, "", usage(880, 20, 0.01)),
  asked(0, "c-open", "web_fetch", "web", "sales.example.com/q3"),
  started("c-open"),
  finished(1_200, "c-open", {
    text: lines.join("\n"),
    labels: ["untrusted"],
    view: { kind: "page", url: "https://sales.example.com/q3", title: "Sales" },
  }),
  turn(2_100, 1, "", usage(9_000, 800, 0.06)),
  asked(1, "c-table", "read_table", "files", "sales.csv"),
  asked(1, "c-budget", "read_file", "files", "budget.csv"),
  started("c-table"),
  started("c-budget"),
  finished(300, "c-budget", { outcome: "failed", error: failure, labels: [] }),
  finished(600, "c-table", { text: "loaded 14 rows\ngrowth +18.4 %" }),
  turn(1_900, 2, "The numbers are here; now the mail.", usage(3_100, 120, 0.02)),
  asked(2, "c-send", "gmail.send", "gmail", "dana@example.com"),
  [30, "approval.requested", { approval }],
  [42_000, "approval.answered", { approvalId: "a-send", answer: "deny", scope: "once" }],
  finished(10, "c-send", {
    ...{ outcome: "denied", labels: [] },
    decision: { verdict: "deny", rule: "person", why: "You said no." },
  }),
  turn(2_600, 3, answer, usage(4_000, 280, 0.02)),
  [
    10,
    "run.finished",
    { runId, outcome: "done", usage: usage(16_980, 1_220, 0.11), steps: 4, ms: 52_500 },
  ],
];

const exported = (events: readonly Told[]): string => {
  let at = begunAt;
  return JSON.stringify({
    format: "aetheria-session",
    version: 1,
    events: events.map(([afterMs, type, data], index) => ({
      ...{ seq: index + 1, at: (at += afterMs), type, data },
    })),
    attachments: [],
  });
};

export const quarterlyReport = exported(told);
/** The same session before anything was asked. */
export const emptyReport = exported(told.slice(0, 1));
