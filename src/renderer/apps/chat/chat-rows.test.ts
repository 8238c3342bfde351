import { describe, expect, it } from "vitest";
import { MessageId, RunId } from "../../../contract/ids.ts";
import type { Item, OpenPiece } from "../../../core/session/view.ts";
import { rowsOf, withOpen } from "./chat-rows.ts";

const runId = RunId.parse("run");
const message = (seq: number): Item => ({
  kind: "message",
  seq,
  at: 0,
  messageId: MessageId.parse(`m${seq}`),
  text: "hello",
  attachments: [],
  steers: false,
});
const text = (seq: number, turn: number): Item => ({
  kind: "text",
  seq,
  at: 0,
  runId,
  turn,
  text: "hi",
  cut: false,
});
const piece = (turn: number): OpenPiece => ({ runId, turn, text: "hi" });

describe("the rows of a conversation", () => {
  it("name the agent once after each message", () => {
    const rows = rowsOf([message(1), text(2, 0), text(3, 1), message(4), text(5, 2)], false);
    expect(rows.map(({ starts }) => starts)).toEqual([false, true, false, false, true]);
  });

  it("begin with the way to earlier ones when there are some", () => {
    expect(rowsOf([message(1)], true).map(({ item }) => item.kind)).toEqual(["earlier", "message"]);
    expect(rowsOf([message(1)], false).map(({ item }) => item.kind)).toEqual(["message"]);
  });

  it("keep the row of a text from its first piece to its end", () => {
    const before = withOpen(rowsOf([message(1)], false), {
      openReasoning: null,
      openText: piece(0),
    });
    const after = rowsOf([message(1), text(2, 0)], false);
    expect(before.map(({ key }) => key)).toEqual(after.map(({ key }) => key));
    expect(before.map(({ starts }) => starts)).toEqual(after.map(({ starts }) => starts));
  });

  it("keep finished rows as they are while a text grows", () => {
    const rows = rowsOf([message(1), text(2, 0)], false);
    const grown = withOpen(rows, { openReasoning: piece(1), openText: piece(1) });
    expect(grown.slice(0, 2)).toEqual(rows);
    expect(grown[0]).toBe(rows[0]);
    expect(grown.map(({ starts }) => starts)).toEqual([false, true, false, false]);
    expect(withOpen(rows, { openReasoning: null, openText: null })).toBe(rows);
  });
});
