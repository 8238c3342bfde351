import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import { CallId, MessageId, RunId, SessionId } from "../../contract/ids.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { sessionLog } from "../../testing/session-logs.ts";
import { exportJson, exportMarkdown, importJson } from "./transfer.ts";

const newStore = () => createMemoryStore({ clock: { now: () => 1 } });
const bytes = new TextEncoder().encode("a,b\n1,2\n");

const numbered = (...events: NewEvent[]): SessionEvent[] =>
  events.map((event, index) => ({ ...event, seq: index + 1, at: index * 1_000 }) as SessionEvent);
const created: NewEvent = {
  type: "session.created",
  data: { title: "Numbers", workspace: null, model: null, mode: "balanced" },
};

async function withAttachment() {
  const store = newStore();
  const file = await store.attachments.put(bytes, "numbers.csv", "text/csv");
  const messageId = MessageId.parse("m1");
  const text = "Sum it up\nplease";
  const data = { messageId, text, attachments: [file], delivery: "auto" as const };
  return { store, file, log: numbered(created, { type: "message.sent", data }) };
}

describe("a session as JSON", () => {
  it("comes back with the same events", async () => {
    await fc.assert(
      fc.asyncProperty(sessionLog(), async (log) => {
        const json = await exportJson(log, newStore().attachments);
        expect(await importJson(json, newStore().attachments)).toEqual(log);
      }),
    );
  });

  it("carries its attachments, byte for byte", async () => {
    const { store, file, log } = await withAttachment();
    const json = await exportJson(log, store.attachments);
    const other = newStore();
    expect(await importJson(json, other.attachments)).toEqual(log);
    const kept = await other.attachments.get(file.sha256, 0, 100);
    expect(Buffer.from(kept.bytes)).toEqual(Buffer.from(bytes));
  });

  it("names an attachment that is gone and carries the rest", async () => {
    const { log } = await withAttachment();
    const json = await exportJson(log, newStore().attachments);
    expect(await importJson(json, newStore().attachments)).toEqual(log);
  });

  it("is numbered anew from 1", async () => {
    const { store, log } = await withAttachment();
    const later = log.map((event) => ({ ...event, seq: event.seq + 40 }));
    const json = await exportJson(later, store.attachments);
    const events = await importJson(json, newStore().attachments);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2]);
  });

  const wrong: [string, string][] = [
    ["nothing", ""],
    ["text", "Dear diary"],
    ["half a file", '{"format":"aetheria-session","version":1,"events":['],
    ["other JSON", '{"name":"package"}'],
    ["a list", "[]"],
    ["null", "null"],
    ["no events", '{"format":"aetheria-session","version":1,"events":[],"attachments":[]}'],
    ["a newer version", '{"format":"aetheria-session","version":2,"events":[],"attachments":[]}'],
    [
      "a log without its beginning",
      JSON.stringify({
        format: "aetheria-session",
        version: 1,
        events: [{ seq: 1, at: 1, type: "session.archived", data: { archived: true } }],
        attachments: [],
      }),
    ],
    [
      "an event that there is not",
      JSON.stringify({
        format: "aetheria-session",
        version: 1,
        events: [
          { ...created, seq: 1, at: 1 },
          { seq: 2, at: 1, type: "moon.landed", data: {} },
        ],
        attachments: [],
      }),
    ],
  ];
  it.each(wrong)("is refused with a sentence when the file is %s", async (_what, text) => {
    await expect(importJson(text, newStore().attachments)).rejects.toMatchObject({
      code: "bad_input",
      message: "This file is not a session exported by Aetheria.",
      hint: "Choose a .json file made with Export.",
    });
  });

  it("whose attachment is not what it says is refused, and nothing is stored", async () => {
    const { store, file, log } = await withAttachment();
    const json = await exportJson(log, store.attachments);
    const forged = json.replace(Buffer.from(bytes).toString("base64"), "Zm9yZ2Vk");
    const other = newStore();
    await expect(importJson(forged, other.attachments)).rejects.toMatchObject({
      code: "bad_input",
      message: "This file is damaged: “numbers.csv” in it is not what it was.",
      hint: "Export the session again.",
    });
    await expect(other.attachments.get(file.sha256, 0, 1)).rejects.toThrow();
  });

  it("is taken whole or not at all by a store", async () => {
    const { store, log } = await withAttachment();
    const events = await importJson(await exportJson(log, store.attachments), store.attachments);
    const summary = store.importSession(SessionId.parse("session-2"), events);
    expect(summary).toMatchObject({ title: "Numbers", seq: 2, messages: 1, phase: "idle" });
  });
});

describe("a session as Markdown", () => {
  const runId = RunId.parse("r");
  const callId = CallId.parse("c");

  it("reads as a conversation", async () => {
    const { log } = await withAttachment();
    const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, costUsd: 0 };
    const error = { code: "budget_exceeded" as const, message: "No more.", retryable: false };
    const events = numbered(
      ...log,
      {
        type: "run.started",
        data: {
          ...{ runId, messageId: MessageId.parse("m1"), mode: "balanced", resumed: false },
          model: { provider: "p", name: "n" },
        },
      },
      { type: "reasoning.finished", data: { runId, turn: 1, text: "Let me see.", ms: 5 } },
      {
        type: "text.finished",
        data: { runId, turn: 1, text: "The sum is **3**.", partial: false },
      },
      {
        type: "tool.requested",
        data: {
          ...{ callId, runId, by: "agent", turn: 1, name: "read_file", family: "files" },
          ...{ summary: "read `numbers.csv`", input: {}, effect: "read" },
        },
      },
      {
        type: "tool.finished",
        data: { callId, outcome: "done", text: "", files: [], labels: [], ms: 1 },
      },
      { type: "run.finished", data: { runId, outcome: "limit", error, usage, steps: 1, ms: 1 } },
    );
    expect(exportMarkdown("Numbers", events)).toBe(
      [
        "# Numbers",
        "**You** · 1970-01-01T00:00:01.000Z",
        "> Sum it up\n> please",
        "- 📎 numbers.csv",
        "<details><summary>Thought</summary>\n\nLet me see.\n\n</details>",
        "The sum is **3**.",
        "- `read 'numbers.csv'` — done",
        "_No more._\n",
      ].join("\n\n"),
    );
  });

  it("leaves out what was taken back, and has a title without one", () => {
    const messageId = MessageId.parse("m");
    const data = { messageId, text: "never mind", attachments: [], delivery: "auto" as const };
    const events = numbered(
      created,
      { type: "message.sent", data },
      { type: "rewind.done", data: { toSeq: 1 } },
    );
    expect(exportMarkdown("", events)).toBe("# Session\n\n\n");
  });
});
