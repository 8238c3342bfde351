import { describe, expect, it } from "vitest";
import type { Grant } from "../../contract/approval.ts";
import { GrantId, SessionId } from "../../contract/ids.ts";
import type { CallPlan } from "../ports.ts";
import { coverage, findDenyBelow, findGrant, grantFor, scopesFor, speaksOf } from "./grants.ts";

const here = SessionId.parse("session-1");
const elsewhere = SessionId.parse("session-2");

function plan(part: Partial<CallPlan>): CallPlan {
  const nothing = { paths: [], hosts: [], sentence: "Does it.", fields: [] };
  return { summary: "do it", effect: "write_workspace", ...nothing, ...part };
}
function grant(part: Partial<Grant>): Grant {
  const id = GrantId.parse("grant-1");
  return { grantId: id, verdict: "allow", tool: "*", sessionId: null, createdAt: 1, ...part };
}
const speaks = (part: Partial<Grant>, planned: Partial<CallPlan>, tool = "write_file") =>
  speaksOf(grant(part), { tool, plan: plan(planned), sessionId: here });

describe("which grant speaks about a call", () => {
  it("allows only when every path is covered, forbids when any is", () => {
    const paths = ["/ws/a/x", "/ws/b/y"];
    expect(speaks({ path: "/ws/a/**" }, { paths })).toBe(false);
    expect(speaks({ path: "/ws/**" }, { paths })).toBe(true);
    expect(speaks({ verdict: "deny", path: "/ws/a/**" }, { paths })).toBe(true);
  });

  it("does not take a yes to code for one to code with a network", () => {
    const leaving = { to: "pypi.org", what: [] };
    for (const effect of ["run_code", "write_machine"] as const) {
      const network = { effect, hosts: ["pypi.org"], leaving };
      expect(speaks({ effect }, { effect })).toBe(true);
      expect(speaks({ effect }, network)).toBe(false);
      expect(speaks({ effect, host: "pypi.org" }, network)).toBe(true);
      expect(speaks({ effect, verdict: "deny" }, network)).toBe(true);
    }
  });

  it("never takes an allow for a path or host the call does not name", () => {
    expect(speaks({ path: "/ws/**" }, {})).toBe(false);
    expect(speaks({ host: "example.com" }, {})).toBe(false);
    expect(speaks({ account: "me@example.com" }, {})).toBe(false);
  });

  it("does not follow a dotted path out of an allowed folder", () => {
    expect(speaks({ path: "/ws/**" }, { paths: ["/ws/../etc/passwd"] })).toBe(false);
  });

  it("compares paths exactly for allow and without case for deny, save on Windows", () => {
    expect(speaks({ path: "/ws/**" }, { paths: ["/WS/x"] })).toBe(false);
    expect(speaks({ verdict: "deny", path: "/ws/**" }, { paths: ["/WS/x"] })).toBe(true);
    expect(speaks({ path: "c:/ws/**" }, { paths: ["C:\\WS\\x"] })).toBe(true);
  });

  it("forbids changing a folder that holds a forbidden place", () => {
    const secret = { verdict: "deny", path: "/ws/secret/**" } as const;
    expect(speaks(secret, { effect: "delete", paths: ["/ws"] })).toBe(true);
    expect(speaks(secret, { effect: "delete", paths: ["/ws/secret"] })).toBe(true);
    expect(speaks(secret, { effect: "delete", paths: ["/ws/other"] })).toBe(false);
    const read = {
      tool: "search",
      plan: plan({ effect: "read", paths: ["/ws"] }),
      sessionId: here,
    };
    expect(speaksOf(grant(secret), read)).toBe(false);
    expect(findDenyBelow([grant(secret)], read)).not.toBeNull();
  });

  it("matches hosts by name and port: narrow for allow, wide for deny", () => {
    expect(speaks({ host: "Example.com" }, { hosts: ["example.com"] })).toBe(true);
    expect(speaks({ host: "example.com" }, { hosts: ["example.com:8443"] })).toBe(false);
    expect(speaks({ host: "example.com:*" }, { hosts: ["example.com:8443"] })).toBe(true);
    expect(speaks({ host: "*.bank.example" }, { hosts: ["a.b.bank.example"] })).toBe(false);
    const deny = { verdict: "deny", host: "*.bank.example" } as const;
    expect(speaks(deny, { hosts: ["a.b.bank.example:8443"] })).toBe(true);
    expect(speaks(deny, { hosts: ["www.bank.example."] })).toBe(true);
    expect(speaks(deny, { hosts: ["notbank.example"] })).toBe(false);
    const www = { verdict: "deny", host: "www.bank.example" } as const;
    expect(speaks(www, { hosts: ["bank.example"] })).toBe(true);
    expect(speaks({ ...www, verdict: "allow" }, { hosts: ["bank.example"] })).toBe(false);
  });

  it("keeps a session's grant in its session, and the effect to its effect", () => {
    expect(speaks({ sessionId: here }, {})).toBe(true);
    expect(speaks({ sessionId: elsewhere }, {})).toBe(false);
    expect(speaks({ effect: "delete" }, {})).toBe(false);
    expect(speaks({ tool: "browser_*" }, {}, "browser_open")).toBe(true);
    expect(speaks({ tool: "browser_*" }, {})).toBe(false);
  });

  it("names the oldest of several that speak", () => {
    const late = grant({ grantId: GrantId.parse("late"), createdAt: 9 });
    const early = grant({ grantId: GrantId.parse("early"), createdAt: 2 });
    const query = { tool: "x", plan: plan({}), sessionId: here };
    expect(findGrant([late, early], "allow", query)?.grantId).toBe("early");
  });
});

describe("the grant an answer makes", () => {
  const make = (planned: Partial<CallPlan>, scope: "once" | "session" | "always" = "always") =>
    grantFor({ tool: "write_file", plan: plan(planned), verdict: "allow", scope, sessionId: here });

  it("covers the folder of the file, this tool and this effect, and nothing else", () => {
    const made = make({ paths: ["/ws/a/x.txt"] });
    expect(made).toEqual({
      verdict: "allow",
      tool: "write_file",
      effect: "write_workspace",
      path: "/ws/a/**",
      sessionId: null,
    });
    expect(coverage(grant(made ?? {}))).toBe("write_file in /ws/a");
  });

  it("takes a star in a folder's name for a star", () => {
    const made = grant(make({ paths: ["/ws/a*/x"] }) ?? {});
    const query = (path: string) => ({
      tool: "write_file",
      plan: plan({ paths: [path] }),
      sessionId: here,
    });
    expect(speaksOf(made, query("/ws/a*/y"))).toBe(true);
    expect(speaksOf(made, query("/ws/abc/y"))).toBe(false);
  });

  it("keeps to the session when told so, and makes nothing for once", () => {
    expect(make({ paths: ["/ws/x"] }, "session")?.sessionId).toBe(here);
    expect(make({ paths: ["/ws/x"] }, "once")).toBeNull();
  });

  it.each<[string, Partial<CallPlan>, string[]]>([
    ["a file in a root", { paths: ["/x"] }, ["once"]],
    ["a file in a drive", { paths: ["C:\\x"] }, ["once"]],
    ["files in two folders", { paths: ["/ws/a/x", "/ws/b/y"] }, ["once"]],
    ["a move into a subfolder", { paths: ["/ws/x", "/ws/b/y"] }, ["once", "session", "always"]],
    ["two hosts", { effect: "read", hosts: ["a.example", "b.example"] }, ["once"]],
    ["mail", { effect: "leaves_machine", hosts: ["mail.example"] }, ["once"]],
    ["code with a network", { effect: "run_code", leaving: { to: "x", what: [] } }, ["once"]],
    ["the machine", { effect: "write_machine" }, ["once", "session"]],
    ["sandboxed code", { effect: "run_code" }, ["once", "session", "always"]],
  ])("offers for %s the right scopes", (_name, planned, scopes) => {
    expect(scopesFor(plan(planned))).toEqual(scopes);
  });
});
