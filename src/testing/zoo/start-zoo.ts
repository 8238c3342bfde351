// The zoo: little real sites on two origins of this machine, for whatever drives a browser. It writes
// down what it was asked, so that a test can tell what a click sent. `/` lists all pages.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readPage, type Origins } from "./pages.ts";
import { createRoutes, type Routes } from "./routes.ts";

export type ZooRequest = {
  method: string;
  /** `host:port`, as the browser named it. */
  host: string;
  /** With the query. */
  path: string;
  /** As latin1, the first megabyte. */
  body: string;
  cookie: string;
};

export type Zoo = {
  url: string;
  host: string;
  /** The same pages on another origin. */
  other: { url: string; host: string };
  /** All so far, in order. */
  requests(): readonly ZooRequest[];
  close(): Promise<void>;
};

const mostBody = 1_000_000;

export async function startZoo(): Promise<Zoo> {
  const requests: ZooRequest[] = [];
  const origins: Origins = { home: "", other: "" };
  const routes = createRoutes(origins);
  const serve = () =>
    createServer((request, response) => {
      handle(request, response, requests, routes, origins).catch((error: Error) =>
        response.destroy(error),
      );
    });
  const servers = [serve(), serve()];
  const home = await listen(servers[0]!, "127.0.0.1", 0);
  const other = await listen(servers[1]!, "127.0.0.1", 0);
  const six = serve();
  // `localhost` is both addresses on most machines; on some there is only the old one.
  await listen(six, "::1", other).then(
    () => servers.push(six),
    () => undefined,
  );
  origins.home = `http://127.0.0.1:${home}`;
  origins.other = `http://localhost:${other}`;
  return {
    url: origins.home,
    host: `127.0.0.1:${home}`,
    other: { url: origins.other, host: `localhost:${other}` },
    requests: () => requests,
    close: async () => void (await Promise.all(servers.map(stop))),
  };
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  requests: ZooRequest[],
  routes: Routes,
  origins: Origins,
): Promise<void> {
  const { method = "GET", url: path = "/", headers } = request;
  const { host = "", cookie = "" } = headers;
  const { body, sizeBytes } = await bodyOf(request);
  requests.push({ method, host, path, body: body.toString("latin1"), cookie });
  const url = new URL(path, "http://zoo.test");
  const visit = { method, url, body, sizeBytes, headers, response };
  if (routes(visit)) return;
  const page = await readPage(url.pathname, origins);
  response.writeHead(page === null ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
  response.end(page ?? "<!doctype html><title>Not found</title><h1>There is no such page</h1>");
}

async function bodyOf(request: IncomingMessage): Promise<{ body: Buffer; sizeBytes: number }> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    if (sizeBytes < mostBody) pieces.push(piece);
    sizeBytes += piece.length;
  }
  return { body: Buffer.concat(pieces), sizeBytes };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
