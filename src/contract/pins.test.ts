// Freezes the visible surface. A change here changes what clients, logs and mirrors already rely on:
// add names freely; rename or remove one only with a new contractVersion and a migration.
import { describe, expect, it } from "vitest";
import { ApprovalAnswer, ApprovalKind, GrantScope } from "./approval.ts";
import { BrowserDriver, BrowserInput, BrowserKind, BrowserProfile, SiteRule } from "./browser.ts";
import { calls, maxChunkBytes, maxMessageLength, Push } from "./calls.ts";
import { AetheriaError, errorCodes, ErrorData } from "./errors.ts";
import {
  Actor,
  ArtifactKind,
  eventTypes,
  LiveEvent,
  RunOutcome,
  SessionEvent,
  type EventType,
} from "./events.ts";
import { SandboxLanguage, SandboxTier, TerminalPlace } from "./sandbox.ts";
import { Delivery, PermissionMode, RunPhase } from "./session.ts";
import { defaultSettings, Settings } from "./settings.ts";
import { Check } from "./system.ts";
import { Effect, Label, ToolOutcome, ToolView, Verdict } from "./tool.ts";
import { contractVersion } from "./version.ts";
import { ToClient, ToHost } from "./wire.ts";

const options = (schema: { options: readonly string[] }) => [...schema.options];

describe("the contract's names", () => {
  it("are of version 1", () => expect(contractVersion).toBe(1));

  it("pins every call", () =>
    expect(Object.keys(calls)).toEqual([
      "system.hello",
      "system.doctor",
      "system.spending",
      "system.egress",
      "session.list",
      "session.create",
      "session.open",
      "session.close",
      "session.history",
      "session.send",
      "session.unqueue",
      "session.stop",
      "session.rename",
      "session.archive",
      "session.configure",
      "session.delete",
      "session.fork",
      "session.rewind",
      "session.moments",
      "session.rewindPreview",
      "session.retry",
      "session.export",
      "session.import",
      "session.search",
      "approval.answer",
      "grant.list",
      "grant.add",
      "grant.revoke",
      "tool.list",
      "tool.run",
      "sandbox.status",
      "sandbox.restart",
      "sandbox.reset",
      "sandbox.stopProcess",
      "sandbox.processOutput",
      "sandbox.host",
      "sandbox.consent",
      "sandbox.stopBuild",
      "browser.status",
      "browser.open",
      "browser.close",
      "browser.fetch",
      "browser.fetchStop",
      "browser.drive",
      "browser.navigate",
      "browser.tab",
      "browser.dialog",
      "browser.choose",
      "browser.input",
      "browser.selection",
      "browser.watch",
      "browser.drawn",
      "browser.unwatch",
      "browser.profile",
      "browser.forgetProfile",
      "browser.site",
      "terminal.open",
      "terminal.write",
      "terminal.resize",
      "terminal.drawn",
      "terminal.close",
      "model.list",
      "model.pull",
      "model.pullStop",
      "settings.get",
      "settings.set",
      "account.list",
      "account.connect",
      "account.disconnect",
      "mirror.status",
      "mirror.signIn",
      "mirror.startSignIn",
      "mirror.finishSignIn",
      "mirror.setPassword",
      "mirror.signOut",
      "mirror.deleteCloud",
      "mirror.unlock",
      "mirror.rotateKey",
      "mirror.link",
      "mirror.devices",
      "mirror.revokeDevice",
      "mirror.choose",
      "mirror.session",
      "mirror.fetchFile",
      "mirror.retry",
      "mirror.test",
      "lan.status",
      "lan.pair",
      "lan.revoke",
      "attachment.put",
      "attachment.get",
      "file.folders",
      "file.find",
      "file.list",
      "file.read",
      "file.changes",
      "file.diff",
      "trash.list",
      "trash.restore",
      "data.list",
      "data.backup",
      "data.exportAll",
      "data.stop",
      "data.read",
      "data.remove",
      "data.restore",
      "data.deleteAll",
    ]));

  it("pins every push", () =>
    expect(Push.def.options.flatMap(({ shape }) => shape.type.def.values)).toEqual([
      "session.frame",
      "session.changed",
      "session.deleted",
      "settings.changed",
      "models.changed",
      "model.progress",
      "spending.changed",
      "mirror.changed",
      "mirror.session",
      "lan.changed",
      "notice",
      "data.progress",
      "files.changed",
      "sandbox.changed",
      "browser.changed",
      "browser.fetching",
      "browser.frame",
      "terminal.output",
      "terminal.ended",
    ]));

  it("pins every durable event", () =>
    expect(eventTypes).toEqual([
      "session.created",
      "session.renamed",
      "session.archived",
      "session.configured",
      "message.sent",
      "message.withdrawn",
      "run.started",
      "run.finished",
      "text.finished",
      "reasoning.finished",
      "tool.requested",
      "approval.requested",
      "approval.answered",
      "tool.started",
      "tool.finished",
      "artifact.created",
      "context.compacted",
      "plan.proposed",
      "memory.saved",
      "agent.spawned",
      "agent.finished",
      "attachment.added",
      "rewind.done",
      "command.answered",
    ]));

  it("pins every live event", () =>
    expect(LiveEvent.def.options.flatMap(({ shape }) => shape.type.def.values)).toEqual([
      "text.delta",
      "reasoning.delta",
      "tool.output",
      "run.status",
    ]));

  it("pins every error code", () =>
    expect([...errorCodes]).toEqual([
      "bad_input",
      "not_found",
      "unauthorized",
      "refused",
      "conflict",
      "too_large",
      "rate_limited",
      "timeout",
      "cancelled",
      "offline",
      "host_blocked",
      "model_missing",
      "model_unauthorized",
      "model_not_found",
      "model_unreachable",
      "model_bad_response",
      "model_overloaded",
      "model_refused",
      "context_overflow",
      "budget_exceeded",
      "loop_detected",
      "workspace_missing",
      "outside_workspace",
      "disk_full",
      "store_damaged",
      "data_folder_in_use",
      "node_too_old",
      "part_missing",
      "disconnected",
      "locked",
      "tampered",
      "revoked",
      "expired",
      "quota_exceeded",
      "cloud_unreachable",
      "cloud_not_ready",
      "internal",
    ]));

  it("pins effects, labels, verdicts and modes", () => {
    expect(options(Effect)).toEqual([
      "read",
      "write_workspace",
      "delete",
      "write_machine",
      "run_code",
      "leaves_machine",
    ]);
    expect(options(Label)).toEqual(["private", "untrusted"]);
    expect(options(Verdict)).toEqual(["allow", "ask", "deny"]);
    expect(options(PermissionMode)).toEqual(["ask", "balanced", "autonomous"]);
  });

  it("pins approvals and grants", () => {
    expect(options(ApprovalKind)).toEqual([
      "tool",
      "leaves_machine",
      "recovery",
      "budget",
      "fallback",
    ]);
    expect(options(ApprovalAnswer)).toEqual(["allow", "deny", "again", "done"]);
    expect(options(GrantScope)).toEqual(["once", "session", "always"]);
  });

  it("pins outcomes, phases and deliveries", () => {
    expect(options(RunOutcome)).toEqual(["done", "stopped", "failed", "limit"]);
    expect(options(ToolOutcome)).toEqual(["done", "failed", "denied", "stopped", "unknown"]);
    expect(options(RunPhase)).toEqual(["idle", "running", "waiting"]);
    expect(options(Delivery)).toEqual(["auto", "queue", "steer"]);
    expect(options(Actor)).toEqual(["agent", "person"]);
    expect(options(Check.shape.state)).toEqual(["ok", "warning", "missing", "failed"]);
    expect(ToolView.def.options.flatMap(({ shape }) => shape.kind.def.values)).toEqual([
      "text",
      "diff",
      "entries",
      "matches",
      "page",
      "browser",
      "search",
      "run",
    ]);
    expect(options(BrowserKind)).toEqual(["chrome", "edge", "chromium", "playwright"]);
    expect(options(BrowserDriver)).toEqual(["agent", "person"]);
    expect(options(SiteRule)).toEqual(["allow", "block"]);
    const kinds = (union: typeof BrowserProfile | typeof BrowserInput) =>
      union.def.options.flatMap(({ shape }) => shape.kind.def.values);
    expect(kinds(BrowserProfile)).toEqual(["session", "incognito", "named"]);
    expect(kinds(BrowserInput)).toEqual(["mouse", "wheel", "key", "compose", "text"]);
    expect(options(SandboxTier)).toEqual(["docker", "podman", "bubblewrap", "seatbelt", "machine"]);
    expect(options(SandboxLanguage)).toEqual(["python", "node", "shell"]);
    expect(options(TerminalPlace)).toEqual(["sandbox", "machine"]);
    expect(options(ArtifactKind)).toEqual(["image", "chart", "page", "document", "table", "code"]);
  });

  it("pins the limits clients cut their messages by", () => {
    expect(maxMessageLength).toBe(1_000_000);
    expect(maxChunkBytes).toBe(524_288);
  });
});

const usage = { inputTokens: 10, outputTokens: 5, cachedTokens: 0, costUsd: null };
const model = { provider: "ollama", name: "qwen3:8b" };
const error = {
  code: "rate_limited",
  message: "Slow down.",
  hint: "Wait.",
  retryable: true,
  retryAfterMs: 5,
};
const file = { sha256: "a".repeat(64), name: "a.txt", mime: "text/plain", sizeBytes: 3 };
const decision = { verdict: "ask", rule: "leaves_machine", why: "It leaves this machine." };
const approval = {
  approvalId: "a1",
  runId: null,
  callId: "c1",
  kind: "tool",
  view: {
    title: "Write a file",
    sentence: "Writes a.txt.",
    fields: [{ name: "path", value: "a.txt" }],
    diff: "+a",
    leaving: { to: "example.org", what: [{ name: "body", value: "x" }] },
  },
  why: "You asked to be asked.",
  answers: ["allow", "deny"],
  scopes: ["once"],
};

/** One sample of each event's data, with its optional fields. */
const samples: Record<EventType, unknown> = {
  "session.created": {
    title: "T",
    workspace: "/w",
    model,
    mode: "balanced",
    forkedFrom: { sessionId: "s0", seq: 3 },
    importedSeq: 5,
  },
  "session.renamed": { title: "T", by: "person" },
  "session.archived": { archived: true },
  "session.configured": {
    model: null,
    mode: "ask",
    workspace: null,
    machineConsent: true,
    browserProfile: { kind: "named", name: "Work" },
  },
  "message.sent": {
    messageId: "m1",
    text: "Hi \ud83d\ude00\u0000",
    attachments: [file],
    delivery: "auto",
  },
  "message.withdrawn": { messageId: "m1" },
  "run.started": { runId: "r1", messageId: "m1", model, mode: "ask", resumed: false },
  "run.finished": { runId: "r1", outcome: "failed", error, usage, steps: 2, ms: 30 },
  "text.finished": { runId: "r1", turn: 0, text: "Hello", partial: false, usage, model },
  "reasoning.finished": { runId: "r1", turn: 0, text: "Hm", ms: 3, providerData: { a: [1] } },
  "tool.requested": {
    callId: "c1",
    runId: "r1",
    by: "agent",
    turn: 0,
    name: "read_file",
    family: "files",
    summary: "read a.txt",
    input: { path: "a.txt" },
    effect: "read",
    modelCallId: "call_1",
  },
  "approval.requested": { approval },
  "approval.answered": { approvalId: "a1", answer: "allow", scope: "once", input: { path: "b" } },
  "tool.started": { callId: "c1", decision },
  "tool.finished": {
    callId: "c1",
    outcome: "done",
    text: "abc",
    view: { kind: "diff", path: "a", diff: "+a" },
    files: [file],
    labels: ["private"],
    error,
    decision,
    ms: 4,
  },
  "artifact.created": { callId: null, kind: "chart", title: "C", file },
  "context.compacted": {
    runId: "r1",
    uptoSeq: 9,
    summary: "S",
    tokensBefore: 100,
    tokensAfter: 10,
  },
  "plan.proposed": { runId: "r1", steps: ["one"] },
  "memory.saved": { memoryId: "x", text: "likes tea" },
  "agent.spawned": { runId: "r1", agentRunId: "r2", name: "Reader", task: "read" },
  "agent.finished": { agentRunId: "r2", outcome: "done", text: "read" },
  "attachment.added": { file, callId: null },
  "rewind.done": { toSeq: 4 },
  "command.answered": {
    commandId: "c1",
    deviceId: "d1",
    number: 3,
    kind: "rename",
    outcome: "refused",
    error: { code: "expired", message: "Too late.", retryable: false },
  },
};

const overJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe("what crosses the wire", () => {
  it.each(Object.entries(samples))("gives a %s back as it was", (type, data) => {
    const event = { seq: 1, at: 1_700_000_000_000, type, data };
    expect(SessionEvent.parse(overJson(event))).toEqual(event);
    expect(SessionEvent.parse(structuredClone(event))).toEqual(event);
  });

  it.each(Object.entries(samples))("refuses a %s with a field of the wrong kind", (type, data) => {
    const [field = ""] = Object.keys(data as object);
    const broken = { seq: 1, at: 1, type, data: { ...(data as object), [field]: Symbol("wrong") } };
    expect(SessionEvent.safeParse(broken).success).toBe(false);
  });

  it("keeps to the fields it knows, so that a newer side may add some", () => {
    const event = {
      seq: 1,
      at: 1,
      type: "session.archived",
      data: { archived: true, later: 1 },
      more: 2,
    };
    expect(SessionEvent.parse(event)).toEqual({
      seq: 1,
      at: 1,
      type: "session.archived",
      data: { archived: true },
    });
  });

  it("carries calls, answers, failures and pushes", () => {
    const call = { type: "call", id: 1, name: "session.stop", input: { sessionId: "s" } };
    expect(ToHost.parse(overJson(call))).toEqual(call);
    const messages = [
      { type: "answer", id: 1, output: { stopped: true } },
      { type: "failure", id: 1, error },
      { type: "push", push: { type: "session.deleted", sessionId: "s" } },
      {
        type: "push",
        push: {
          type: "session.frame",
          sessionId: "s",
          events: [],
          live: [{ type: "text.delta", runId: "r", turn: 0, offset: 0, text: "a" }],
        },
      },
    ];
    for (const message of messages) expect(ToClient.parse(overJson(message))).toEqual(message);
  });

  it("has default settings that fit", () =>
    expect(Settings.parse(defaultSettings)).toEqual(defaultSettings));
});

describe("errors as data", () => {
  it("come back as they went", () => {
    const data = ErrorData.parse(error);
    expect(AetheriaError.fromData(data).toData()).toEqual(data);
  });

  it("tell nothing of what was thrown by mistake", () => {
    const data = AetheriaError.toData(new Error("password=hunter2"));
    expect(data).toMatchObject({ code: "internal", retryable: true });
    expect(JSON.stringify(data)).not.toContain("hunter2");
    const aborted = Object.assign(new Error("x"), { name: "AbortError" });
    expect(AetheriaError.toData(aborted).code).toBe("cancelled");
  });
});
