// What Supabase's Realtime does for realtime-js: channels over a WebSocket in Phoenix's frames
// (`[join_ref, ref, topic, event, payload]`, vsn 2.0.0) that tell of changed rows. No broadcast and no
// presence: whoever asks for them is refused.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Catalog } from "./catalog.ts";
import { listenForChanges } from "./changes.ts";
import type { Claims, Database } from "./database.ts";
import { isWanted, parseFilter, type Wish } from "./realtime-filter.ts";
import type { Postgres } from "./start-postgres.ts";
import type { Tokens } from "./tokens.ts";

export interface Realtime {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts all lines, as a lost network does. */
  cut(): void;
  close(): Promise<void>;
}

type Frame = [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: Record<string, unknown>,
];
type Channel = { socket: WebSocket; topic: string; joinRef: string | null } & {
  token: string;
  claims: Claims;
  wishes: Wish[];
};

export async function openRealtime(
  postgres: Postgres,
  database: Database,
  catalog: Catalog,
  tokens: Tokens,
): Promise<Realtime> {
  const server = new WebSocketServer({ noServer: true });
  const channels = new Set<Channel>();
  const send = (socket: WebSocket, frame: Frame): void => {
    if (socket.readyState === socket.OPEN) socket.send(JSON.stringify(frame));
  };

  const changes = await listenForChanges(postgres, database, catalog, {
    claims: () => [...channels].filter((one) => one.wishes.length > 0).map((one) => one.claims),
    tell(change, sees) {
      for (const channel of channels) {
        const ids = channel.wishes.filter((wish) => isWanted(wish, change)).map((wish) => wish.id);
        if (ids.length === 0 || !sees(channel.claims)) continue;
        const payload = { ids, data: change.data };
        send(channel.socket, [channel.joinRef, null, channel.topic, "postgres_changes", payload]);
      }
    },
  });

  function end(channel: Channel, message: string): void {
    const { socket, topic, joinRef } = channel;
    if (!channels.delete(channel)) return;
    const payload = { ...system(topic), status: "error", message, extension: "system" };
    send(socket, [joinRef, null, topic, "system", payload]);
    send(socket, [joinRef, null, topic, "phx_close", {}]);
  }

  tokens.onExpire(() => {
    for (const channel of channels)
      if (!tokens.verify(channel.token).ok) end(channel, "Token has expired");
  });

  async function join(socket: WebSocket, frame: Frame, key: string): Promise<void> {
    const [joinRef, ref, topic, , payload] = frame;
    const reply = (status: "ok" | "error", response: object) =>
      send(socket, [joinRef, ref, topic, "phx_reply", { status, response }]);
    const given = payload["access_token"];
    const token = typeof given === "string" && given !== "" ? given : key;
    const verdict = tokens.verify(token);
    if (!verdict.ok)
      return reply("error", {
        reason: `InvalidJWTToken: ${verdict.why === "expired" ? "Token has expired" : "invalid"}`,
      });
    const { wishes, refusal } = await wishesOf(payload, catalog);
    if (refusal !== null) return reply("error", { reason: refusal });
    leave(socket, topic);
    channels.add({ socket, topic, joinRef, token, claims: verdict.claims, wishes });
    reply("ok", { postgres_changes: wishes.map(({ id, asked }) => ({ id, ...asked })) });
    send(socket, [joinRef, null, topic, "presence_state", {}]);
    if (wishes.length === 0) return;
    const message = "Subscribed to PostgreSQL";
    const told = { ...system(topic), status: "ok", message, extension: "postgres_changes" };
    send(socket, [joinRef, null, topic, "system", told]);
  }

  function leave(socket: WebSocket, topic: string): void {
    for (const channel of channels)
      if (channel.socket === socket && channel.topic === topic) channels.delete(channel);
  }

  function renew(socket: WebSocket, topic: string, token: unknown): void {
    const channel = [...channels].find((one) => one.socket === socket && one.topic === topic);
    if (channel === undefined || typeof token !== "string") return;
    const verdict = tokens.verify(token);
    if (!verdict.ok) return end(channel, "Token has expired");
    Object.assign(channel, { token, claims: verdict.claims });
  }

  async function hear(socket: WebSocket, frame: Frame, key: string): Promise<void> {
    const [joinRef, ref, topic, event, payload] = frame;
    const reply = (status: "ok" | "error", response: object = {}) =>
      send(socket, [joinRef, ref, topic, "phx_reply", { status, response }]);
    if (event === "heartbeat") return reply("ok");
    if (event === "phx_join") return join(socket, frame, key);
    if (event === "access_token") return renew(socket, topic, payload["access_token"]);
    if (event !== "phx_leave") return reply("error", { reason: `This gateway has no ${event}` });
    leave(socket, topic);
    reply("ok");
    send(socket, [joinRef, null, topic, "phx_close", {}]);
  }

  server.on("connection", (socket: WebSocket, _request: IncomingMessage, key: string) => {
    // One after the other: what follows a join is meant for it.
    let done: Promise<void> = Promise.resolve();
    socket.on("message", (data, isBinary) => {
      if (isBinary) return;
      const frame = JSON.parse(data.toString()) as Frame;
      done = done.then(() => hear(socket, frame, key)).catch(() => socket.terminate());
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      for (const channel of channels) if (channel.socket === socket) channels.delete(channel);
    });
  });

  const cut = () => server.clients.forEach((socket) => socket.terminate());
  return {
    upgrade(request, socket, head) {
      const query = new URL(request.url ?? "/", "http://gateway.test").searchParams;
      const key = query.get("apikey") ?? "";
      if (!tokens.verify(key).ok || query.get("vsn") !== "2.0.0") {
        socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        return;
      }
      server.handleUpgrade(request, socket, head, (line) =>
        server.emit("connection", line, request, key),
      );
    },
    cut,
    async close() {
      cut();
      server.close();
      await changes.close();
    },
  };
}

const system = (topic: string) => ({ channel: topic.replace(/^realtime:/, "") });

async function wishesOf(
  payload: Record<string, unknown>,
  catalog: Catalog,
): Promise<{ wishes: Wish[]; refusal: string | null }> {
  const config = (payload["config"] ?? {}) as { postgres_changes?: Wish["asked"][] };
  const published = await catalog.published();
  const wishes: Wish[] = [];
  for (const [at, asked] of (config.postgres_changes ?? []).entries()) {
    const table = asked.table === undefined ? undefined : await catalog.table(asked.table);
    const isTold = table !== undefined && asked.schema === "public" && published.has(table.name);
    if (!isTold)
      return {
        wishes: [],
        refusal: `RealtimeDisabledForConfiguration: Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: [${JSON.stringify(asked)}]`,
      };
    const filter = parseFilter(asked.filter, table);
    if (filter === null)
      return { wishes: [], refusal: `Unable to subscribe: invalid filter ${asked.filter}` };
    wishes.push({ id: at + 1, asked, filter });
  }
  return { wishes, refusal: null };
}
