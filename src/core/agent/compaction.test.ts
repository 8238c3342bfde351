import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import { MessageId, RunId } from "../../contract/ids.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { scriptedModel, type Turn } from "../../testing/scripted-model.ts";
import { sessionLog } from "../../testing/session-logs.ts";
import { compact, olderPart } from "./compaction.ts";
import type { RunPorts } from "./run-ports.ts";
import { extend, transcriptOf, type Transcript } from "./transcript.ts";

const runId = RunId.parse("run-1");
const ref = { provider: "scripted", name: "model" };

/** `count` messages of `size` characters with an answer each; the last run is open. */
function conversation(count: number, size: number): SessionEvent[] {
  const events: NewEvent[] = [
    {
      type: "session.created",
      data: { title: "t", workspace: null, model: null, mode: "balanced" },
    },
  ];
  for (let n = 1; n <= count; n++) {
    const messageId = MessageId.parse(`m${n}`);
    const text = `question ${n} ${"q".repeat(size)}`;
    const started = { runId, messageId, model: ref, mode: "balanced", resumed: false } as const;
    events.push(
      { type: "message.sent", data: { messageId, text, attachments: [], delivery: "auto" } },
      { type: "run.started", data: started },
    );
    if (n === count) break;
    const answer = `answer ${n} ${"a".repeat(size)}`;
    const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, costUsd: 0 };
    events.push(
      { type: "text.finished", data: { runId, turn: 1, text: answer, partial: false } },
      { type: "run.finished", data: { runId, outcome: "done", usage, steps: 0, ms: 1 } },
    );
  }
  return events.map((event, index) => ({ ...event, seq: index + 1, at: index }) as SessionEvent);
}

/** Only what compaction asks of a run's ports; anything else is an error of the test. */
function portsOf(transcript: Transcript, turns: Turn[]) {
  const model = scriptedModel({ turns });
  const appended: NewEvent[] = [];
  const loud = () => {
    throw new Error("Compaction does not need this.");
  };
  const ports: Partial<RunPorts> = {
    models: { open: () => model, choose: loud, cost: () => 0 },
    transcript: () => transcript,
    live: () => {},
    append: (events) => {
      appended.push(...events);
      for (const event of events)
        extend(transcript, { ...event, seq: transcript.seq + 1, at: 1 } as SessionEvent);
    },
  };
  return { ports: ports as RunPorts, appended, model };
}

const run = (ports: RunPorts, windowTokens: number, signal = new AbortController().signal) =>
  compact(ports, runId, ref, windowTokens, 9_000, signal);
const texts = ({ entries }: Transcript) =>
  entries.map((entry) => (entry.kind === "by_hand" ? "" : entry.text.slice(0, 10).trim()));

describe("what is compacted", () => {
  it("is the older part: the newest entries stay, in their order", () => {
    const transcript = transcriptOf(conversation(6, 300));
    const older = olderPart(transcript, 1_000);
    expect(older?.length).toBeGreaterThan(0);
    expect(older).toEqual(transcript.entries.slice(0, older?.length));
    expect(older).not.toContain(transcript.entries.at(-1));
  });

  it("never is the newest entry, however long it is, nor anything when there is nothing older", () => {
    fc.assert(
      fc.property(sessionLog(80), fc.integer({ min: 1, max: 100_000 }), (log, window) => {
        const transcript = transcriptOf(log);
        const older = olderPart(transcript, window);
        if (older === null) return;
        expect(older.length).toBeGreaterThan(0);
        expect(older.length).toBeLessThan(transcript.entries.length);
      }),
    );
    expect(olderPart(transcriptOf(conversation(1, 50_000)), 100)).toBeNull();
  });

  it("is more in a smaller window", () => {
    const transcript = transcriptOf(conversation(12, 400));
    const sizes = [500, 2_000, 8_000].map((window) => olderPart(transcript, window)?.length ?? 0);
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(sizes[0]).toBeGreaterThan(sizes[2] ?? 0);
  });
});

describe("compaction", () => {
  it("puts a summary in the place of the older part and logs both sizes", async () => {
    const transcript = transcriptOf(conversation(6, 300));
    const { ports, appended, model } = portsOf(transcript, [[{ type: "text", text: "In short." }]]);
    expect(await run(ports, 1_000)).toBe(true);
    expect(appended).toMatchObject([
      { type: "context.compacted", data: { summary: "In short.", tokensBefore: 9_000 } },
    ]);
    expect(transcript.summary?.text).toBe("In short.");
    expect(texts(transcript).at(-1)).toBe("question 6");
    expect(texts(transcript)).not.toContain("question 1");
    expect(model.requests[0]).toMatchObject({ tools: [] });
    expect(JSON.stringify(model.requests[0]?.messages)).toContain("question 1");
  });

  it("tells the summary before it in the next one", async () => {
    const transcript = transcriptOf(conversation(12, 300));
    const turns = [
      [{ type: "text" as const, text: "First." }],
      [{ type: "text" as const, text: "Second." }],
    ];
    const { ports, model } = portsOf(transcript, turns);
    await run(ports, 3_000);
    await run(ports, 1_000);
    expect(JSON.stringify(model.requests[1]?.messages)).toContain("Earlier summary: First.");
    expect(transcript.summary?.text).toBe("Second.");
  });

  it("makes an extract when the model cannot summarise, and never fails the run for it", async () => {
    const transcript = transcriptOf(conversation(6, 300));
    const overloaded = new AetheriaError("model_overloaded", "Busy.", { retryable: true });
    const { ports } = portsOf(transcript, [[{ fail: overloaded }]]);
    expect(await run(ports, 1_000)).toBe(true);
    expect(transcript.summary?.text).toMatch(
      /^\(An extract; no summary could be made\.\)\nPerson: /,
    );
  });

  it("does not take half a summary for a whole one", async () => {
    const transcript = transcriptOf(conversation(6, 300));
    const { ports } = portsOf(transcript, [[{ type: "text", text: "They wan" }, { cut: true }]]);
    expect(await run(ports, 1_000)).toBe(true);
    expect(transcript.summary?.text).toContain("Person: question 1");
  });

  it("says so when there is nothing older, and asks no model", async () => {
    const { ports, appended, model } = portsOf(transcriptOf(conversation(1, 300)), []);
    expect(await run(ports, 1_000)).toBe(false);
    expect([appended, model.requests]).toEqual([[], []]);
  });

  it("leaves the history alone when it is stopped", async () => {
    const transcript = transcriptOf(conversation(6, 300));
    const before = texts(transcript);
    const stop = new AbortController();
    const { ports, appended } = portsOf(transcript, [[{ wait: new Promise(() => {}) }]]);
    const compacting = run(ports, 1_000, stop.signal);
    stop.abort();
    await expect(compacting).rejects.toThrow();
    expect([appended, texts(transcript)]).toEqual([[], before]);
  });
});
