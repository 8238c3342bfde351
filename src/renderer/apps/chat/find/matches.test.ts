import { describe, expect, it } from "vitest";
import { MessageId, RunId } from "../../../../contract/ids.ts";
import type { Item } from "../../../../core/session/view.ts";
import { findMatches, nextMatch } from "./matches.ts";

const said = (seq: number, text: string): Item => ({
  ...{ kind: "message", seq, at: 0, messageId: MessageId.parse(`m${seq}`), text },
  ...{ attachments: [], steers: false },
});
const answer = (seq: number, text: string): Item => ({
  ...{ kind: "text", seq, at: 0, runId: RunId.parse("r"), turn: 0, text, cut: false },
});

describe("finding in a conversation", () => {
  it("counts each time the text is there, whatever its case", () => {
    const items = [said(5, "Rome, rome"), answer(7, "nothing"), answer(9, "ROME")];
    expect(findMatches(items, 5, [], " rome ")).toEqual([
      { seq: 5, nth: 0 },
      { seq: 5, nth: 1 },
      { seq: 9, nth: 0 },
    ]);
    expect(findMatches(items, 5, [], "  ")).toEqual([]);
  });

  it("reads over the signs of Markdown, and finds them too", () => {
    const items = [answer(1, "**Revenue** grew, see `snake_case` and a*b")];
    expect(findMatches(items, 1, [], "revenue grew")).toHaveLength(1);
    expect(findMatches(items, 1, [], "snake_case")).toHaveLength(1);
    expect(findMatches(items, 1, [], "a*b")).toHaveLength(1);
  });

  it("adds what the host found in earlier history, and words in another order", () => {
    const items = [said(20, "the train to Lyon"), said(30, "Lyon")];
    const hits = [{ seq: 20 }, { seq: 9 }, { seq: 3 }];
    expect(findMatches(items, 20, hits, "Lyon train")).toEqual([
      { seq: 3, nth: 0 },
      { seq: 9, nth: 0 },
      { seq: 20, nth: 0 },
    ]);
  });
});

describe("going from match to match", () => {
  const all = [
    { seq: 1, nth: 0 },
    { seq: 4, nth: 0 },
    { seq: 4, nth: 1 },
  ];
  it("goes on in both directions and begins anew at the end", () => {
    expect(nextMatch(all, { seq: 1, nth: 0 }, 1)).toEqual(all[1]);
    expect(nextMatch(all, { seq: 4, nth: 1 }, 1)).toEqual(all[0]);
    expect(nextMatch(all, { seq: 1, nth: 0 }, -1)).toEqual(all[2]);
    expect(nextMatch([], null, 1)).toBeNull();
  });

  it("goes on from the place of a match that is gone", () => {
    expect(nextMatch(all, { seq: 2, nth: 0 }, 1)).toEqual(all[1]);
    expect(nextMatch(all, { seq: 2, nth: 0 }, -1)).toEqual(all[0]);
    expect(nextMatch(all, null, -1)).toEqual(all[2]);
  });
});
