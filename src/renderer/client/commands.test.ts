import { describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { english } from "../words/english.ts";
import { appNames } from "./app-names.ts";
import type { AppState } from "./app-state.svelte.ts";
import { commandTable, neighbour } from "./commands.ts";
import { pressed, shortcutOf } from "./shortcut.ts";

const ids = ["s1", "s2", "s3"].map((id) => SessionId.parse(id));
const sessions = ids.map((sessionId) => ({ sessionId }));

describe("the table of commands", () => {
  const app: unknown = {
    host: { settings: { offline: false } },
    sessions: { current: [] },
    place: {},
    open: null,
  };
  const table = commandTable(app as AppState, english, appNames);

  it("gives every command a name of its own, and no key to two", () => {
    const keys = table.flatMap(({ key }) => (key === undefined ? [] : [shortcutOf(key)]));
    expect(new Set(table.map(({ id }) => id)).size).toBe(table.length);
    expect(new Set(keys).size).toBe(keys.length);
    expect(table.every(({ title }) => title !== "")).toBe(true);
  });

  it("has keys that an event can make", () => {
    const event = { code: "", ctrlKey: true, metaKey: false, altKey: false, shiftKey: false };
    for (const { key } of table.filter((one) => one.key?.startsWith("Ctrl+") === true)) {
      const sign = key?.split("+").at(-1) ?? "";
      const shiftKey = key?.includes("Shift") === true;
      expect(pressed({ ...event, shiftKey, key: sign })).toBe(key);
    }
  });
});

describe("the next session", () => {
  it("is the one after, around the end, and the first when none is open", () => {
    expect(neighbour(sessions, ids[0] ?? null, 1)).toBe(ids[1]);
    expect(neighbour(sessions, ids[0] ?? null, -1)).toBe(ids[2]);
    expect(neighbour(sessions, null, 1)).toBe(ids[0]);
    expect(neighbour([], null, 1)).toBeUndefined();
  });
});
