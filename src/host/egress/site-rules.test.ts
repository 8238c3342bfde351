import { describe, expect, it } from "vitest";
import type { Grant } from "../../contract/approval.ts";
import { SessionId } from "../../contract/ids.ts";
import { siteRulesOf } from "./site-rules.ts";

const sessionId = SessionId.parse("s");
const grant = (change: Partial<Grant>): Grant =>
  ({
    grantId: "g",
    sessionId,
    tool: "browser_*",
    host: "a.example",
    verdict: "allow",
    createdAt: 0,
    ...change,
  }) as Grant;
const rules = (...grants: Partial<Grant>[]) => siteRulesOf(grants.map(grant), sessionId);

describe("site rules", () => {
  it("are what was allowed and what was blocked, in their order", () => {
    expect(rules({}, { host: "*.b.example", verdict: "deny" }, { host: "c.example:8080" })).toEqual(
      { allow: ["a.example", "c.example:8080"], block: ["*.b.example"] },
    );
    expect(rules()).toEqual({ allow: [], block: [] });
  });

  it("hold in every session where they name none, and in no other one's", () => {
    expect(rules({ sessionId: null }).allow).toEqual(["a.example"]);
    expect(rules({ sessionId: SessionId.parse("other") }).allow).toEqual([]);
  });

  it.each(["browser_*", "*", "b*"])("may speak of more tools than these: %s", (tool) =>
    expect(rules({ tool }).allow).toEqual(["a.example"]),
  );
  it.each(["browser_open", "web_fetch", "sandbox_*", "browser_o*"])(
    "are none where they speak of one tool or others: %s",
    (tool) => expect(rules({ tool }).allow).toEqual([]),
  );

  it("are none for one effect, one path, one account or no host", () => {
    expect(
      rules({ effect: "leaves_machine" }, { path: "/x" }, { account: "mail" } as Partial<Grant>)
        .allow,
    ).toEqual([]);
    const { host: _none, ...without } = grant({});
    expect(siteRulesOf([without as Grant], sessionId)).toEqual({ allow: [], block: [] });
    expect(rules({ effect: "read" }).allow).toEqual(["a.example"]);
  });
});
