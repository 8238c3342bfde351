import { createHash } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { Socket } from "socket.io-client";
import { maxChunkBytes } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { CallId, MessageId, RunId, SessionId, Sha256 } from "../../contract/ids.ts";
import type { AttachmentRef, SessionSummary } from "../../contract/session.ts";
import { createClient } from "../../rpc/client.ts";
import type { Connection, Handlers } from "../../rpc/server.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";
import { openGateway, type TestGateway } from "../../testing/gateway-fixture.ts";

const runId = "run-1" as RunId;
const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
const model = { provider: "test", name: "model" };

const disposals: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0)) await dispose();
});

type Sent = { sessionId: string; messageId: string; text: string; attachments: AttachmentRef[] };
type NewEvent = {
  [Type in SessionEvent["type"]]: Pick<Extract<SessionEvent, { type: Type }>, "type" | "data">;
}[SessionEvent["type"]];

/** A host that keeps logs in memory and plays the events a test gives it. */
function createFakeHost() {
  const logs = new Map<string, SessionEvent[]>();
  const watchers = new Map<string, Set<Connection>>();
  const files = new Map<string, { ref: AttachmentRef; bytes: Buffer }>();
  const uploads = new Map<string, Buffer[]>();
  const sent: Sent[] = [];
  const stopped: string[] = [];
  let openText = "";
  let onSend: (message: Sent) => void = () => {};
  let created = 0;

  const logOf = (sessionId: string): SessionEvent[] => {
    const log = logs.get(sessionId);
    if (!log) throw new AetheriaError("not_found", "There is no such session.");
    return log;
  };
  const summaryOf = (sessionId: string): SessionSummary => ({
    sessionId: sessionId as SessionId,
    title: "A talk",
    createdAt: 0,
    updatedAt: 0,
    archived: false,
    seq: logOf(sessionId).length,
    messages: 0,
    model: null,
    mode: "ask",
    workspace: null,
    phase: "idle",
    pendingApprovals: 0,
    usage,
  });
  const keep = (bytes: Buffer, name: string, mime: string): AttachmentRef => {
    const sha256 = createHash("sha256").update(bytes).digest("hex") as Sha256;
    const ref = { sha256, name, mime, sizeBytes: bytes.length };
    files.set(sha256, { ref, bytes });
    return ref;
  };
  const handlers: Partial<Handlers> = {
    "session.create": () => {
      const sessionId = `session-${++created}`;
      logs.set(sessionId, []);
      return summaryOf(sessionId);
    },
    "session.history": ({ sessionId }) => {
      logOf(sessionId);
      return { events: [], hasEarlier: false };
    },
    "session.open": ({ sessionId }, connection) => {
      const events = [...logOf(sessionId)];
      watchers.set(sessionId, (watchers.get(sessionId) ?? new Set()).add(connection));
      connection.onClose(() => watchers.get(sessionId)?.delete(connection));
      return {
        summary: summaryOf(sessionId),
        events,
        continues: false,
        hasEarlier: false,
        openTexts: openText ? [{ kind: "text", runId, turn: 1, text: openText }] : [],
        openOutputs: [],
      };
    },
    "session.send": (message) => {
      sent.push(message);
      queueMicrotask(() => onSend(message));
      return { seq: logOf(message.sessionId).length, queued: false };
    },
    "session.stop": ({ sessionId }) => {
      stopped.push(sessionId);
      return { stopped: true };
    },
    "session.export": ({ sessionId }) => ({
      name: `${sessionId}.md`,
      mime: "text/markdown",
      text: `# ${sessionId}`,
    }),
    "attachment.put": ({ uploadId, name, mime, bytes, last }) => {
      const pieces = [...(uploads.get(uploadId) ?? []), Buffer.from(bytes)];
      uploads.set(uploadId, pieces);
      return { file: last ? keep(Buffer.concat(pieces), name, mime) : null };
    },
    "attachment.get": ({ sha256, offset, length }) => {
      const bytes = files.get(sha256)?.bytes ?? Buffer.of();
      return {
        bytes: new Uint8Array(bytes.subarray(offset, offset + length)),
        sizeBytes: bytes.length,
      };
    },
  };
  return {
    handlers,
    sent,
    stopped,
    files,
    logs,
    keep,
    reply: (next: typeof onSend) => (onSend = next),
    setOpenText: (text: string) => (openText = text),
    play(sessionId: string, events: NewEvent[], live: LiveEvent[] = []) {
      const log = logOf(sessionId);
      const whole = events.map((event, index) => ({
        ...event,
        seq: log.length + index + 1,
        at: 0,
      })) as SessionEvent[];
      log.push(...whole);
      for (const watcher of watchers.get(sessionId) ?? [])
        watcher.push({
          type: "session.frame",
          sessionId: sessionId as SessionId,
          events: whole,
          live,
        });
    },
  };
}

type FakeHost = ReturnType<typeof createFakeHost>;

async function start(): Promise<{ host: FakeHost; gateway: TestGateway; socket: Socket }> {
  const host = createFakeHost();
  const gateway = await openGateway(host.handlers);
  disposals.push(gateway.close);
  return { host, gateway, socket: await gateway.connect() };
}

/** Everything a socket hears, as `[name, data]`, up to and with the first `last`. */
function hearUntil(socket: Socket, last: string) {
  const heard: [string, Record<string, unknown>][] = [];
  return new Promise<typeof heard>((resolve) => {
    socket.onAny((name: string, data: Record<string, unknown>) => {
      heard.push([name, data]);
      if (name === last) resolve(heard);
    });
  });
}

const next = (socket: Socket, name: string) =>
  new Promise<Record<string, unknown>>((resolve) => socket.once(name, resolve));

const begin = (messageId: string): NewEvent => ({
  type: "run.started",
  data: { runId, messageId: messageId as MessageId, model, mode: "ask", resumed: false },
});
const finish = (outcome: "done" | "failed" | "stopped" = "done"): NewEvent => ({
  type: "run.finished",
  data: { runId, outcome, usage, steps: 1, ms: 1 },
});
const textFinished = (text: string, turn = 1): NewEvent => ({
  type: "text.finished",
  data: { runId, turn, text, partial: false },
});
const delta = (offset: number, text: string): LiveEvent => ({
  type: "text.delta",
  runId,
  turn: 1,
  offset,
  text,
});
const requested = (callId: string, name: string, family: string, input: unknown): NewEvent => ({
  type: "tool.requested",
  data: {
    callId: callId as CallId,
    runId,
    by: "agent",
    turn: 1,
    name,
    family,
    summary: name,
    input,
    effect: "run_code",
  },
});
const toolStarted = (callId: string): NewEvent => ({
  type: "tool.started",
  data: { callId: callId as CallId, decision: { verdict: "allow", rule: "test", why: "test" } },
});
const toolFinished = (callId: string, outcome: "done" | "failed", text: string): NewEvent => ({
  type: "tool.finished",
  data: {
    ...{ callId: callId as CallId, outcome, text, labels: [], ms: 1, files: [] },
  },
});
describe("the legacy names", () => {
  it("answer a message in a new conversation, piece by piece, under the client's own id", async () => {
    const { host, socket } = await start();
    host.reply(({ sessionId, messageId }) => {
      host.play(sessionId, [begin(messageId)], [delta(0, "Hel")]);
      host.play(
        sessionId,
        [],
        [{ type: "reasoning.delta", runId, turn: 1, offset: 0, text: "hm" }, delta(3, "lo")],
      );
      // The last piece was never told on its own.
      host.play(sessionId, [textFinished("Hello!"), finish()]);
    });
    const heard = hearUntil(socket, "run_completed");
    const message = { id: "m-1", conversationId: "their talk", message: "Hi", files: [] };
    socket.emit("send_message", JSON.stringify(message));
    const part = { id: "m-1", streaming: true, done: false, agent_name: "Aetheria" };
    expect(await heard).toEqual([
      [
        "status",
        {
          conversationId: "their talk",
          sessionId: "session-1",
          status: "created",
          message: "A new conversation.",
        },
      ],
      [
        "status",
        { id: "m-1", conversationId: "their talk", status: "running", message: "Working on it." },
      ],
      ["response", { ...part, content: "Hel", reasoning_content: "" }],
      ["response", { ...part, content: "", reasoning_content: "hm" }],
      ["response", { ...part, content: "lo", reasoning_content: "" }],
      ["response", { ...part, content: "!", reasoning_content: "" }],
      ["response", { ...part, content: "", reasoning_content: "", streaming: false, done: true }],
      [
        "run_completed",
        {
          id: "m-1",
          messageId: "m-1",
          conversationId: "their talk",
          status: "completed",
          content: "Hello!",
        },
      ],
    ]);
    expect(host.sent).toMatchObject([{ sessionId: "session-1", messageId: "m-1", text: "Hi" }]);
  });

  it("remember a foreign conversation id, also for other sockets, and know our own ids", async () => {
    const { host, gateway, socket } = await start();
    const other = await gateway.connect();
    const arrived = new Promise<void>((resolve) =>
      host.reply(() => host.sent.length === 4 && resolve()),
    );
    socket.emit("send_message", { conversationId: "theirs", message: "1" });
    socket.emit("send_message", { conversationId: "theirs", message: "2" });
    await next(socket, "status");
    other.emit("send_message", { conversationId: "theirs", message: "3" });
    other.emit("send_message", { conversationId: "session-1", message: "4" });
    await arrived;
    expect(host.sent.map(({ sessionId, text }) => [sessionId, text])).toEqual([
      ["session-1", "1"],
      ["session-1", "2"],
      ["session-1", "3"],
      ["session-1", "4"],
    ]);
  });

  it("attach files and other conversations, and keep messages in order meanwhile", async () => {
    const { host, socket } = await start();
    host.logs.set("old", []);
    const arrived = new Promise<void>((resolve) =>
      host.reply(() => host.sent.length === 2 && resolve()),
    );
    const big = Buffer.alloc(maxChunkBytes + 7, 1);
    socket.emit("send_message", {
      conversationId: "c",
      message: "first",
      files: [
        { name: "big.bin", type: "application/x", data: big.toString("base64") },
        { name: "a.txt", type: "text/plain", data: `data:text/plain;base64,${btoa("hello")}` },
      ],
      context_session_ids: ["old"],
    });
    socket.emit("send_message", { conversationId: "c", message: "second" });
    await arrived;
    expect(host.sent.map(({ text }) => text)).toEqual(["first", "second"]);
    const [first] = host.sent;
    expect(first?.attachments.map(({ name, mime }) => [name, mime])).toEqual([
      ["big.bin", "application/x"],
      ["a.txt", "text/plain"],
      ["old.md", "text/markdown"],
    ]);
    const kept = first?.attachments.map(({ sha256 }) => host.files.get(sha256)?.bytes) ?? [];
    expect(kept[0]?.equals(big)).toBe(true);
    expect(String(kept[1])).toBe("hello");
    expect(String(kept[2])).toBe("# old");
  });

  it("tell the steps, the sandbox's commands and the browser's pictures", async () => {
    const { host, socket } = await start();
    const shot = host.keep(Buffer.from("PNG"), "page.png", "image/png");
    host.reply(({ sessionId, messageId }) =>
      host.play(
        sessionId,
        [
          begin(messageId),
          requested("c1", "run_command", "sandbox", { command: "ls -l" }),
          toolStarted("c1"),
        ],
        [{ type: "tool.output", callId: "c1" as CallId, offset: 0, text: "total 0\n" }],
      ),
    );
    const started = next(socket, "sandbox-command-update");
    const heard = hearUntil(socket, "browser_screenshot");
    socket.emit("send_message", { id: "m", conversationId: "c", message: "go" });
    await started;
    host.play("session-1", [
      toolFinished("c1", "failed", "no such file"),
      requested("c2", "browser_look", "browser", {}),
      toolStarted("c2"),
      toolFinished("c2", "done", "seen"),
      { type: "attachment.added", data: { callId: "c2" as CallId, file: shot } },
      // Refused before it began: it was never a step.
      requested("c3", "send_mail", "gmail", {}),
    ]);
    const command = { id: "m", execution_id: "c1", artifactId: "c1", command: "ls -l" };
    const step = { id: "m", agent_name: "Aetheria" };
    expect((await heard).filter(([name]) => name !== "status")).toEqual([
      ["agent_step", { ...step, type: "tool_start", name: "run_command" }],
      ["sandbox-command-started", command],
      ["sandbox-command-update", { ...command, stdout: "total 0\n", stderr: "" }],
      ["agent_step", { ...step, type: "tool_end", name: "run_command", success: false }],
      [
        "sandbox-command-finished",
        { ...command, stdout: "", stderr: "no such file", exit_code: 1, exitCode: 1 },
      ],
      ["agent_step", { ...step, type: "tool_start", name: "browser_look" }],
      ["agent_step", { ...step, type: "tool_end", name: "browser_look", success: true }],
      [
        "browser_screenshot",
        {
          id: "m",
          screenshot: Buffer.from("PNG").toString("base64"),
          mime: "image/png",
          name: "page.png",
        },
      ],
    ]);
  });

  it("tell whole thoughts, questions that wait, and why a run failed", async () => {
    const { host, socket } = await start();
    const error = {
      code: "model_missing" as const,
      message: "No model.",
      hint: "Add one.",
      retryable: false,
    };
    host.reply(({ sessionId, messageId }) =>
      host.play(sessionId, [
        begin(messageId),
        { type: "reasoning.finished", data: { runId, turn: 1, text: "I think.", ms: 1 } },
        { type: "run.finished", data: { runId, outcome: "failed", error, usage, steps: 1, ms: 1 } },
      ]),
    );
    const heard = hearUntil(socket, "run_completed");
    socket.emit("send_message", { id: 7, conversationId: 42, message: "go" });
    const names = (await heard).map(([name]) => name);
    expect(names).toEqual([
      "status",
      "status",
      "reasoning_step",
      "error",
      "response",
      "run_completed",
    ]);
    expect((await heard)[3]?.[1]).toEqual({
      id: "7",
      message: "No model. Add one.",
      code: "model_missing",
      reset: false,
    });
  });

  it("catch up with join_conversation: a finished answer at once, a running one from its start", async () => {
    const { host, gateway, socket } = await start();
    host.logs.set("s", []);
    host.play("s", [begin("m"), textFinished("All of it."), finish()]);
    const caught = next(socket, "run_catchup");
    socket.emit("join_conversation", { conversationId: "s" });
    expect(await caught).toEqual({
      id: "m",
      messageId: "m",
      conversationId: "s",
      content: "All of it.",
      title: "A talk",
      events: [],
      done: true,
    });

    host.logs.set("open", []);
    host.play("open", [begin("m2")]);
    host.setOpenText("So far");
    const late = await gateway.connect();
    const heard = hearUntil(late, "run_completed");
    const soFar = next(late, "response");
    late.emit("join_conversation", { conversationId: "open" });
    expect(await soFar).toMatchObject({ id: "m2", content: "So far", streaming: true });
    host.play("open", [], [delta(6, " so good")]);
    host.play("open", [textFinished("So far so good"), finish()]);
    const told = (await heard)
      .filter(([name]) => name === "response")
      .map(([, data]) => data["content"]);
    expect(told.join("")).toBe("So far so good");
  });

  it("say that an unknown conversation is empty, without making one", async () => {
    const { host, socket } = await start();
    const told = next(socket, "status");
    socket.emit("join_conversation", { conversationId: "nobody's" });
    expect(await told).toMatchObject({ status: "idle" });
    expect(host.logs.size).toBe(0);
  });

  it.each([
    ["terminate_session", { conversationId: "s" }],
    ["send_message", JSON.stringify({ type: "terminate_session", conversationId: "s" })],
  ])("stop a run with %s", async (name, data) => {
    const { host, socket } = await start();
    host.logs.set("s", []);
    const told = next(socket, "status");
    socket.emit(name, data);
    expect(await told).toMatchObject({ conversationId: "s", status: "stopped" });
    expect(host.stopped).toEqual(["s"]);
  });

  it.each([
    ["send_message", "{not json", "send_message could not be understood"],
    ["send_message", { message: 5 }, "“message”"],
    ["send_message", { message: "x", files: [{ name: "a", data: "%%%" }] }, "is not in base64"],
    ["send_message", { message: "x", context_session_ids: ["gone"] }, "no conversation “gone”"],
    ["join_conversation", {}, "“conversationId”"],
    ["join_conversation", null, "join_conversation could not be understood"],
    ["terminate_session", { conversationId: "gone" }, "There is no conversation with this id."],
  ])("answer a wrong %s (%j) with a sentence", async (name, data, sentence) => {
    const { socket } = await start();
    const error = next(socket, "error");
    socket.emit(name, data);
    expect((await error)["message"]).toContain(sentence);
  });

  it("begin anew when the session behind a foreign id was deleted", async () => {
    const { host, socket } = await start();
    const first = new Promise<void>((resolve) => host.reply(() => resolve()));
    socket.emit("send_message", { conversationId: "c", message: "1" });
    await first;
    host.logs.delete("session-1");
    const error = next(socket, "error");
    socket.emit("send_message", { conversationId: "c", message: "2" });
    expect(await error).toMatchObject({ code: "not_found", reset: true });
    const again = new Promise<void>((resolve) => host.reply(() => resolve()));
    socket.emit("send_message", { conversationId: "c", message: "3" });
    await again;
    expect(host.sent.at(-1)).toMatchObject({ sessionId: "session-2", text: "3" });
  });

  it("are spoken beside the contract on the same socket", async () => {
    const { host, socket } = await start();
    const client = createClient(socketChannel(socket));
    const arrived = new Promise<void>((resolve) => host.reply(() => resolve()));
    socket.emit("send_message", { conversationId: "c", message: "hi" });
    await arrived;
    const watched = await client.call("session.open", { sessionId: "session-1" as SessionId });
    expect(watched.summary.title).toBe("A talk");
    const frame = new Promise((resolve) => client.onPush(resolve));
    const completed = next(socket, "run_completed");
    host.play("session-1", [begin("m"), textFinished("Both."), finish()]);
    expect(await frame).toMatchObject({ type: "session.frame" });
    expect(await completed).toMatchObject({ content: "Both." });
  });

  it("open nothing at the host for a client that never uses them", async () => {
    const { gateway } = await start();
    expect(gateway.connections.size).toBe(1);
  });

  it("leave nothing at the host when the socket goes", async () => {
    const { gateway, host, socket } = await start();
    const arrived = new Promise<void>((resolve) => host.reply(() => resolve()));
    socket.emit("send_message", { conversationId: "c", message: "hi" });
    await arrived;
    expect(gateway.connections.size).toBe(2);
    const gone = Promise.all(
      [...gateway.connections].map((each) => new Promise<void>((resolve) => each.onClose(resolve))),
    );
    socket.disconnect();
    await gone;
    expect(gateway.connections.size).toBe(0);
  });
});
