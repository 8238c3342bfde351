// A tiny HTTP server for tests: one handler, port 0, and word of connections that were closed from
// the other side. It knows nothing by itself.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export type Seen = {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: string;
};

export type TestServer = {
  url: string;
  readonly seen: Seen[];
  /** Resolves when a request whose answer was not finished lost its connection. */
  hungUp: Promise<void>;
  close(): Promise<void>;
};

export type Answering = (
  seen: Seen,
  response: ServerResponse,
  request: IncomingMessage,
) => void | Promise<void>;

export async function openTestServer(answer: Answering): Promise<TestServer> {
  const seen: Seen[] = [];
  let tellHungUp = () => {};
  const hungUp = new Promise<void>((resolve) => (tellHungUp = resolve));
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableFinished) tellHungUp();
    });
    void handle(request, response);
  });
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    try {
      const { method = "GET", url = "/", headers } = request;
      const one = { method, path: url, headers, body: await bodyOf(request) };
      seen.push(one);
      await answer(one, response, request);
    } catch (error) {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  };
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${portOf(server.address())}`,
    seen,
    hungUp,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces).toString("utf8");
}

const portOf = (address: AddressInfo | string | null): number => {
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return address.port;
};

export function sendJson(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}

/** A server-sent event stream of these values; strings go out as they are. */
export function sendEvents(response: ServerResponse, events: unknown[]): void {
  response.writeHead(200, { "content-type": "text/event-stream" });
  for (const event of events) response.write(`data: ${asText(event)}\n\n`);
}

const asText = (event: unknown): string =>
  typeof event === "string" ? event : JSON.stringify(event);
