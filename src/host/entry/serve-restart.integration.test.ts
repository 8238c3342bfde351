import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { io, type Socket } from "socket.io-client";
import { afterEach, expect, it } from "vitest";
import { createClient, type Client } from "../../rpc/client.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";
import { startServe } from "./serve.ts";

const undo: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function serving() {
  const dataDir = await mkdtemp(join(tmpdir(), "aetheria-restart-"));
  undo.push(() => rm(dataDir, { recursive: true, force: true }));
  const serve = await startServe({ dataDir, env: { OLLAMA_HOST: "http://127.0.0.1:1" }, port: 0 });
  undo.push(() => serve.close());
  return { dataDir, serve };
}

async function connect(url: string, token: string): Promise<{ client: Client; socket: Socket }> {
  const socket = io(url, { auth: { token }, transports: ["websocket"], reconnectionDelay: 20 });
  undo.push(() => void socket.disconnect());
  await new Promise<void>((resolve) => socket.once("connect", () => resolve()));
  return { client: createClient(socketChannel(socket)), socket };
}

const lost = (socket: Socket) =>
  new Promise<void>((resolve) => socket.once("disconnect", () => resolve()));

it("a restore is answered, then the host comes back on the same port with the same token", async () => {
  const { serve } = await serving();
  const { client, socket } = await connect(serve.url, serve.token);
  await client.call("session.create", { title: "Kept" });
  const { name } = await client.call("data.backup", {});
  await client.call("session.create", { title: "Gone" });
  const end = lost(socket);
  expect(await client.call("data.restore", { from: { name } })).toEqual({});
  await end;
  const { client: next } = await connect(serve.url, serve.token);
  const { sessions } = await next.call("session.list", {});
  expect(sessions.map(({ title }) => title)).toEqual(["Kept"]);
});

it("a deletion is the same, and empty", async () => {
  const { serve } = await serving();
  const { client, socket } = await connect(serve.url, serve.token);
  await client.call("session.create", { title: "Gone" });
  const end = lost(socket);
  await client.call("data.deleteAll", { confirm: "delete everything" });
  await end;
  const { client: next } = await connect(serve.url, serve.token);
  expect(await next.call("session.list", {})).toEqual({ sessions: [], hasMore: false });
});

it("a host that cannot come back says why", async () => {
  const { dataDir, serve } = await serving();
  const { client } = await connect(serve.url, serve.token);
  await rm(join(dataDir, "host.lock"));
  await writeFile(join(dataDir, "host.lock"), "no database ".repeat(100));
  await client.call("data.deleteAll", { confirm: "delete everything" });
  await expect(serve.failed).rejects.toMatchObject({ code: expect.any(String) });
});
