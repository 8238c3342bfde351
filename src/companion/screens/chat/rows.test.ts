import { expect, it } from "vitest";
import { MessageId, RunId, SessionId } from "../../../contract/ids.ts";
import { emptyView, type Item } from "../../../core/session/view.ts";
import { allRows, Rows } from "./rows.ts";

const runId = RunId.parse("run-1");
const message: Item = {
  ...{ kind: "message", seq: 2, at: 1, messageId: MessageId.parse("m-1"), text: "hi" },
  ...{ attachments: [], steers: false },
};
const answer: Item = { kind: "text", seq: 3, at: 2, runId, turn: 0, text: "yes", cut: false };
const none = { hasEarlier: false, unsent: [] };

it("keeps the rows that were there when one is added", () => {
  const rows = new Rows();
  const [first] = rows.update([message]);
  const both = rows.update([message, answer]);
  expect(both[0]).toBe(first);
  expect(both.map(({ key }) => key)).toEqual(["message:m-1", "text:run-1:0"]);
});

it("gives a growing text the key of the finished one", () => {
  const openText = { runId, turn: 0, text: "ye" };
  const rows = allRows([], { ...emptyView, openText }, none);
  expect(rows.map(({ key }) => key)).toEqual(["text:run-1:0"]);
});

it("has the way to earlier messages first, and what waits last", () => {
  const items = [message];
  const finished = new Rows().update(items);
  const queued = [
    { seq: 4, at: 3, messageId: MessageId.parse("m-2"), text: "next", attachments: [] },
  ];
  const wish = {
    ...{
      kind: "send" as const,
      sessionId: SessionId.parse("s"),
      messageId: MessageId.parse("m-3"),
    },
    ...{ text: "later", attachments: [], delivery: "auto" as const },
  };
  const unsent = [{ id: "w-1", wish, at: 1, error: null }];
  const rows = allRows(finished, { ...emptyView, items, queued }, { hasEarlier: true, unsent });
  expect(rows.map(({ item }) => item.kind)).toEqual(["earlier", "message", "queued", "unsent"]);
});

it("shows a message once: in the log, it waits no more", () => {
  const items = [message];
  const { messageId, text } = { messageId: MessageId.parse("m-1"), text: "hi" };
  const wish = {
    ...{ kind: "send" as const, sessionId: SessionId.parse("s"), messageId, text },
    ...{ attachments: [], delivery: "auto" as const },
  };
  const unsent = [{ id: "w-1", wish, at: 1, error: null }];
  const rows = allRows(new Rows().update(items), { ...emptyView, items }, { ...none, unsent });
  expect(rows.map(({ item }) => item.kind)).toEqual(["message"]);
});
