import { describe, expect, it } from "vitest";
import { SessionId } from "../../../contract/ids.ts";
import type { SearchHit, SessionSummary } from "../../../contract/session.ts";
import type { ToolDescription } from "../../../contract/tool.ts";
import type { Command } from "../../client/commands.svelte.ts";
import { X } from "../../ui/icons.ts";
import { firstChoice, groupsOf, moved, type Group, type Offer } from "./palette-entries.ts";

const sessionId = SessionId.parse("s1");
const command = (id: string, title: string, area: Command["area"]): Command => ({
  id,
  title,
  area,
  icon: X,
});
const hit: SearchHit = {
  sessionId,
  sessionTitle: "One",
  seq: 4,
  at: 1,
  role: "agent",
  extract: ["the ", "growth", " of it"],
};
const offer: Offer = {
  query: "",
  commands: [
    command("palette.open", "Search", "general"),
    command("session.new", "New session", "session"),
    command("look.dark", "Look: dark", "look"),
    command("app.chat", "Chat", "apps"),
    command("settings.budgets", "Settings › Budgets", "settings"),
  ],
  tools: [{ name: "read_file", title: "Read a file" } as ToolDescription],
  sessions: [{ sessionId, title: "", updatedAt: 1 } as SessionSummary],
  hits: [],
  files: [],
  untitled: "Untitled",
};

const shown = (groups: Group[]) =>
  groups.map(({ name, entries }) => [name, ...entries.map(({ id }) => id)].join(" "));

describe("the palette", () => {
  it("offers commands, sessions and places before anything is typed", () => {
    expect(shown(groupsOf(offer))).toEqual([
      "actions command-session.new command-look.dark",
      "sessions session-s1",
      "goTo command-app.chat command-settings.budgets",
    ]);
  });

  it("offers what fits, tools by hand, what was found, and to ask what is typed", () => {
    const files = ["read.md"];
    expect(shown(groupsOf({ ...offer, query: " read ", hits: [hit], files }))).toEqual([
      "actions tool-read_file ask",
      "messages message-s1-4",
      "files file-read.md",
    ]);
    expect(groupsOf({ ...offer, query: " read " })[0]?.entries.at(-1)).toMatchObject({
      text: "read",
    });
  });

  it("finds a session without a title by what it is called instead", () => {
    const found = groupsOf({ ...offer, query: "untit" }).find(({ name }) => name === "sessions");
    expect(found?.entries).toMatchObject([{ kind: "session", title: "Untitled" }]);
  });

  it("means the first thing found, and never to ask: one may be quicker than the search", () => {
    const entries = (change: Partial<Offer>) =>
      groupsOf({ ...offer, ...change }).flatMap((group) => group.entries);
    expect(firstChoice(entries({ query: "growth", hits: [hit] }))?.kind).toBe("message");
    expect(firstChoice(entries({ query: "growth" }))).toBeUndefined();
    expect(firstChoice(entries({ query: "new" }))?.id).toBe("command-session.new");
  });

  it("moves around the end, and to the first from what is gone", () => {
    const entries = groupsOf(offer).flatMap((group) => group.entries);
    const last = entries.at(-1)?.id;
    expect(moved(entries, last, 1)).toBe(entries[0]?.id);
    expect(moved(entries, entries[0]?.id, -1)).toBe(last);
    expect(moved(entries, "gone", 1)).toBe(entries[0]?.id);
    expect(moved([], undefined, 1)).toBe("");
  });
});
