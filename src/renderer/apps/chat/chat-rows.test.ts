import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MessageId, RunId } from "../../../contract/ids.ts";
import type { Item, OpenPiece } from "../../../core/session/view.ts";
import { ChatRows, rowsOf, withOpen } from "./chat-rows.ts";

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

  it("are the same when they are kept from change to change", () => {
    const change = fc.oneof(
      fc.record({ kind: fc.constantFrom("message", "text", "earlier", "hasEarlier") }),
      fc.record({ kind: fc.constantFrom("rewind", "change"), at: fc.nat(30) }),
    );
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
        const kept = new ChatRows();
        let items: Item[] = [];
        let hasEarlier = false;
        let seq = 1_000;
        for (const one of changes) {
          seq += 1;
          if (one.kind === "message") items = [...items, message(seq)];
          if (one.kind === "text") items = [...items, text(seq, seq)];
          if (one.kind === "earlier") items = [message(seq), text(seq, -seq), ...items];
          if (one.kind === "hasEarlier") hasEarlier = !hasEarlier;
          if ("at" in one && one.kind === "rewind") items = items.slice(0, one.at);
          if ("at" in one && one.kind === "change" && one.at < items.length)
            items = items.with(one.at, message(seq));
          expect(kept.update(items, hasEarlier)).toEqual(rowsOf(items, hasEarlier));
        }
      }),
    );
  });

  it("make one new row for one new item", () => {
    const kept = new ChatRows();
    const items = [message(1), text(2, 0), message(3)];
    const before = kept.update(items, true);
    const after = kept.update([...items, text(4, 1)], true);
    expect(after.slice(0, -1).every((row, at) => row === before[at])).toBe(true);
    expect(after.at(-1)?.starts).toBe(true);
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
