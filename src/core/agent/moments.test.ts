import { describe, expect, it } from "vitest";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import { CallId, MessageId, RunId, Sha256 } from "../../contract/ids.ts";
import type { FileEffect } from "../../contract/tool.ts";
import { momentsOf } from "./moments.ts";

const id = (name: string) => MessageId.parse(name.slice(0, 20));
const log = (...events: NewEvent[]): SessionEvent[] =>
  events.map((event, i) => ({ ...event, seq: i + 1, at: i * 100 }) as SessionEvent);
const created: NewEvent = {
  type: "session.created",
  data: { title: "", workspace: "/work", model: null, mode: "ask" },
};
const said = (text: string, delivery: "auto" | "queue" | "steer" = "auto"): NewEvent => ({
  type: "message.sent",
  data: { messageId: id(text), text, attachments: [], delivery },
});
const run = (text: string, resumed = false): NewEvent => ({
  type: "run.started",
  data: {
    runId: RunId.parse(text),
    messageId: id(text),
    model: { provider: "p", name: "m" },
    mode: "ask",
    resumed,
  },
});
const [one, two] = [Sha256.parse("1".repeat(64)), Sha256.parse("2".repeat(64))];
const changed = (...changes: Omit<FileEffect, "root">[]): NewEvent => ({
  type: "tool.finished",
  data: {
    callId: CallId.parse("c"),
    ...{ outcome: "done", text: "", files: [], labels: [], ms: 0 },
    changes: changes.map((change) => ({ root: "/work", ...change })),
  },
});
const back = (toSeq: number): NewEvent => ({ type: "rewind.done", data: { toSeq } });
const shown = (events: SessionEvent[]) =>
  momentsOf(events).map(({ toSeq, title }) => [toSeq, title]);

describe("moments", () => {
  it("are before each message, newest first, and count the files that would change", () => {
    const moments = momentsOf(
      log(
        created,
        ...[said("first\nmore"), run("first\nmore")],
        changed({ path: "a", before: "absent", after: one }),
        ...[said("second"), run("second")],
        changed(
          { path: "a", before: one, after: two },
          { path: "b", before: two, after: "absent" },
        ),
      ),
    );
    expect(moments).toEqual([
      { toSeq: 4, at: 400, title: "second", restores: 2, removes: 0 },
      { toSeq: 1, at: 100, title: "first", restores: 1, removes: 1 },
      { toSeq: 1, at: 0, title: null, restores: 1, removes: 1 },
    ]);
  });

  it("take a message that waited where its run began, and leave out one that still waits", () => {
    const events = log(
      created,
      ...[said("a"), run("a"), said("b", "queue"), said("c", "steer"), said("d", "queue")],
      ...[run("b"), run("b", true)],
    );
    expect(shown(events)).toEqual([
      [6, "b"],
      [4, "c"],
      [1, "a"],
      [1, null],
    ]);
  });

  it("know nothing of what was taken away or withdrawn", () => {
    const withdrawn: NewEvent = { type: "message.withdrawn", data: { messageId: id("w") } };
    const events = log(
      ...[created, said("a"), run("a"), said("b"), run("b"), back(3)],
      ...[said("w", "queue"), withdrawn, said("c"), run("c")],
    );
    expect(shown(events)).toEqual([
      [8, "c"],
      [1, "a"],
      [1, null],
    ]);
  });

  it("name a message by its file when it has no words, and cut a long one between characters", () => {
    const file = { sha256: one, name: "plan.pdf", mime: "application/pdf", sizeBytes: 1 };
    const bare: NewEvent = {
      type: "message.sent",
      data: { messageId: id("x"), text: "", attachments: [file], delivery: "auto" },
    };
    const [long, named] = momentsOf(log(created, bare, said("😀".repeat(100))));
    expect(named?.title).toBe("plan.pdf");
    expect(long?.title).toBe(`${"😀".repeat(80)}…`);
  });
});
