import { describe, expect, it } from "vitest";
import { Destination } from "../../contract/desktop.ts";
import { SessionId } from "../../contract/ids.ts";
import { stepTo } from "./destinations.ts";

const sessionId = SessionId.parse("s1");

describe("a destination", () => {
  it("is one step of the page, whatever its kind", () => {
    expect(stepTo({ kind: "session", sessionId, seq: 4 })).toEqual({
      do: "show",
      sessionId,
      seq: 4,
      app: "chat",
    });
    expect(stepTo({ kind: "session", sessionId })).toEqual({
      ...{ do: "show", sessionId, seq: null, app: "chat" },
    });
    expect(stepTo({ kind: "session", sessionId, app: "browser" })).toMatchObject({
      app: "browser",
    });
    expect(stepTo({ kind: "session", sessionId, app: "__proto__" })).toMatchObject({ app: "chat" });
    expect(stepTo({ kind: "palette" })).toEqual({ do: "search" });
    expect(stepTo({ kind: "new" })).toEqual({ do: "compose", draft: null });
  });

  it("leads to sections that exist, else to the settings as they are", () => {
    const section = (name: string) => stepTo({ kind: "settings", section: name });
    expect(section("budgets")).toEqual({ do: "settings", section: "budgets" });
    for (const name of ["nonsense", "__proto__", ""])
      expect(section(name)).toEqual({ do: "settings", section: null });
  });

  it("never sends, deletes or takes in a file: each kind only opens, fills or asks", () => {
    const steps = Destination.def.options.map(({ shape }) => shape.kind.def.values[0]);
    expect(steps).toEqual(["session", "new", "settings", "palette", "signIn", "import"]);
    expect(stepTo({ kind: "import", name: "a.json", text: "{}" }).do).toBe("askToImport");
    expect(stepTo({ kind: "signIn", callback: "aetheria://auth-callback?code=a" }).do).toBe(
      "finishSignIn",
    );
    expect(stepTo({ kind: "new", draft: "do it" }).do).toBe("compose");
  });

  it("shows all of a draft that it brings: nothing hidden, nothing turned around", () => {
    const draft = "say\u202e hello\u200b\u0000\n\tto\u2066 me ";
    expect(stepTo({ kind: "new", draft })).toEqual({ do: "compose", draft: "say hello\n\tto me" });
  });
});
