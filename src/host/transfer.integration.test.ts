import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStreamingServer, type StreamingServer } from "../../bench/streaming-server.ts";
import type { Client } from "../rpc/client.ts";
import { bytesToSend, putAttachment } from "../rpc/put-attachment.ts";
import { documented } from "../testing/bad-input-document.ts";
import { openRealHost, type RealHost } from "../testing/real-host.ts";
import { watchSession } from "../testing/watch-session.ts";

let model: StreamingServer;
let here: RealHost;
let there: RealHost;

beforeAll(async () => {
  model = await openStreamingServer((messages) => {
    const last = messages.findLastIndex(({ role }) => role === "user");
    const isFirst = !messages.slice(last).some(({ role }) => role === "tool");
    return isFirst
      ? { calls: [{ name: "read_file", input: { path: "numbers.csv" } }] }
      : { pieces: ["The sum ", "is **3**."] };
  });
  const env = { OPENAI_BASE_URL: model.url };
  [here, there] = await Promise.all([openRealHost({ env }), openRealHost({ env })]);
});
afterAll(async () => {
  await Promise.all([here.close(), there.close()]);
  await model.close();
});

const bytes = new TextEncoder().encode("month,sum\nMay,3\n");

async function importText(client: Client, text: string) {
  const sent = bytesToSend(uuidv7(), "session.json", "application/json", Buffer.from(text));
  const file = await putAttachment(client, sent);
  const { sessions } = await client.call("session.import", { file });
  const [summary] = sessions;
  if (!summary) throw new Error("Nothing was imported.");
  return summary;
}

async function conversation() {
  const workspace = join(here.dataDir, "work");
  await mkdir(workspace, { recursive: true });
  await writeFile(join(workspace, "numbers.csv"), bytes);
  const piece = { uploadId: "u", name: "numbers.csv", mime: "text/csv", offset: 0, bytes };
  const { file } = await here.client.call("attachment.put", { ...piece, last: true });
  if (!file) throw new Error("The attachment was not taken.");
  const session = await here.start({ workspace });
  await session.send("Sum it up", { attachments: [file] });
  expect((await session.until("run.finished")).data).toMatchObject({ outcome: "done", steps: 1 });
  return { session, file };
}

describe("a session that is exported here and imported there", () => {
  it("has the same events and attachments, and goes on", async () => {
    const { session, file } = await conversation();
    const { sessionId } = session;
    const exported = await here.client.call("session.export", { sessionId, format: "json" });
    expect(exported).toMatchObject({ name: "Sum it up.aetheria.json", mime: "application/json" });

    const summary = await importText(there.client, exported.text);
    expect(summary.sessionId).not.toBe(sessionId);
    expect(summary).toMatchObject({ title: "Sum it up", phase: "idle", messages: 2 });
    const imported = await watchSession(there.client, summary.sessionId);
    // What the session was elsewhere stays; where it may work is this machine's to say.
    const [first, ...rest] = imported.events;
    expect(rest).toEqual(session.events.slice(1));
    expect(first).toMatchObject({ type: "session.created", at: session.events[0]?.at, seq: 1 });
    const whole = { sha256: file.sha256, offset: 0, length: 1_000 };
    const kept = await there.client.call("attachment.get", whole);
    expect(Buffer.from(kept.bytes)).toEqual(Buffer.from(bytes));

    await rm(join(here.dataDir, "work"), { recursive: true });
    expect(await imported.ask("And now?")).toMatchObject({ outcome: "done" });
    const { hits } = await there.client.call("session.search", { query: "sum" });
    expect(hits.some((hit) => hit.sessionId === summary.sessionId)).toBe(true);
  });

  it("imported twice is two sessions", async () => {
    const { session } = await conversation();
    const { sessionId } = session;
    const { text } = await here.client.call("session.export", { sessionId, format: "json" });
    const first = await importText(here.client, text);
    const second = await importText(here.client, text);
    expect(new Set([sessionId, first.sessionId, second.sessionId]).size).toBe(3);
  });

  it("in mid-run arrives with that run ended: nobody works on it there", async () => {
    const { session } = await conversation();
    const { sessionId } = session;
    const { text } = await here.client.call("session.export", { sessionId, format: "json" });
    const file: { events: unknown[] } = JSON.parse(text);
    file.events = file.events.slice(0, -1);
    const cut = await importText(there.client, JSON.stringify(file));
    expect(cut.phase).toBe("idle");
    const imported = await watchSession(there.client, cut.sessionId);
    expect(imported.events.at(-1)).toMatchObject({
      type: "run.finished",
      data: { outcome: "stopped" },
    });
    expect(await imported.ask("Go on")).toMatchObject({ outcome: "done" });
  });

  it("is readable as Markdown", async () => {
    const { session } = await conversation();
    const { sessionId } = session;
    const { text, name } = await here.client.call("session.export", {
      sessionId,
      format: "markdown",
    });
    expect(name).toBe("Sum it up.md");
    expect(text).toContain("# Sum it up\n");
    expect(text).toContain("> Sum it up\n\n- 📎 numbers.csv\n");
    expect(text).toContain("- `read_file numbers.csv` — done\n");
    expect(text).toContain("The sum is **3**.");
  });

  it("is refused with a sentence when it is something else, or was changed", async () => {
    const { session } = await conversation();
    const { sessionId } = session;
    const { text } = await here.client.call("session.export", { sessionId, format: "json" });
    const carried = Buffer.from(bytes).toString("base64");
    for (const wrong of [
      "Dear diary",
      "{}",
      text.slice(0, -20),
      text.replace(carried, "Zm9yZ2Vk"),
    ]) {
      const before = await there.client.call("session.list", {});
      const refused = await importText(there.client, wrong).catch((error: unknown) => error);
      expect(documented(refused).code).toBe("bad_input");
      expect(await there.client.call("session.list", {})).toEqual(before);
    }
  });
});
