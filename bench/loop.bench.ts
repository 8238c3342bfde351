// What Aetheria adds to a model's answer: time to first token and the whole of a fast stream, seen by
// a client over Socket.IO, against the `openai` package alone on the same local server.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import OpenAI from "openai";
import { io } from "socket.io-client";
import { uuidv7 } from "uuidv7";
import type { MessageId, SessionId } from "../src/contract/ids.ts";
import { startServe } from "../src/host/entry/serve.ts";
import { createClient, type Client } from "../src/rpc/client.ts";
import { socketChannel } from "../src/rpc/socket-channel.ts";
import { quantile, report } from "./report.ts";
import { openStreamingServer } from "./streaming-server.ts";

const firstTokenRounds = 60;
const streamRounds = 5;
const tokens = 4_000;
const tokensPerSecond = 2_000;

let long = false;
const words = Array.from({ length: tokens }, (_, index) => `word${index % 97} `);
const server = await openStreamingServer(() =>
  long ? { pieces: words, everyMs: 1000 / tokensPerSecond } : { pieces: ["Hello", " there."] },
);
const folder = mkdtempSync(join(tmpdir(), "aetheria-loop-bench-"));
const env = { OPENAI_API_KEY: "bench", OPENAI_BASE_URL: server.url };
const serve = await startServe({ dataDir: folder, env, port: 0 });
const client = await connect(serve.url, serve.token);
const openai = new OpenAI({ apiKey: "bench", baseURL: server.url });
const { sessionId } = await client.call("session.create", { workspace: null });
await client.call("session.open", { sessionId });

type Times = { firstMs: number; wholeMs: number };

async function alone(): Promise<Times> {
  const startedAt = performance.now();
  let firstMs = 0;
  const stream = await openai.chat.completions.create({
    model: "bench",
    stream: true,
    messages: [{ role: "user", content: "hi" }],
  });
  for await (const chunk of stream)
    if (firstMs === 0 && chunk.choices[0]?.delta.content) firstMs = performance.now() - startedAt;
  return { firstMs, wholeMs: performance.now() - startedAt };
}

function throughAetheria(session: SessionId): Promise<Times> {
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    let firstMs = 0;
    const stop = client.onPush((push) => {
      if (push.type !== "session.frame") return;
      if (firstMs === 0 && push.live.some(({ type }) => type === "text.delta"))
        firstMs = performance.now() - startedAt;
      if (!push.events.some(({ type }) => type === "run.finished")) return;
      stop();
      resolve({ firstMs, wholeMs: performance.now() - startedAt });
    });
    const message = { text: "hi", attachments: [], delivery: "auto" as const };
    const messageId = uuidv7() as MessageId;
    client.call("session.send", { sessionId: session, messageId, ...message }).catch(reject);
  });
}

async function freshSession(): Promise<SessionId> {
  const created = await client.call("session.create", { workspace: null });
  await client.call("session.open", { sessionId: created.sessionId });
  return created.sessionId;
}

for (let warm = 0; warm < 30; warm++) {
  await alone();
  await throughAetheria(await freshSession());
}
const added: number[] = [];
for (let round = 0; round < firstTokenRounds; round++) {
  const bare = await alone();
  const session = await freshSession();
  added.push((await throughAetheria(session)).firstMs - bare.firstMs);
}
report({
  name: "first-token",
  promise: "time to first token added by the loop, durable write included, p50",
  value: quantile(added, 0.5),
  limit: 8,
  unit: "ms",
  yardstick: "the openai package alone, same local server",
});

long = true;
const ratios: number[] = [];
for (let round = 0; round < streamRounds; round++) {
  const bare = await alone();
  const session = await freshSession();
  ratios.push((await throughAetheria(session)).wholeMs / bare.wholeMs);
}
report({
  name: "stream",
  promise: `a reply streamed at ${tokensPerSecond} tokens/s, end to end to a client`,
  value: quantile(ratios, 0.5),
  limit: 1.1,
  unit: "×",
  yardstick: "the openai package alone, its total time",
});

client.close();
await serve.close();
await server.close();
rmSync(folder, { recursive: true, force: true });

function connect(url: string, token: string): Promise<Client> {
  const socket = io(url, { auth: { token }, transports: ["websocket"], reconnection: false });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(createClient(socketChannel(socket))));
    socket.once("connect_error", reject);
  });
}
