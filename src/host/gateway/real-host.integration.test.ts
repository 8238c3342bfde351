// The gateway in front of the real host: what the other tests show with a fake one holds there.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { io } from "socket.io-client";
import { afterEach, describe, expect, it } from "vitest";
import { uuidv7 } from "uuidv7";
import { MessageId, SessionId } from "../../contract/ids.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { Channel } from "../../rpc/channel.ts";
import { createReconnectingClient, type ConnectionState } from "../../rpc/reconnecting-client.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";
import { createHost } from "../host.ts";
import { byToken } from "./admission.ts";
import { startGateway } from "./gateway.ts";

const disposals: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const dispose of disposals.splice(0).reverse()) await dispose();
});

const token = "t0ken";
const reply = Array.from({ length: 200 }, (_, index) => `word ${index} ü😀`).join(", ");

async function serveRealHost() {
  const dataDir = mkdtempSync(join(tmpdir(), "aetheria-gateway-"));
  disposals.push(() => rmSync(dataDir, { recursive: true, force: true }));
  const model = new LLMock({ port: 0, logLevel: "silent" });
  await model.start();
  disposals.push(() => model.stop().then(() => undefined));
  model.onMessage(/story/, { content: reply }, { latency: 2, chunkSize: 12 });
  model.onMessage(/short/, { content: "Short." });
  const env = {
    OPENAI_API_KEY: "test-key-0123456789",
    OPENAI_BASE_URL: `${model.url}/v1`,
    // A closed port: whatever model runs on this machine stays out of it.
    OLLAMA_HOST: "http://127.0.0.1:1",
  };
  const host = await createHost({ dataDir, env, log: () => {} });
  disposals.push(host.close);
  await host.handlers["settings.set"](
    { model: { provider: "openai", name: "gpt-4o" } },
    { push: () => {}, onClose: () => {} },
  );
  const checkIn = byToken(token);
  const options = { connect: host.connect, port: 0, checkIn, staticDir: null, version: "0" };
  const gateway = await startGateway(options);
  disposals.push(gateway.close);
  return gateway;
}

const connectTo = (url: string) => (): Promise<Channel> => {
  const socket = io(url, {
    auth: { token },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socketChannel(socket)));
    socket.once("connect_error", reject);
  });
};

/** A client whose connection a test can cut. */
function openClient(url: string) {
  const connect = connectTo(url);
  let channel: Channel | null = null;
  const waiting = new Map<ConnectionState["phase"], () => void>();
  const client = createReconnectingClient({
    connect: async () => (channel = await connect()),
    wait: () => Promise.resolve(),
    onState: ({ phase }) => waiting.get(phase)?.(),
    name: "test",
  });
  disposals.push(client.close);
  return {
    client,
    cut: () => channel?.close(),
    reach: (phase: ConnectionState["phase"]) =>
      new Promise<void>((resolve) => {
        waiting.set(phase, resolve);
        if (client.state().phase === phase) resolve();
      }),
  };
}

describe("a real host behind the gateway", () => {
  it("streams an answer whole and its log without a hole, while the line is cut again and again", async () => {
    const gateway = await serveRealHost();
    const { client, cut, reach } = openClient(gateway.url);
    await reach("connected");
    const { sessionId } = await client.call("session.create", { title: "Over the gateway" });
    const events: SessionEvent[] = [];
    const open = new Map<number, string>();
    const holes: string[] = [];
    let cuts = 0;
    let finished = () => {};
    const done = new Promise<void>((resolve) => (finished = resolve));
    const take = (event: SessionEvent) => {
      if (event.seq !== events.length + 1) holes.push(`event ${event.seq}`);
      events.push(event);
      if (event.type === "text.finished") {
        if (!event.data.text.startsWith(open.get(event.data.turn) ?? "")) holes.push("text");
        open.delete(event.data.turn);
      }
      if (event.type === "run.finished") finished();
    };
    client.watch(sessionId, {
      reset: (snapshot) => {
        events.length = 0;
        open.clear();
        snapshot.events.forEach(take);
        for (const { kind, turn, text } of snapshot.openTexts)
          if (kind === "text") open.set(turn, text);
      },
      events: (more) => more.forEach(take),
      live: (more) => {
        for (const event of more) {
          if (event.type !== "text.delta") continue;
          const known = open.get(event.turn) ?? "";
          if (event.offset !== known.length) holes.push(`${event.offset} after ${known.length}`);
          open.set(event.turn, known + event.text);
          if (known.length / 500 > cuts) {
            cuts++;
            cut();
          }
        }
      },
    });
    await client.call("session.send", {
      sessionId,
      messageId: MessageId.parse(uuidv7()),
      text: "Tell me a story.",
      attachments: [],
      delivery: "auto",
    });
    await done;
    expect(holes).toEqual([]);
    expect(cuts).toBeGreaterThan(1);
    const said = events.flatMap((event) =>
      event.type === "text.finished" ? [event.data.text] : [],
    );
    expect(said).toEqual([reply]);
    await reach("connected");
    const before = events.length + 1;
    const kept = await client.call("session.history", { sessionId, before, limit: 100 });
    expect(kept.events).toEqual(events);
  });

  it("answers the legacy names, with a file attached", async () => {
    const gateway = await serveRealHost();
    const socket = io(gateway.url, { auth: { token }, transports: ["websocket"], forceNew: true });
    disposals.push(() => void socket.disconnect());
    const heard: [string, Record<string, unknown>][] = [];
    const completed = new Promise<Record<string, unknown>>((resolve, reject) => {
      socket.onAny((name: string, data: Record<string, unknown>) => heard.push([name, data]));
      socket.on("run_completed", resolve);
      socket.on("error", (error: { message: string }) => reject(new Error(error.message)));
    });
    const file = { name: "a.txt", type: "text/plain", data: btoa("hello") };
    const message = { id: "m1", conversationId: "theirs", message: "a short one", files: [file] };
    socket.emit("send_message", JSON.stringify(message));
    expect(await completed).toMatchObject({ id: "m1", status: "completed", content: "Short." });
    const pieces = heard.flatMap(([name, data]) => (name === "response" ? [data["content"]] : []));
    expect(pieces.join("")).toBe("Short.");
    expect(heard[0]).toMatchObject(["status", { status: "created", conversationId: "theirs" }]);
    const { client, reach } = openClient(gateway.url);
    await reach("connected");
    const sessionId = SessionId.parse(heard[0]?.[1]["sessionId"]);
    const { events } = await client.call("session.open", { sessionId });
    const [sent] = events.filter((event) => event.type === "message.sent");
    expect(sent?.data).toMatchObject({ messageId: "m1", attachments: [{ name: "a.txt" }] });
  });
});
