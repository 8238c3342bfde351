// An OpenAI-compatible server for benches: streams a scripted answer at a given pace, so that the
// `openai` package alone and Aetheria can be measured against the same thing.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as z from "zod/mini";

export type Reply = {
  /** Pieces of text, streamed one by one. */
  pieces?: string[];
  calls?: { name: string; input: unknown }[];
  /** Milliseconds between pieces; 0: as fast as the socket takes them. */
  everyMs?: number;
  /** Milliseconds before the first piece. */
  delayMs?: number;
};

const Message = z.object({ role: z.string(), content: z.optional(z.unknown()) });
const Body = z.object({ messages: z.array(Message), tools: z.optional(z.array(z.unknown())) });
export type ChatMessage = z.infer<typeof Message>;

export type StreamingServer = { url: string; requests: number; close(): Promise<void> };

export async function openStreamingServer(
  reply: (messages: ChatMessage[], tools: number) => Reply,
): Promise<StreamingServer> {
  const state = { requests: 0 };
  const server = createServer(async (request, response) => {
    if (request.method === "GET") return json(response, { object: "list", data: [bench] });
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece as Buffer);
    const body = Body.parse(JSON.parse(Buffer.concat(pieces).toString("utf8")));
    state.requests += 1;
    await stream(response, reply(body.messages, body.tools?.length ?? 0));
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    get requests() {
      return state.requests;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

const bench = { id: "bench", object: "model", created: 0, owned_by: "bench" };

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

async function stream(response: ServerResponse, reply: Reply): Promise<void> {
  const { pieces = [], calls = [], everyMs = 0, delayMs = 0 } = reply;
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.socket?.setNoDelay(true);
  if (delayMs > 0) await sleep(delayMs);
  const startedAt = performance.now();
  for (const [index, text] of pieces.entries()) {
    const dueMs = startedAt + index * everyMs - performance.now();
    if (dueMs > 0) await sleep(dueMs);
    if (response.destroyed) return;
    response.write(chunk({ content: text }));
  }
  for (const [index, { name, input }] of calls.entries()) {
    const call = { name, arguments: JSON.stringify(input) };
    const id = `call_${index}_${Math.round(performance.now() * 1000)}`;
    response.write(chunk({ tool_calls: [{ index, id, type: "function", function: call }] }));
  }
  response.write(chunk({}, calls.length > 0 ? "tool_calls" : "stop"));
  response.end("data: [DONE]\n\n");
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function chunk(delta: unknown, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  const whole = { id: "c", object: "chat.completion.chunk", created: 0, model: "bench", choices };
  return `data: ${JSON.stringify(whole)}\n\n`;
}
