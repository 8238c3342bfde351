import { execFileSync } from "node:child_process";
import { closeSync, existsSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openStreamingServer } from "../../bench/streaming-server.ts";
import { documented } from "../testing/bad-input-document.ts";
import { openTestServer, sendEvents, sendJson } from "../testing/http-server.ts";
import { openRealHost, temporaryFolder, type RealHost } from "../testing/real-host.ts";
import { watchSession } from "../testing/watch-session.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function folder(): Promise<string> {
  const dir = await temporaryFolder("machine");
  undo.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function open(options: Parameters<typeof openRealHost>[0]): Promise<RealHost> {
  const at = await openRealHost(options);
  undo.push(() => at.close());
  return at;
}

async function modelServer(pieces: () => string[], everyMs = 0) {
  const server = await openStreamingServer(() => ({ pieces: pieces(), everyMs }));
  undo.push(() => server.close());
  return { OPENAI_BASE_URL: server.url };
}

const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it did not fail",
    (error: unknown) => error,
  );

describe("two hosts on one data folder", () => {
  it("the second is told and stops; the first goes on", async () => {
    const dataDir = await folder();
    const env = await modelServer(() => ["All well."]);
    const first = await open({ dataDir, env });
    const session = await first.start();
    const refused = await failed(openRealHost({ dataDir }));
    expect(documented(refused, { [dataDir]: "FOLDER" })).toMatchObject({
      code: "data_folder_in_use",
      message: "Another Aetheria already uses FOLDER.",
      hint: "Use the one that is running, stop it first, or choose another data folder.",
    });
    expect(await session.ask("Are you well?")).toMatchObject({ outcome: "done" });
  });

  it("the next one has it once the first has stopped", async () => {
    const dataDir = await folder();
    const first = await openRealHost({ dataDir });
    const { sessionId } = await first.start();
    await first.close();
    const second = await open({ dataDir });
    expect((await watchSession(second.client, sessionId)).events).toHaveLength(1);
  });
});

describe("a clock that goes backwards", () => {
  it("never turns the log back, and a run never takes less than no time", async () => {
    const real = Date.now();
    const clock = vi.spyOn(Date, "now").mockReturnValue(real);
    undo.push(() => clock.mockRestore());
    const at = await open({ env: await modelServer(() => ["All ", "well."]) });
    const session = await at.start();
    await session.ask("First");
    clock.mockReturnValue(real - 24 * 3_600_000);
    const end = await session.ask("Second");
    expect(end.ms).toBeGreaterThanOrEqual(0);
    clock.mockReturnValue(real + 1_000);
    await session.ask("Third");
    const times = session.events.map((event) => event.at);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(session.events.map(({ seq }) => seq)).toEqual(times.map((_at, index) => index + 1));
    const { sessions } = await at.client.call("session.list", {});
    expect(sessions[0]?.updatedAt).toBe(real + 1_000);
  });
});

describe("an unreadable database", () => {
  /** The damaged file as it is kept; there must be one. */
  function keptNames(dataDir: string): Record<string, string> {
    const kept = readdirSync(dataDir).find((name) => name.includes(".damaged-"));
    if (kept === undefined) throw new Error("The damaged file was not kept.");
    return { [kept]: "NAME" };
  }

  it("that is none is set aside; Aetheria starts, says so and works", async () => {
    const dataDir = await folder();
    await writeFile(join(dataDir, "aetheria.db"), "this is a shopping list\n".repeat(500));
    const at = await open({ dataDir, env: await modelServer(() => ["All well."]) });
    expect(at.host.notices).toHaveLength(1);
    expect(documented(at.host.notices[0], keptNames(dataDir))).toMatchObject({
      code: "store_damaged",
      message: "The database was damaged. Nothing in it could be read, so Aetheria starts empty.",
      hint: "The damaged file is kept as NAME in the data folder. Check the disk's health.",
    });
    const hello = await at.client.call("system.hello", { contractVersion: 1, client: "test" });
    expect(hello.notices).toEqual(at.host.notices);
    expect(await (await at.start()).ask("Are you well?")).toMatchObject({ outcome: "done" });
  });

  it("with a ruined header gives back what can be read", async () => {
    const dataDir = await folder();
    const env = await modelServer(() => ["All ", "well."]);
    const before = await openRealHost({ dataDir, env });
    const session = await before.start();
    await session.ask("Remember the blue folder");
    const { sessionId } = session;
    await before.close();
    const file = openSync(join(dataDir, "aetheria.db"), "r+");
    writeSync(file, Buffer.alloc(100, 0xab), 0, 100, 0);
    closeSync(file);

    const at = await open({ dataDir, env });
    expect(documented(at.host.notices[0], keptNames(dataDir))).toMatchObject({
      code: "store_damaged",
      message: "The database was damaged. 6 of 6 entries were saved.",
      hint: "The damaged file is kept as NAME in the data folder. Check the disk's health.",
    });
    const again = await watchSession(at.client, sessionId);
    expect(again.events).toEqual(session.events);
    expect(await again.ask("Are you well?")).toMatchObject({ outcome: "done" });
  });

  it("that is a folder stops the start, and says which", async () => {
    const dataDir = await folder();
    await mkdir(join(dataDir, "aetheria.db"));
    const refused = await failed(openRealHost({ dataDir }));
    expect(documented(refused, { [dataDir]: "FOLDER" })).toMatchObject({
      message: "Aetheria may not read or write FOLDER.",
      hint: "Give your user the right to write there, or choose another data folder.",
    });
    await rm(join(dataDir, "aetheria.db"), { recursive: true });
    await open({ dataDir });
  });
});

const canMount = process.getuid?.() === 0 && process.platform === "linux";

describe.runIf(canMount)("a full disk (a small one of its own)", () => {
  /** A disk of 8 MB that is gone when the test is over. */
  async function smallDisk(): Promise<string> {
    const dir = await temporaryFolder("disk");
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", dir]);
    undo.push(() => {
      execFileSync("umount", [dir]);
      rmSync(dir, { recursive: true });
    });
    return dir;
  }

  /** Takes every byte that is left. Returns the way to give them back. */
  function fill(dir: string): () => void {
    const path = join(dir, "filler");
    const file = openSync(path, "w");
    for (let sizeBytes = 1024 * 1024; sizeBytes >= 1; sizeBytes = Math.floor(sizeBytes / 2))
      try {
        for (;;) writeSync(file, Buffer.alloc(sizeBytes));
      } catch (error) {
        expect(error).toMatchObject({ code: "ENOSPC" });
      }
    closeSync(file);
    return () => rmSync(path);
  }

  const said = (content: string, finish_reason: string | null = null) => ({
    choices: [{ index: 0, delta: { content }, finish_reason }],
  });
  /** More than what is left in pages that the database holds already. */
  const much = Array.from({ length: 400 }, (_, n) => said(`${n} ${"word ".repeat(1_000)}`));

  /** A model that says a little, then much once the disk is full, and ends when it may. */
  async function storyteller() {
    const full = Promise.withResolvers<void>();
    const free = Promise.withResolvers<void>();
    let asked = 0;
    const server = await openTestServer(async (seen, response) => {
      if (seen.method === "GET") return sendJson(response, { data: [{ id: "teller" }] });
      const isFirst = ++asked === 1;
      sendEvents(response, [said("Once upon a time. ")]);
      if (isFirst) await full.promise;
      if (isFirst) for (const piece of much) response.write(`data: ${JSON.stringify(piece)}\n\n`);
      if (isFirst) await free.promise;
      response.end(`data: ${JSON.stringify(said("The end.", "stop"))}\n\ndata: [DONE]\n\n`);
    });
    undo.push(() => server.close());
    return { full, free, env: { OPENAI_BASE_URL: server.url } };
  }

  const isFull = {
    code: "disk_full",
    message: "The disk that holds FOLDER is full.",
    hint: "Nothing was half-written. Free some space and try again.",
  };

  /** A run in the middle of its answer, on a disk that has just become full. */
  async function runOnFullDisk() {
    const dataDir = await smallDisk();
    const teller = await storyteller();
    const at = await openRealHost({ dataDir, env: teller.env });
    let isClosed = false;
    const close = async () => {
      if (!isClosed) await at.close();
      isClosed = true;
    };
    undo.push(close);
    const session = await at.start();
    await session.send("Tell me a story");
    await session.untilShown("Once");
    const makeRoom = fill(dataDir);
    teller.full.resolve();
    const told = await at.pushed((push) => (push.type === "notice" ? push.notice : undefined));
    const names = { [dataDir]: "FOLDER" };
    expect(documented(told, names)).toMatchObject(isFull);
    return { ...at, close, session, teller, makeRoom, names };
  }

  /** What a watcher was told is what the next host reads. */
  async function nextHostKnowsAll({ close, dataDir, session, teller }: Full): Promise<void> {
    const told = structuredClone(session.events);
    await close();
    const next = await open({ dataDir, env: teller.env });
    expect((await watchSession(next.client, session.sessionId)).events).toEqual(told);
    expect(next.host.notices).toEqual([]);
  }
  type Full = Awaited<ReturnType<typeof runOnFullDisk>>;

  it("in mid-answer is told once; what cannot be kept is refused; with room the run goes on", async () => {
    const at = await runOnFullDisk();
    const { session, client } = at;
    const { sessionId } = session;
    await session.untilShown("399 word");
    const refused = await failed(session.send("x".repeat(900_000)));
    expect(documented(refused, at.names)).toMatchObject(isFull);
    expect((await client.call("session.open", { sessionId })).events).toEqual(session.events);
    at.makeRoom();
    at.teller.free.resolve();
    expect(await session.until("run.finished")).toMatchObject({ data: { outcome: "done" } });
    const { data } = await session.until("text.finished");
    expect(data).toMatchObject({ text: session.shown(), partial: false });
    expect(data.text.length).toBeGreaterThan(2_000_000);
    expect(at.notices()).toHaveLength(1);
    expect(await session.ask("Another one")).toMatchObject({ outcome: "done" });
    await nextHostKnowsAll(at);
  });

  it("that a run ends on: Stop ends it with the reason, what was shown is kept, and it goes on", async () => {
    const at = await runOnFullDisk();
    const { session, client } = at;
    const { sessionId } = session;
    at.teller.free.resolve();
    await at.pushed(() => (at.notices().length > 1 ? true : undefined));
    const refused = await failed(session.send("Are you there?"));
    expect(documented(refused, at.names)).toMatchObject(isFull);
    expect((await client.call("session.open", { sessionId })).events).toEqual(session.events);
    at.makeRoom();
    expect(await client.call("session.stop", { sessionId })).toEqual({ stopped: true });
    const end = await session.until("run.finished");
    expect(documented(end.data.error, at.names).message).toBe(
      "The run could not be finished. The disk that holds FOLDER is full.",
    );
    const { data } = await session.until("text.finished");
    expect(data).toMatchObject({ text: session.shown(), partial: true });
    expect(await session.ask("Another one")).toMatchObject({ outcome: "done" });
    const sent = session.events.flatMap((e) => (e.type === "message.sent" ? [e.data.text] : []));
    expect(sent).toEqual(["Tell me a story", "Another one"]);
    await nextHostKnowsAll(at);
  });

  it("refuses an attachment whole, and takes it once there is room", async () => {
    const dataDir = await smallDisk();
    const at = await open({ dataDir });
    const free = fill(dataDir);
    const bytes = new Uint8Array(300_000).fill(7);
    const piece = { uploadId: "u", name: "a.bin", mime: "application/x", offset: 0, bytes };
    const put = () => at.client.call("attachment.put", { ...piece, last: true });
    const refused = await failed(put());
    expect(documented(refused, { [dataDir]: "FOLDER" }).code).toBe("disk_full");
    free();
    const { file } = await put();
    expect(existsSync(join(dataDir, "attachments"))).toBe(true);
    const kept = await at.client.call("attachment.get", {
      sha256: file?.sha256 ?? ("" as never),
      offset: 0,
      length: bytes.length,
    });
    expect(Buffer.from(kept.bytes).equals(Buffer.from(bytes))).toBe(true);
  });
});
