import { describe, expect, it } from "vitest";
import { rank, ranked } from "./rank.ts";

const names = (list: string[], query: string) => ranked(list, query, (name) => name);

describe("the rank of a name", () => {
  it("prefers whole words, then beginnings, then initials, then parts, then letters", () => {
    const list = ["Outfit for all", "Unofficial", "One fine fax", "Offices", "Go off"];
    expect(names(list, "off")).toEqual(["Go off", "Offices", "One fine fax", "Unofficial"]);
    expect(names(["Look: dark", "Go offline", "Search in this session"], "go")).toEqual([
      "Go offline",
    ]);
  });

  it("needs every word, in any order", () => {
    expect(rank("Settings › Budgets", "bud sett")).toBeGreaterThan(0);
    expect(rank("Settings › Budgets", "bud x")).toBe(0);
  });

  it("takes initials and letters in order, but not any letters anywhere", () => {
    expect(names(["Get a local model", "Go offline"], "galm")).toEqual(["Get a local model"]);
    expect(names(["Notifications", "New session"], "ntf")).toEqual(["Notifications"]);
    expect(rank("Quarterly report", "quarterlz")).toBe(0);
    expect(rank("Search and commands", "sds")).toBe(0);
  });

  it("puts the shorter of two equals first and keeps the order of the rest", () => {
    expect(names(["New session here", "New session"], "new")).toEqual([
      "New session",
      "New session here",
    ]);
    expect(names(["b", "a"], " ")).toEqual(["b", "a"]);
  });

  it("reads other scripts and signs", () => {
    expect(rank("Ünïcode Übersicht", "über")).toBeGreaterThan(0);
    expect(rank("什么 report", "什么")).toBeGreaterThan(0);
    expect(rank("C++", "++")).toBeGreaterThan(0);
    expect(rank("anything", "++")).toBe(0);
  });
});
