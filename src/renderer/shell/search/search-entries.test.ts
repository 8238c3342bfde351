import { describe, expect, it } from "vitest";
import { SessionId } from "../../../contract/ids.ts";
import type { SearchHit, SessionSummary } from "../../../contract/session.ts";
import { X } from "../../ui/icons.ts";
import { entriesOf, matches, shownExtract } from "./search-entries.ts";

const sessionId = SessionId.parse("s1");
const session = { sessionId, title: "", updatedAt: 1 } as SessionSummary;
const hit: SearchHit = {
  sessionId,
  sessionTitle: "One",
  seq: 4,
  at: 1,
  role: "agent",
  extract: ["the ", "growth", " of it"],
};
const actions = ["New session", "Look: dark"].map((label) => ({
  id: label,
  label,
  icon: X,
  run: () => undefined,
}));

describe("what the search offers", () => {
  it("is everything at hand before anything is typed", () => {
    const kinds = entriesOf("", actions, [session], [], "Untitled").map(({ kind }) => kind);
    expect(kinds).toEqual(["action", "action", "session"]);
  });

  it("is what holds every word typed, and the messages found", () => {
    const found = entriesOf(" dark LOOK", actions, [session], [hit], "Untitled");
    expect(found.map(({ id }) => id)).toEqual(["action-Look: dark", "message-s1-4"]);
  });

  it("finds a session without a title by what it is called instead", () => {
    const found = entriesOf("untit", actions, [session], [], "Untitled");
    expect(found).toMatchObject([{ kind: "session", title: "Untitled" }]);
  });

  it("matches words in any order", () => {
    expect(matches("Settings › Budgets", "bud sett")).toBe(true);
    expect(matches("Settings › Budgets", "bud x")).toBe(false);
  });
});

describe("an extract", () => {
  it("is cut before its match and put on one line, the match untouched", () => {
    const long = "a".repeat(100);
    const shown = shownExtract([`${long}\n before `, "match", " after\n\nit"]);
    expect(shown[0]).toHaveLength(41);
    expect(shown[0]?.startsWith("…")).toBe(true);
    expect(shown.slice(1)).toEqual(["match", " after it"]);
  });

  it("stays whole when it is short, and may be empty", () => {
    expect(shownExtract(["", "match"])).toEqual(["", "match"]);
    expect(shownExtract([])).toEqual([""]);
  });
});
