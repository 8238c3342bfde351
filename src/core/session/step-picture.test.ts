import { expect, it } from "vitest";
import type { NewEvent } from "../../contract/events.ts";
import { CallId, Sha256 } from "../../contract/ids.ts";
import { fold } from "./reducer.ts";
import { emptyView, type SessionView } from "./view.ts";

const callId = CallId.parse("c");
const file = {
  ...{ sha256: Sha256.parse("a".repeat(64)), name: "step.jpg", mime: "image/jpeg", sizeBytes: 3 },
};
const asked: NewEvent = {
  type: "tool.requested",
  data: {
    ...{ callId, runId: null, by: "person", turn: 0, name: "browser_open", family: "browser" },
    ...{ summary: "open a.example", input: {}, effect: "read" },
  },
};
const ended: NewEvent = {
  type: "tool.finished",
  data: {
    ...{ callId, outcome: "done", text: "seen", files: [], labels: [], ms: 1 },
    view: { kind: "browser", url: "https://a.example/", title: "A", action: "open", told: "seen" },
  },
};
const added = (of: CallId | null): NewEvent => ({
  type: "attachment.added",
  data: { file, callId: of },
});

const viewOf = (events: NewEvent[]) =>
  events.reduce<SessionView>(
    (view, event, index) => fold(view, { ...event, seq: index + 1, at: 1 }),
    emptyView,
  );
const picturesOf = ({ items }: SessionView) =>
  items.map((item) => (item.kind === "tool" && item.view?.kind === "browser" ? item.view : null));

it("a step of the browser has the picture that came after it", () => {
  expect(picturesOf(viewOf([asked, ended, added(callId)]))).toMatchObject([{ picture: file }]);
});

it("no step has a picture that is of another call, of none, or of one that drew nothing", () => {
  for (const of of [CallId.parse("other"), null])
    expect(picturesOf(viewOf([asked, ended, added(of)]))[0]).not.toHaveProperty("picture");
  expect(picturesOf(viewOf([asked, added(callId)]))).toEqual([null]);
});
