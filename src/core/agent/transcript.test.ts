import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import { CallId, MessageId, RunId, Sha256 } from "../../contract/ids.ts";
import { sessionLog } from "../../testing/session-logs.ts";
import { createTranscript, cutText, extend, transcriptOf, type Transcript } from "./transcript.ts";

/** As a live session keeps it: extended event by event, folded anew only after a rewind. */
function kept(log: readonly SessionEvent[]): Transcript {
  let transcript: Transcript | null = createTranscript();
  for (const [index, event] of log.entries()) {
    if (event.type === "rewind.done") transcript = null;
    else if (transcript) extend(transcript, event);
    // Whoever asks next has it loaded again.
    transcript ??= transcriptOf(log.slice(0, index + 1));
  }
  return transcript ?? createTranscript();
}

const runId = RunId.parse("run-1");
const model = { provider: "scripted", name: "model" };
const numbered = (...events: NewEvent[]): SessionEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1, at: index }) as SessionEvent);
const created: NewEvent = {
  type: "session.created",
  data: { title: "", workspace: null, model: null, mode: "balanced" },
};
const sent = (text: string, delivery: "auto" | "queue" | "steer" = "auto"): NewEvent => ({
  type: "message.sent",
  data: { messageId: MessageId.parse(text), text, attachments: [], delivery },
});
const started = (messageId: string, resumed = false): NewEvent => ({
  type: "run.started",
  data: { runId, messageId: MessageId.parse(messageId), model, mode: "balanced", resumed },
});
const said = (turn: number, text: string, partial = false): NewEvent => ({
  type: "text.finished",
  data: { runId, turn, text, partial },
});
const requested = (id: string, turn: number): NewEvent => ({
  type: "tool.requested",
  data: {
    ...{ callId: CallId.parse(id), runId, by: "agent", turn, name: "look", family: "test" },
    ...{ summary: "look", input: {}, effect: "read" },
  },
});
const finished = (id: string): NewEvent => ({
  type: "tool.finished",
  data: {
    ...{ callId: CallId.parse(id), outcome: "done", text: `result of ${id}` },
    ...{ files: [], labels: [], ms: 1 },
  },
});

const told = (transcript: Transcript): string[] =>
  [...transcript.entries, ...transcript.steering].map((entry) =>
    entry.kind === "by_hand" ? entry.call.name : `${entry.kind}: ${entry.text}`,
  );

describe("a transcript", () => {
  it("kept event by event is the one folded from the log", () => {
    fc.assert(
      fc.property(sessionLog(100), (log) => {
        expect(kept(log)).toEqual(transcriptOf(log));
      }),
      { numRuns: 300 },
    );
  });

  it("is the same whenever it is folded: nothing in it depends on anything but the log", () => {
    fc.assert(
      fc.property(sessionLog(), (log) => {
        expect(transcriptOf(structuredClone(log))).toEqual(transcriptOf(log));
      }),
    );
  });

  it("does not show a queued message before its run", () => {
    const log = numbered(created, sent("first"), started("first"), sent("later", "queue"));
    expect(told(transcriptOf(log))).toEqual(["person: first"]);
    expect([...transcriptOf(log).queued.keys()]).toEqual(["later"]);
    const begun = numbered(...log, started("later"));
    expect(told(transcriptOf(begun))).toEqual(["person: first", "person: later"]);
    expect(transcriptOf(begun).queued.size).toBe(0);
  });

  it("puts what steers after the results of the turn that was under way", () => {
    const log = numbered(
      created,
      sent("go"),
      started("go"),
      sent("in French", "steer"),
      said(1, "looking"),
      requested("a", 1),
      finished("a"),
    );
    expect(told(transcriptOf(log))).toEqual(["person: go", "agent: looking", "person: in French"]);
    const next = numbered(...log, said(2, "voilà"));
    expect(told(transcriptOf(next))).toEqual([
      "person: go",
      "agent: looking",
      "person: in French",
      "agent: voilà",
    ]);
  });

  it("keeps what was said while a turn was under way when that turn is compacted", () => {
    const log = numbered(
      created,
      sent("go"),
      started("go"),
      sent("in French", "steer"),
      said(1, "looking"),
      requested("a", 1),
      finished("a"),
      said(2, "voilà"),
    );
    const uptoSeq = transcriptOf(log).entries[1]?.seq ?? 0;
    const data = { runId, uptoSeq, summary: "so far", tokensBefore: 9, tokensAfter: 1 };
    const compacted = transcriptOf(numbered(...log, { type: "context.compacted", data }));
    expect(told(compacted)).toEqual(["person: in French", "agent: voilà"]);
    expect(compacted.summary).toEqual({ text: "so far", uptoSeq });
  });

  it("knows the text of an answer that was cut, until it goes on", () => {
    const cut = numbered(created, sent("go"), started("go"), said(1, "The first", true));
    expect(cutText(transcriptOf(cut))).toBe("The first");
    const resumed = numbered(...cut, started("go", true));
    expect(cutText(transcriptOf(resumed))).toBe("The first");
    expect(transcriptOf(resumed).run).toMatchObject({ resumes: 1, lastTurn: 1 });
    expect(cutText(transcriptOf(numbered(...resumed, said(2, " half"))))).toBe("");
  });

  it("counts how often a run was taken up without getting anything done", () => {
    const start = [created, sent("go"), started("go")];
    const thrice = [started("go", true), started("go", true), started("go", true)];
    expect(transcriptOf(numbered(...start, ...thrice)).run?.resumes).toBe(3);
    const worked = numbered(...start, ...thrice, said(1, "x"), started("go", true));
    expect(transcriptOf(worked).run?.resumes).toBe(1);
  });

  it("shows the model the pictures of a program that ran, and not its whole output again", () => {
    const file = (name: string, mime: string) => ({
      ...{ sha256: Sha256.parse("a".repeat(64)), name, mime, sizeBytes: 5_000_000 },
    });
    const picture = file("figure-1.png", "image/png");
    const ran: NewEvent = {
      type: "tool.finished",
      data: {
        ...{ callId: CallId.parse("a"), outcome: "done", text: "cut", labels: [], ms: 1 },
        files: [file("output.txt", "text/plain"), picture],
        view: {
          ...{ kind: "run", language: "python", tier: "docker", code: "1", exitCode: 0 },
          ...{ output: "", outputBytes: 0, memoryPeakBytes: null, changed: [], blockedHosts: [] },
        },
      },
    };
    const { calls } = transcriptOf(
      numbered(created, sent("go"), started("go"), requested("a", 1), ran),
    );
    expect(calls.get(CallId.parse("a"))?.result?.files).toEqual([picture]);
  });

  it("cannot be taken back in place", () => {
    const back: SessionEvent = { seq: 2, at: 1, type: "rewind.done", data: { toSeq: 1 } };
    expect(() => extend(createTranscript(), back)).toThrow("cannot go back");
  });

  it("forgets what a rewind took away, but not who the session is", () => {
    const log = numbered(
      created,
      { type: "session.renamed", data: { title: "Numbers", by: "person" } },
      sent("secret"),
      { type: "session.configured", data: { mode: "ask" } },
      { type: "rewind.done", data: { toSeq: 2 } },
      sent("public"),
    );
    const transcript = transcriptOf(log);
    expect(told(transcript)).toEqual(["person: public"]);
    expect(transcript).toMatchObject({ title: "Numbers", mode: "ask", seq: 6 });
  });
});
