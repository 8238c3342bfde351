import { describe, expect, it } from "vitest";
import { Approval } from "../../contract/approval.ts";
import { ApprovalId, CallId, RunId, SessionId } from "../../contract/ids.ts";
import type { CallPlan } from "../ports.ts";
import { approvalOf, visible } from "./approval-view.ts";
import { decide } from "./policy.ts";

const sessionId = SessionId.parse("s");
const write: CallPlan = {
  summary: "write a.txt",
  effect: "write_workspace",
  paths: ["/ws/a.txt"],
  hosts: [],
  sentence: "Write 12 bytes to a.txt.",
  fields: [{ name: "path", value: "a.txt" }],
  diff: "+hello",
};
const page: CallPlan = {
  ...write,
  effect: "read",
  paths: [],
  hosts: ["example.com"],
  diff: undefined,
  leaving: { to: "example.com", what: [{ name: "address", value: "https://example.com/?q=1" }] },
};
function ask(plan: CallPlan, labels: ("private" | "untrusted")[], kind?: "recovery") {
  const tool = "some_tool";
  const common = { tool, plan, sessionId, grants: [], offline: false };
  const decision = decide({ ...common, by: "agent", mode: "ask", labels: new Set(labels) });
  const ids = { approvalId: ApprovalId.parse("a"), runId: RunId.parse("r") };
  const callId = CallId.parse("c");
  return Approval.parse(approvalOf({ ...ids, callId, sessionId, tool, plan, decision, kind }));
}

describe("approvalOf", () => {
  it("shows a change with its diff and says what a lasting answer covers", () => {
    const approval = ask(write, []);
    expect(approval.kind).toBe("tool");
    expect(approval.view).toEqual({
      title: "Change files in the workspace",
      sentence: "Write 12 bytes to a.txt.",
      fields: [
        { name: "path", value: "a.txt" },
        { name: "A lasting answer covers", value: "some_tool in /ws" },
      ],
      diff: "+hello",
    });
    expect(approval.scopes).toEqual(["once", "session", "always"]);
    expect(approval.answers).toEqual(["allow", "deny"]);
  });

  it("shows exactly what leaves and where to, and offers only once", () => {
    const approval = ask(page, ["private", "untrusted"]);
    expect(approval.kind).toBe("leaves_machine");
    expect(approval.view.title).toBe("Data leaves this machine");
    expect(approval.view.leaving).toEqual(page.leaving);
    expect(approval.scopes).toEqual(["once"]);
    expect(approval.view.fields).toEqual(page.fields);
  });

  it("asks whether it did happen, and lets it be repeated or taken as done", () => {
    const approval = ask(write, [], "recovery");
    expect(approval.view.title).toBe("Did this happen?");
    expect(approval.answers).toEqual(["again", "done", "deny"]);
    expect(approval.scopes).toEqual(["once"]);
  });

  it("spells out characters that hide or turn the text around", () => {
    expect(visible("pay\u202Eevil\u200B\u0007")).toBe("pay⟨U+202E⟩evil⟨U+200B⟩⟨U+0007⟩");
    expect(visible("tag\u{E0041}")).toBe("tag⟨U+E0041⟩");
    expect(visible("a\r\nb\tc — naïve 日本 👩🏽‍🚀 ❤️‍🔥")).toBe("a\nb\tc — naïve 日本 👩🏽‍🚀 ❤️‍🔥");
    expect(visible("a\rb")).toBe("a⟨U+000D⟩b");
  });
});
