// What the sandbox scenes show: statuses in every state, and calls that ran programs.
import type { SandboxStatus } from "../../src/contract/sandbox.ts";
import type { RunView } from "../../src/core/session/run-shown.ts";
import { emptyView, type SessionView, type ToolItem } from "../../src/core/session/view.ts";

const now = Date.UTC(2026, 10, 30, 14, 3, 0);

const ready: SandboxStatus = {
  tier: "docker",
  title: "Docker 28.2, python image",
  phase: "ready",
  problem: null,
  build: null,
  runs: [],
  processes: [
    {
      ...{
        processId: "p1",
        command: "python3 -m http.server 8000",
        startedAt: Date.now() - 90_000,
      },
      ...{ exitCode: null, running: true },
    },
    {
      ...{ processId: "p2", command: "npm run build", startedAt: Date.now() - 300_000 },
      ...{ exitCode: 1, running: false },
    },
  ],
  usage: {
    ...{ memoryBytes: 182_000_000, memoryLimitBytes: 2_147_483_648, cpu: 0.4 },
    ...{ processes: 7, processLimit: 256 },
  },
  allowedHosts: ["pypi.org", "files.pythonhosted.org"],
  blockedHosts: ["telemetry.example.com"],
  machineConsent: false,
};
const empty = { ...ready, processes: [], usage: null, allowedHosts: [], blockedHosts: [] };

export const statuses: Readonly<Record<string, SandboxStatus>> = {
  ready,
  busy: {
    ...ready,
    runs: [{ callId: "c4" as never, language: "python", title: "Fit the model", startedAt: now }],
  },
  fresh: { ...empty, phase: "none" },
  none: {
    ...empty,
    tier: null,
    title: "No sandbox",
    phase: "none",
    problem: {
      code: "part_missing",
      message: "Neither Docker nor bubblewrap was found on this machine.",
      hint: "Install one of them: “sudo apt install bubblewrap” is enough on Debian and Ubuntu.",
      retryable: true,
    },
  },
  building: {
    ...empty,
    phase: "building",
    build: {
      image: "aetheria/python",
      step: "Step 3 of 7: apt-get install python3-numpy python3-pandas python3-matplotlib",
      done: 3,
      total: 7,
    },
  },
  starting: { ...empty, phase: "starting" },
  machine: { ...empty, tier: "machine", title: "This machine", machineConsent: true },
};

const python = `import pandas as pd
import matplotlib.pyplot as plt

# Growth by quarter
d = pd.read_csv("sales.csv")
g = d.groupby("quarter").revenue.sum()
print(f"growth {g.pct_change()[-1]:+.1%}")
g.plot.bar().figure.savefig("chart.png")`;

const view: RunView = {
  kind: "run",
  language: "python",
  tier: "docker",
  code: python,
  exitCode: 0,
  output: "loaded 14 rows\nQ2  15.17 M\nQ3  17.97 M\n\u001b[32mgrowth +18.4 %\u001b[0m\n",
  outputBytes: 68,
  memoryPeakBytes: 48_000_000,
  changed: [
    { path: "chart.png", change: "created" },
    { path: "summary.csv", change: "created" },
    { path: "old/draft.csv", change: "deleted" },
  ],
  blockedHosts: [],
};

let seq = 0;
const call = (change: Partial<ToolItem>): ToolItem => {
  seq += 1;
  return {
    ...{ kind: "tool", seq, at: now + seq, callId: `c${seq}` as never, runId: null, turn: 0 },
    ...{
      by: "agent",
      name: "run_python",
      family: "sandbox",
      summary: "run_python",
      effect: "run_code",
    },
    ...{ input: { code: python }, state: "done", approval: null, answer: null },
    decision: {
      verdict: "allow",
      rule: "balanced.run_code",
      why: "Balanced mode runs code in the sandbox without asking.",
    },
    ...{ text: "", view: null, files: [], labels: [], error: null, ms: 910 },
    ...{ askedAt: null, answeredAt: null, startedAt: now, finishedAt: now + 910 },
    ...change,
  } as ToolItem;
};

const file = (name: string, mime: string, sizeBytes: number) => {
  const sha256 = [...name]
    .map((sign) => sign.charCodeAt(0).toString(16))
    .join("")
    .padEnd(64, "0");
  return { sha256: sha256 as never, name, mime, sizeBytes };
};

export const calls = {
  done: call({ view }),
  refused: call({
    ms: 2_300,
    view: {
      ...view,
      tier: "bubblewrap",
      language: "shell",
      code: "curl -sS https://api.example.com/v1/rates | jq .",
      exitCode: 56,
      output: "curl: (56) CONNECT tunnel failed, response 403\n",
      outputBytes: 47,
      changed: [],
      blockedHosts: ["api.example.com"],
    },
    name: "run_shell",
  }),
  long: call({
    ms: 61_000,
    files: [file("output.txt", "text/plain", 104_857_600)],
    view: {
      ...view,
      tier: "machine",
      language: "node",
      code: 'for (let at = 0; ; at += 1) console.log("line", at);',
      exitCode: null,
      ended: "It was ended: it ran for more than 60 seconds.",
      output: "line 0\nline 1\nline 2\n… 9,437,180 lines left out …\nline 9437183\nline 9437184\n",
      outputBytes: 104_857_600,
      memoryPeakBytes: 91_000_000,
      changed: [],
    },
    name: "run_node",
  }),
  running: call({
    ...{ state: "running", ms: null, finishedAt: null, by: "person" },
    input: { code: "# Fit the model\nfor epoch in range(100):\n    train(epoch)" },
  }),
};

export const outputs = { [calls.running.callId]: "epoch 1  loss 0.93\nepoch 2  loss 0.71\n" };

export const chart = file("chart.png", "image/png", 24_100);
export const table = file("summary.csv", "text/csv", 420);

export const artifacts = [
  { kind: "chart" as const, title: "Revenue by quarter", file: chart },
  { kind: "table" as const, title: "summary.csv", file: table },
  {
    kind: "document" as const,
    title: "report.pdf",
    file: file("report.pdf", "application/pdf", 81_000),
  },
].map((artifact) => {
  seq += 1;
  return { kind: "artifact" as const, seq, at: now, artifact: { callId: null, ...artifact } };
});

export const csv = `region,q2,q3,growth\n${["EMEA", "Americas", "APAC", "LATAM", "Nordics"]
  .flatMap((name, at) =>
    [1, 2, 3].map((part) => `${name} ${part},${4 + at}.10,${5 + at}.37,+${31 - at} %`),
  )
  .join("\n")}\n`;

export const viewWith = (items: SessionView["items"], change: Partial<SessionView> = {}) => ({
  ...emptyView,
  items,
  ...change,
});
