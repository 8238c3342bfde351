import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MessageId, SessionId } from "../contract/ids.ts";
import { ToClient } from "../contract/wire.ts";
import { createClient } from "../rpc/client.ts";
import { socketChannel, socketEventName } from "../rpc/socket-channel.ts";
import { documented } from "../testing/bad-input-document.ts";
import { openStreamingServer, type StreamingServer } from "../../bench/streaming-server.ts";
import { openRealHost, temporaryFolder, type RealHost } from "../testing/real-host.ts";
import { byToken } from "./gateway/admission.ts";
import { startGateway, type Gateway } from "./gateway/gateway.ts";

const token = "a-token-that-only-this-test-knows";
let at: RealHost;
let model: StreamingServer;
let gateway: Gateway;
let sockets: Socket[];

beforeEach(async () => {
  sockets = [];
  model = await openStreamingServer(() => ({ pieces: ["All ", "well."] }));
  at = await openRealHost({ env: { OPENAI_BASE_URL: model.url } });
  const { connect } = at.host;
  gateway = await startGateway({
    connect,
    port: 0,
    checkIn: byToken(token),
    staticDir: null,
    version: "1.0.0",
  });
});
afterEach(async () => {
  for (const socket of sockets) socket.disconnect();
  await gateway.close();
  await at.close();
  await model.close();
});

async function connect(): Promise<Socket> {
  const socket = io(gateway.url, {
    auth: { token },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
  });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", reject);
  });
  return socket;
}

const failed = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => "it did not fail",
    (error: unknown) => error,
  );

/** A client that comes in now can open a session, ask, and gets its answer. */
async function stillServes(): Promise<void> {
  const client = createClient(socketChannel(await connect()));
  const { sessionId } = await client.call("session.create", {});
  const finished = new Promise<unknown>((resolve) => {
    client.onPush((push) => {
      if (push.type !== "session.frame" || push.sessionId !== sessionId) return;
      const end = push.events.find(({ type }) => type === "run.finished");
      if (end) resolve(end.data);
    });
  });
  await client.call("session.open", { sessionId });
  await client.call("session.send", message(sessionId, "Are you well?"));
  expect(await finished).toMatchObject({ outcome: "done" });
}

const message = (sessionId: SessionId, text: string) => ({
  sessionId,
  messageId: MessageId.parse(uuidv7()),
  text,
  attachments: [],
  delivery: "auto" as const,
});

describe("garbage from a client", () => {
  /** Posts it as it is; resolves with the answer to the call with this id. */
  async function post(garbage: unknown, id: number) {
    const socket = await connect();
    const answer = new Promise<ToClient>((resolve) => {
      socket.on(socketEventName, (raw) => {
        const parsed = ToClient.parse(raw);
        if (parsed.type !== "push" && parsed.id === id) resolve(parsed);
      });
    });
    socket.emit(socketEventName, garbage);
    return answer;
  }

  it.each([
    [
      "a call that there is not",
      { type: "call", id: 7, name: "session.explode", input: {} },
      "There is no call named “session.explode”.",
    ],
    [
      "a name that every object has",
      { type: "call", id: 7, name: "constructor", input: {} },
      "There is no call named “constructor”.",
    ],
    [
      "a wrong input",
      { type: "call", id: 7, name: "session.list", input: { limit: "many" } },
      "session.list was called with a wrong “limit” (expected number).",
    ],
    [
      "half a message",
      { type: "call", id: 7 },
      "The message had a wrong “name” (expected string).",
    ],
  ])("such as %s is answered with what was wrong", async (_what, garbage, sentence) => {
    const answer = await post(garbage, 7);
    expect(answer).toMatchObject({ type: "failure", error: { message: sentence } });
    if (answer.type === "failure") documented(answer.error);
    await stillServes();
  });

  it("that is no message at all costs nobody anything", async () => {
    const socket = await connect();
    for (const noise of [null, 7, "x", [], {}, { type: "call" }, Buffer.from([0, 255]), { id: {} }])
      socket.emit(socketEventName, noise);
    socket.emit("no_such_event", { deep: { er: [] } });
    socket.emit("send_message", null);
    socket.emit("send_message", { conversationId: 7, message: { a: 1 } });
    const client = createClient(socketChannel(socket));
    expect(await client.call("session.list", {})).toEqual({ sessions: [], hasMore: false });
    await stillServes();
    expect(at.logged.filter((line) => line.includes("unexpected"))).toEqual([]);
  });

  it("about a session that there is not is told", async () => {
    const sessionId = SessionId.parse("no-such-session");
    const { client } = at;
    const callsOfIt = [
      () => client.call("session.open", { sessionId }),
      () => client.call("session.send", message(sessionId, "Hello")),
      () => client.call("session.stop", { sessionId }),
      () => client.call("session.retry", { sessionId }),
      () => client.call("session.rename", { sessionId, title: "x" }),
      () => client.call("session.fork", { sessionId, seq: 1 }),
      () => client.call("session.export", { sessionId, format: "json" }),
      () => client.call("session.delete", { sessionId }),
      () => client.call("tool.run", { sessionId, name: "list_files", input: {} }),
    ];
    for (const call of callsOfIt)
      expect(documented(await failed(call()))).toMatchObject({
        code: "not_found",
        message: "This session does not exist any more.",
        hint: "Open another one, or start a new one.",
      });
  });

  it("that answers a question nobody asked is refused", async () => {
    const { sessionId } = await at.start();
    const answer = { answer: "allow", scope: "once" } as const;
    const approvalId = uuidv7() as never;
    const refused = await failed(
      at.client.call("approval.answer", { sessionId, approvalId, ...answer }),
    );
    expect(documented(refused)).toMatchObject({
      code: "conflict",
      message: "This question has been answered already.",
    });
  });
});

describe("an empty message", () => {
  it.each(["", "  \n\t "])("%j is not sent", async (text) => {
    const session = await at.start();
    expect(documented(await failed(session.send(text)))).toMatchObject({
      code: "bad_input",
      message: "The message is empty.",
      hint: "Write something, or attach a file.",
    });
    expect(session.events.map(({ type }) => type)).toEqual(["session.created"]);
    expect(await session.ask("Are you well?")).toMatchObject({ outcome: "done" });
  });
});

describe("a message of 50 MB", () => {
  const huge = "x".repeat(50 * 1024 * 1024);

  it("over a socket ends that connection with the reason; the host and its sessions live on", async () => {
    const session = await at.start();
    const client = createClient(socketChannel(await connect()));
    const refused = await failed(client.call("session.send", message(session.sessionId, huge)));
    expect(documented(refused)).toMatchObject({
      code: "too_large",
      message: "That is more than Aetheria takes in one message.",
      hint: "Attach large content as a file instead.",
    });
    expect(session.events.map(({ type }) => type)).toEqual(["session.created"]);
    expect(await session.ask("Are you well?")).toMatchObject({ outcome: "done" });
    await stillServes();
  });

  it("over the window's port is refused, and the session goes on", async () => {
    const session = await at.start();
    expect(documented(await failed(session.send(huge)))).toMatchObject({
      code: "too_large",
      message: "The text is too long: it may have at most 1,000,000 characters.",
      hint: "Attach it as a file instead.",
    });
    expect(await session.ask("Are you well?")).toMatchObject({ outcome: "done" });
  });
});

describe("a file name of 10,000 characters", () => {
  const name = `${"n".repeat(9_996)}.txt`;
  const put = (given: string) => {
    const bytes = new TextEncoder().encode("content");
    const piece = { uploadId: "u", name: given, mime: "text/plain", offset: 0, bytes, last: true };
    return at.client.call("attachment.put", piece);
  };

  it("of an attachment is shortened, its ending kept, and the message is answered", async () => {
    const { file } = await put(name);
    expect(file?.name).toMatch(/^n+…\.txt$/);
    expect(file?.name.length).toBeLessThanOrEqual(255);
    const session = await at.start();
    await session.send("Read this", { attachments: file ? [file] : [] });
    expect(await session.until("run.finished")).toMatchObject({ data: { outcome: "done" } });
  });

  it("and one more is refused", async () => {
    expect(documented(await failed(put(`n${name}`)))).toMatchObject({
      message: "The name is too long: it may have at most 10,000 characters.",
      hint: "Use a shorter one.",
    });
  });

  it("in a tool's input is refused with what is allowed", async () => {
    const workspace = await temporaryFolder("workspace");
    try {
      const { sessionId } = await at.start({ workspace });
      const input = { path: name, content: "x" };
      const { result, error } = await at.client.call("tool.run", {
        sessionId,
        name: "write_file",
        input,
      });
      expect(result.outcome).toBe("failed");
      const shown = `${"n".repeat(60)}…${name.slice(-40)}`;
      expect(documented(error, { [shown]: "NAME" })).toMatchObject({
        code: "bad_input",
        message: "The name “NAME” is too long: it has 10,000 characters, and a name may have 255.",
        hint: "Give a path relative to the session's folder, like notes/today.md.",
      });
    } finally {
      await rm(workspace, { recursive: true, force: true });
    }
  });
});

describe("a workspace that vanishes", () => {
  it("is named, the agent is told, and all is well when it is back", async () => {
    const parent = await temporaryFolder("vanishing");
    const workspace = join(parent, "work");
    await mkdir(workspace);
    try {
      const session = await at.start({ workspace });
      const { sessionId } = session;
      const list = () =>
        at.client.call("tool.run", { sessionId, name: "list_files", input: { path: "." } });
      expect((await list()).result.outcome).toBe("done");
      await rm(workspace, { recursive: true });
      const { result, error } = await list();
      expect(result.outcome).toBe("failed");
      expect(documented(error, { [workspace]: "FOLDER" })).toMatchObject({
        code: "workspace_missing",
        message: "The folder “FOLDER” is gone.",
        hint: "Put it back or connect its disk, or choose another folder for the session.",
      });
      expect(await session.ask("Are you well?")).toMatchObject({ outcome: "done" });
      await mkdir(workspace);
      expect((await list()).result.outcome).toBe("done");
    } finally {
      await rm(parent, { recursive: true, force: true });
    }
  });

  it("is not taken for a new session", async () => {
    const { dataDir } = at;
    const workspace = join(dataDir, "nowhere");
    const refused = await failed(at.client.call("session.create", { workspace }));
    expect(documented(refused, { [workspace]: "FOLDER" })).toMatchObject({
      code: "workspace_missing",
      message: "The folder “FOLDER” is not there.",
      hint: "Choose another folder.",
    });
  });
});
