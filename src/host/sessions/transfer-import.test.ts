import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionEvent } from "../../contract/events.ts";
import type { EventOf, EventType } from "../../contract/events.ts";
import { SessionId } from "../../contract/ids.ts";
import { foldAll } from "../../core/session/reducer.ts";
import { emptyView } from "../../core/session/view.ts";
import { chatGptImageId, chatGptPlain, chatGptTrip, zipOf } from "../../testing/chatgpt-export.ts";
import { createMemoryStore } from "../../testing/memory-store.ts";
import { exportJson } from "./transfer.ts";
import { importFile } from "./transfer-import.ts";
import { listElements, readJson } from "./transfer-json.ts";

function setUp() {
  const store = createMemoryStore({ clock: { now: () => 1 } });
  const logs: SessionEvent[][] = [];
  let ids = 0;
  const newId = () => `id-${++ids}`;
  const take = (file: string | Buffer) =>
    importFile(Buffer.from(file), {
      attachments: store.attachments,
      here: { mode: "ask", workspace: "/work" },
      newId,
      now: () => 5,
      keep: (events) => {
        for (const event of events) SessionEvent.parse(event);
        logs.push(events);
        return store.importSession(SessionId.parse(newId()), events);
      },
    });
  const view = (at = 0) => foldAll(emptyView, logs[at] ?? []);
  const all = <Type extends EventType>(type: Type) =>
    logs.flat().filter((event): event is EventOf<Type> => event.type === type);
  return { store, logs, take, view, all };
}

const png = Buffer.from("89504e470d0a1a0a", "hex");
const json = (...conversations: unknown[]) => JSON.stringify(conversations);

describe("ChatGPT's conversations.json", () => {
  it("becomes a session each, with title, times and the branch that was shown", async () => {
    const { take, view, logs } = setUp();
    const { sessions, skipped } = await take(
      json(chatGptTrip(), chatGptPlain("Tea", "Hot?", "Yes")),
    );
    expect(skipped).toBe(0);
    expect(sessions.map(({ title }) => title)).toEqual(["Trip to Lisbon", "Tea"]);
    expect(sessions[0]).toMatchObject({ phase: "idle", mode: "ask", workspace: "/work" });
    expect(sessions[0]?.createdAt).toBe(1_699_999_999_250);
    expect(logs[0]?.at(-1)?.at).toBe(1_700_000_020_250);
    const said = view().items.map((item) => [item.kind, "text" in item ? item.text : ""]);
    expect(said).toEqual([
      ["tool", "I live in Graz.\n\nBe brief."],
      [
        "message",
        "[harbour.png: not in the exported file]\n\n[Image: not in the exported file]\n\nPlan a trip to Lisbon",
      ],
      ["reasoning", "**Distances**\n\nHow far is it?"],
      ["tool", "31.4"],
      ["text", "About **31 hours** by car."],
      ["text", "```python\nprint('Lisbon')\n```"],
      ["run_end", ""],
      ["message", "Thanks"],
      ["run_end", ""],
    ]);
    expect(JSON.stringify(logs)).not.toContain("Rome");
  });

  it("tells what its tools were asked, and marks all of it as anybody's text", async () => {
    const { take, all } = setUp();
    await take(json(chatGptTrip()));
    expect(all("run.finished").map(({ data }) => data.ms)).toEqual([6_000, 0]);
    const [, python] = all("tool.requested");
    expect(python?.data).toMatchObject({ name: "python", input: { text: "print(2830 / 90)" } });
    expect(all("tool.finished").map(({ data }) => data.labels)).toEqual([
      ["untrusted"],
      ["untrusted"],
    ]);
    expect(all("session.created")[0]?.data.importedSeq).toBeGreaterThan(5);
  });

  it("brings the pictures that lie in its zip, and names those that do not", async () => {
    const { take, view, store } = setUp();
    const zip = await zipOf({
      "conversations.json": json(chatGptTrip()),
      [`${chatGptImageId}-harbour.png`]: png,
      "chat.html": "<html></html>",
    });
    await take(zip);
    const item = view().items.find(({ kind }) => kind === "message");
    if (item?.kind !== "message") throw new Error("no message");
    expect(item.text).toBe("[Image: not in the exported file]\n\nPlan a trip to Lisbon");
    expect(item.attachments).toMatchObject([{ name: "harbour.png", mime: "image/png" }]);
    const kept = await store.attachments.get(item.attachments[0]?.sha256 ?? "", 0, 100);
    expect(Buffer.from(kept.bytes)).toEqual(png);
  });

  it("is read in parts when it comes in parts", async () => {
    const { take } = setUp();
    const zip = await zipOf({
      "conversations-001.json": json(chatGptPlain("Two", "b", "B")),
      "conversations-000.json": json(chatGptPlain("One", "a", "A")),
    });
    expect((await take(zip)).sessions.map(({ title }) => title)).toEqual(["One", "Two"]);
  });

  it("gives what can be read of a damaged file, and counts the rest", async () => {
    const { take, view } = setUp();
    const whole = json(chatGptPlain("One", "a", "A"), { title: "No tree" }, chatGptTrip());
    const { sessions, skipped } = await take(whole.slice(0, -500));
    expect(sessions.map(({ title }) => title)).toEqual(["One"]);
    expect(skipped).toBe(2);
    expect(view().items).toHaveLength(3);
  });

  it("keeps a conversation with a message that cannot be read, and says where", async () => {
    const { take, view } = setUp();
    const one = chatGptPlain("One", "a", "A");
    const broken = { ...one, mapping: { ...one.mapping, q: { ...one.mapping["q"], message: 7 } } };
    await take(json(broken));
    expect(view().items.map((item) => ("text" in item ? item.text : ""))).toEqual([
      "A message here could not be read.",
      "A",
      "",
    ]);
  });

  it("ends with a tree that bites its tail, odd times and names of nothing", async () => {
    const { take } = setUp();
    const { mapping, ...rest } = chatGptPlain("Odd", "a", "A");
    const q = { ...mapping["q"], parent: "a" };
    const odd = {
      ...rest,
      create_time: 1e300,
      current_node: "__proto__",
      mapping: { ...mapping, q },
    };
    expect((await take(json(odd))).sessions).toMatchObject([{ title: "Odd", createdAt: 5 }]);
  });

  it("takes code of nothing but fences, and a place that says nothing at all", async () => {
    const { take, view } = setUp();
    const { mapping, ...rest } = chatGptPlain("Odd", "a", "A");
    const content = { content_type: "code", text: "` ".repeat(200_000) };
    const a = { ...mapping["a"], message: { author: { role: "assistant" }, content } };
    const odd = { ...rest, mapping: { ...mapping, a, unsaid: { parent: "a" } } };
    expect(await take(json(odd))).toMatchObject({ skipped: 0, sessions: [{ title: "Odd" }] });
    expect(JSON.stringify(view().items)).toContain("```\\n` `");
  });

  it("lets others have their turn between two conversations", async () => {
    const { take } = setUp();
    let turns = 0;
    const count = () => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const many = Array.from({ length: 50 }, (_, at) => chatGptPlain(`${at}`, "a", "A"));
    await take(json(...many));
    clearImmediate(timer);
    expect(turns).toBeGreaterThanOrEqual(50);
  });
});

describe("a file to import", () => {
  it("is our own export, alone or in a zip", async () => {
    const { take, logs, store } = setUp();
    await take(json(chatGptPlain("Tea", "Hot?", "Yes")));
    const own = await exportJson(logs[0] ?? [], store.attachments);
    expect((await take(own)).sessions).toMatchObject([{ title: "Tea" }]);
    const zip = await zipOf({ "a.aetheria.json": own, "b.aetheria.json": "{}", "a.md": "# Tea" });
    expect(await take(zip)).toMatchObject({ sessions: [{ title: "Tea" }], skipped: 1 });
  });

  it("brings no word on files that a rewind would change", async () => {
    const { take, all } = setUp();
    const at = { seq: 1, at: 1 };
    const created = { title: "", workspace: null, model: null, mode: "ask" };
    const change = { root: "/", path: "etc/passwd", before: "absent", after: "absent" };
    const call = { callId: "c", outcome: "done", text: "", files: [], labels: [], ms: 1 };
    const events = [
      { ...at, type: "session.created", data: created },
      { ...at, seq: 2, type: "tool.finished", data: { ...call, changes: [change] } },
      { ...at, seq: 3, type: "rewind.done", data: { toSeq: 2, changes: [change] } },
    ];
    await take(JSON.stringify({ format: "aetheria-session", version: 1, events, attachments: [] }));
    expect(all("tool.finished")[0]?.data.changes).toBeUndefined();
    expect(all("rewind.done")[0]?.data.changes).toBeUndefined();
  });

  const wrong: [string, () => Promise<Buffer> | string, string][] = [
    ["an empty list", () => "[]", "There is no conversation in this file that can be read."],
    ["a list of something else", () => "[1, 2]", "There is no conversation in this file"],
    ["a zip without one", () => zipOf({ "a.txt": "a" }), "There is no conversation in this file"],
    [
      "half a zip",
      async () => (await zipOf({ "conversations.json": json() })).subarray(0, 40),
      "This zip is damaged.",
    ],
    ["something else", () => "Dear diary", "This file is not a session exported by Aetheria."],
  ];
  it.each(wrong)("is refused when it is %s", async (_what, file, message) => {
    const { take, logs } = setUp();
    await expect(take(await file())).rejects.toMatchObject({
      code: "bad_input",
      message: expect.stringContaining(message) as string,
    });
    expect(logs).toEqual([]);
  });

  it("is refused when it would unpack to more than the memory holds", async () => {
    const { take } = setUp();
    const zip = await zipOf({ "conversations.json": json(chatGptTrip()) });
    // The size told in the directory of the zip, as a bomb tells it.
    const entry = zip.indexOf(Buffer.from("504b0102", "hex"));
    zip.writeUInt32LE(0xfffffffe, entry + 24);
    await expect(take(zip)).rejects.toMatchObject({ code: "too_large" });
    zip.writeUInt32LE(10, entry + 24);
    await expect(take(zip)).rejects.toMatchObject({ code: "bad_input" });
  });
});

describe("the elements of a JSON list", () => {
  it("are the same as those of the list parsed at once", () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.boolean(), (list, isSpaced) => {
        const bytes = Buffer.from(JSON.stringify(list, null, isSpaced ? 2 : 0));
        const found = [...listElements(bytes)].map(readJson);
        expect(found).toEqual(JSON.parse(bytes.toString()));
      }),
    );
  });
});
