import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Grant } from "../../contract/approval.ts";
import { GrantId, SessionId } from "../../contract/ids.ts";
import type { PermissionMode } from "../../contract/session.ts";
import { Decision, type Effect, type Label, type Verdict } from "../../contract/tool.ts";
import type { CallPlan } from "../ports.ts";
import { decide, type PermissionRequest } from "./policy.ts";

const sessionId = SessionId.parse("session-1");
const modes: PermissionMode[] = ["ask", "balanced", "autonomous"];
const leaving = { to: "example.com", what: [{ name: "address", value: "https://example.com/a" }] };
const base: CallPlan = {
  summary: "do it",
  effect: "read",
  paths: [],
  hosts: [],
  sentence: "Does it.",
  fields: [],
};
const web: Partial<CallPlan> = { hosts: ["example.com"], leaving };
const both: Label[] = ["private", "untrusted"];

function request(part: Partial<Omit<PermissionRequest, "plan">> & { plan?: Partial<CallPlan> }) {
  const { plan, ...rest } = part;
  const defaults: PermissionRequest = {
    tool: "some_tool",
    plan: { ...base, ...plan },
    by: "agent",
    mode: "balanced",
    labels: new Set(),
    grants: [],
    sessionId,
    offline: false,
  };
  return { ...defaults, ...rest };
}
function grant(verdict: Verdict, part: Partial<Grant> = {}): Grant {
  const grantId = GrantId.parse(`${verdict}-1`);
  return { grantId, verdict, tool: "*", sessionId: null, createdAt: 1, ...part };
}

describe("what each mode lets run", () => {
  const table: [string, Partial<CallPlan>, Verdict[]][] = [
    ["read", { effect: "read", paths: ["/ws/a"] }, ["allow", "allow", "allow"]],
    ["web read", { effect: "read", ...web }, ["ask", "allow", "allow"]],
    ["run_code", { effect: "run_code" }, ["ask", "allow", "allow"]],
    ["code with a network", { effect: "run_code", ...web }, ["ask", "ask", "ask"]],
    ["write_workspace", { effect: "write_workspace", paths: ["/ws/a"] }, ["ask", "ask", "allow"]],
    ["download", { effect: "write_workspace", paths: ["/ws/a"], ...web }, ["ask", "ask", "allow"]],
    ["delete", { effect: "delete", paths: ["/ws/a"] }, ["ask", "ask", "ask"]],
    ["write_machine", { effect: "write_machine" }, ["ask", "ask", "ask"]],
    ["leaves_machine", { effect: "leaves_machine", ...web }, ["ask", "ask", "ask"]],
  ];
  const labelSets: Label[][] = [[], ["private"], ["untrusted"], both];
  const grantVerdicts: (Verdict | null)[] = [null, "allow", "ask", "deny"];
  const rows = table.flatMap(([name, plan, verdicts]) =>
    modes.flatMap((mode, column) =>
      labelSets.flatMap((labels) =>
        grantVerdicts.map((given) => {
          const leaves = plan.leaving !== undefined && labels.length === 2;
          const byMode = verdicts[column] ?? "deny";
          // A yes to code or files that names no host is not one to what sends something.
          const isOther = given === "allow" && /code with a network|download/.test(name);
          const standing = isOther ? null : given;
          const expected = given === "deny" ? "deny" : leaves ? "ask" : (standing ?? byMode);
          return { name, mode, labels, given, plan, expected };
        }),
      ),
    ),
  );

  it.each(rows)("$mode · $name · holding $labels · grant $given → $expected", (row) => {
    const grants = row.given === null ? [] : [grant(row.given)];
    const { plan, mode } = row;
    const decision = decide(request({ plan, mode, labels: new Set(row.labels), grants }));
    expect(decision.verdict).toBe(row.expected);
    expect(decision.why).toMatch(/^[A-Z].*\.$/);
  });
});

describe("the reasons", () => {
  it("says which mode lets a read run, and what the session holds", () => {
    const decision = decide(request({ plan: web, labels: new Set<Label>(["untrusted"]) }));
    expect(decision.rule).toBe("mode.balanced.read_web");
    expect(decision.why).toBe(
      "Balanced mode lets reads from the network run without asking. This session holds untrusted text from outside and nothing private.",
    );
  });

  it("names the grant that decided", () => {
    const plan: Partial<CallPlan> = { effect: "write_workspace", paths: ["/ws/a"] };
    const grants = [grant("allow", { tool: "some_tool", path: "/ws/**" })];
    expect(decide(request({ plan, grants }))).toMatchObject({
      rule: "grant:allow-1",
      why: "You have allowed this: some_tool in /ws, always.",
    });
  });

  it("offers no lasting answer where none would hold", () => {
    const plan: Partial<CallPlan> = { effect: "write_workspace", paths: ["/ws/a"] };
    expect(decide(request({ plan })).scopes).toEqual(["once", "session", "always"]);
    const leaves = decide(request({ plan: web, labels: new Set(both) }));
    expect(leaves).toMatchObject({ rule: "leaves", lastingAllowed: false, scopes: ["once"] });
    const asked = decide(request({ plan, grants: [grant("ask")] }));
    expect(asked).toMatchObject({ verdict: "ask", scopes: ["once"] });
  });
});

describe("offline", () => {
  it("refuses what would leave and names the host, whoever asks", () => {
    for (const by of ["agent", "person"] as const) {
      const decision = decide(request({ plan: web, by, offline: true, grants: [grant("allow")] }));
      expect(decision).toMatchObject({ verdict: "deny", rule: "offline" });
      expect(decision.why).toContain("example.com");
    }
  });
  it("lets loopback and everything local go on", () => {
    const local = { hosts: ["localhost:3000", "127.0.0.1:80", "[::1]:1"] };
    expect(decide(request({ plan: local, offline: true })).verdict).toBe("allow");
    expect(decide(request({ offline: true })).verdict).toBe("allow");
    const lan = decide(request({ plan: { hosts: ["192.168.1.2"] }, offline: true }));
    expect(lan.verdict).toBe("deny");
  });
});

describe("a person's own command", () => {
  const by = "person" as const;
  it.each<Effect>(["read", "write_workspace", "delete", "write_machine", "run_code"])(
    "runs for %s in every mode",
    (effect) => {
      for (const mode of modes)
        expect(decide(request({ by, mode, plan: { effect } })).rule).toBe("person");
    },
  );
  it("shows what leaves once more, and obeys the person's own deny and ask", () => {
    const mail: Partial<CallPlan> = { ...web, effect: "leaves_machine" };
    expect(decide(request({ by, plan: mail }))).toMatchObject({ verdict: "ask", scopes: ["once"] });
    expect(decide(request({ by, grants: [grant("deny")] })).verdict).toBe("deny");
    expect(decide(request({ by, grants: [grant("ask")] })).verdict).toBe("ask");
    expect(decide(request({ by, plan: web })).verdict).toBe("allow");
    expect(decide(request({ by, plan: web, labels: new Set(both) })).rule).toBe("leaves");
  });
});

describe("places", () => {
  it("asks before reading outside a known workspace", () => {
    const plan = { paths: ["/home/me/.ssh/id"] };
    expect(decide(request({ plan, workspace: "/ws" })).verdict).toBe("ask");
    expect(decide(request({ plan, workspace: null })).verdict).toBe("ask");
    expect(decide(request({ plan: { paths: ["/ws/a"] }, workspace: "/ws" })).verdict).toBe("allow");
    expect(decide(request({ plan: { paths: ["/wsx/a"] }, workspace: "/ws" })).verdict).toBe("ask");
  });
  it("asks before reading a folder that holds a forbidden one", () => {
    const grants = [grant("deny", { path: "/ws/secret/**" })];
    expect(decide(request({ plan: { paths: ["/ws"] }, grants })).verdict).toBe("ask");
    expect(decide(request({ plan: { paths: ["/ws/b"] }, grants })).verdict).toBe("allow");
    expect(decide(request({ plan: { paths: ["/ws/secret/b"] }, grants })).verdict).toBe("deny");
  });
});

describe("properties", () => {
  const effect = fc.constantFrom<Effect[]>(
    "read",
    "write_workspace",
    "delete",
    "write_machine",
    "run_code",
    "leaves_machine",
  );
  const paths = fc.array(fc.constantFrom("/ws/a", "/ws/s/b", "/ws", "/etc/x"), { maxLength: 2 });
  const hosts = fc.array(fc.constantFrom("a.example", "b.example:81", "localhost"), {
    maxLength: 2,
  });
  const plans = fc.record(
    { effect, paths, hosts, leaving: fc.constant(leaving) },
    { requiredKeys: ["effect", "paths", "hosts"] },
  );
  const grants = fc.record(
    {
      verdict: fc.constantFrom<Verdict[]>("allow", "ask", "deny"),
      tool: fc.constantFrom("*", "some_tool", "other"),
      effect,
      path: fc.constantFrom("/ws/**", "/ws/s/**", "/etc/*"),
      host: fc.constantFrom("*.example", "a.example", "localhost"),
      sessionId: fc.constantFrom(null, sessionId, SessionId.parse("other")),
    },
    { requiredKeys: ["verdict", "tool", "sessionId"] },
  );
  const requests = fc
    .record({
      plan: plans,
      by: fc.constantFrom<("agent" | "person")[]>("agent", "person"),
      mode: fc.constantFrom(...modes),
      labels: fc.subarray<Label>(both).map((labels) => new Set(labels)),
      grants: fc.array(grants, { maxLength: 4 }).map((list) => list.map(withId)),
      offline: fc.boolean(),
      workspace: fc.constantFrom(undefined, null, "/ws"),
    })
    .map(request);
  function withId(part: Omit<Grant, "grantId" | "createdAt">, at: number): Grant {
    return { ...part, grantId: GrantId.parse(`g${at}`), createdAt: at };
  }
  const order: Verdict[] = ["allow", "ask", "deny"];
  const strictness = (given: PermissionRequest) => order.indexOf(decide(given).verdict);
  const always = (check: (given: PermissionRequest) => void) =>
    fc.assert(fc.property(requests, check), { numRuns: 500 });

  it("deny always wins", () => {
    always((given) => {
      const denied = { ...given, grants: [...given.grants, grant("deny")] };
      expect(decide(denied).verdict).toBe("deny");
    });
  });
  it("nothing that leaves is allowed while the session holds both", () => {
    always((given) => {
      const plan = { ...given.plan, leaving };
      expect(decide({ ...given, plan, labels: new Set(both) }).verdict).not.toBe("allow");
    });
  });
  it("what sends something is never freer than what does not", () => {
    always((given) => {
      const { leaving: _, ...silent } = given.plan;
      const sending = { ...given, plan: { ...given.plan, leaving } };
      expect(strictness(sending)).toBeGreaterThanOrEqual(strictness({ ...given, plan: silent }));
    });
  });
  it("another deny never makes anything looser, another allow never anything stricter", () => {
    fc.assert(
      fc.property(requests, grants, (given, extra) => {
        const more = (verdict: Verdict) => ({
          ...given,
          grants: [...given.grants, { ...withId(extra, 99), verdict }],
        });
        expect(strictness(more("deny"))).toBeGreaterThanOrEqual(strictness(given));
        expect(strictness(more("allow"))).toBeLessThanOrEqual(strictness(given));
      }),
      { numRuns: 500 },
    );
  });
  it("fewer labels never make it stricter", () => {
    always((given) => {
      for (const label of given.labels) {
        const labels = new Set([...given.labels].filter((other) => other !== label));
        expect(strictness({ ...given, labels })).toBeLessThanOrEqual(strictness(given));
      }
    });
  });
  it("a freer mode is never stricter, going online neither", () => {
    always((given) => {
      const [ask, balanced, autonomous] = modes.map((mode) => strictness({ ...given, mode }));
      expect(balanced).toBeLessThanOrEqual(ask ?? 0);
      expect(autonomous).toBeLessThanOrEqual(balanced ?? 0);
      const online = strictness({ ...given, offline: false });
      expect(online).toBeLessThanOrEqual(strictness({ ...given, offline: true }));
    });
  });
  it("decides the same twice, in whatever order the grants come, and in the contract's shape", () => {
    always((given) => {
      const decision = decide(given);
      expect(decide({ ...given, grants: given.grants.toReversed() })).toEqual(decision);
      const { verdict, rule, why } = decision;
      expect(Decision.parse(decision)).toEqual({ verdict, rule, why });
    });
  });
});
