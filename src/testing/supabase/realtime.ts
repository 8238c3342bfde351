// Supabase Realtime's part of the gateway: channels over one WebSocket in Phoenix's arrays (vsn 2), told
// of the changes of published tables that their token may see. Nothing of broadcast and presence.
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import * as z from "zod/mini";
import { WebSocketServer, type WebSocket } from "ws";
import type { Claims, Database } from "./database.ts";
import { openChanges, type Change } from "./realtime-changes.ts";
import { isHeard, Listen } from "./realtime-filter.ts";
import type { Tokens } from "./tokens.ts";

export interface Realtime {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends channels whose token no longer counts, as the real one does when it expires. */
  checkTokens(): void;
  /** Breaks every line, as a network does. */
  breakLines(): void;
  /** Keeps what changes to itself until `false`: news that are late or, with a broken line, lost. */
  hold(isHeld: boolean): void;
  close(): Promise<void>;
}

const Frame = z.tuple([
  z.nullable(z.string()),
  z.nullable(z.string()),
  z.string(),
  z.string(),
  z.looseObject({}),
]);
type Frame = z.infer<typeof Frame>;

const Join = z.object({
  config: z.looseObject({
    postgres_changes: z._default(z.array(Listen), []),
    postgres_changes_options: z.optional(z.looseObject({ wait: z.optional(z.boolean()) })),
  }),
  access_token: z.nullish(z.string()),
});
const NewToken = z.object({ access_token: z.nullish(z.string()) });

type Channel = {
  socket: WebSocket;
  topic: string;
  joinRef: string | null;
  token: string;
  claims: Claims;
  listens: (Listen & { id: number })[];
};

export async function openRealtime(database: Database, tokens: Tokens): Promise<Realtime> {
  const server = new WebSocketServer({ noServer: true });
  const channels = new Set<Channel>();
  let lastId = 0;
  const changes = await openChanges(database, async (batch) => {
    for (const channel of [...channels]) await deliver(channel, batch);
  });

  const send = (socket: WebSocket, frame: Frame) => socket.send(JSON.stringify(frame));
  const reply = (
    socket: WebSocket,
    [joinRef, ref, topic]: Frame,
    status: string,
    response: object,
  ) => send(socket, [joinRef, ref, topic, "phx_reply", { status, response }]);
  const tell = ({ socket, joinRef, topic }: Channel, event: string, payload: object) =>
    send(socket, [joinRef, null, topic, event, { ...payload }]);
  const say = (channel: Channel, extension: string, status: string, message: string) => {
    const name = channel.topic.replace("realtime:", "");
    tell(channel, "system", { extension, status, message, channel: name });
  };

  async function deliver(channel: Channel, batch: Change[]): Promise<void> {
    if (isOver(channel)) return;
    const heard = batch.filter((change) => channel.listens.some((one) => isHeard(one, change)));
    if (heard.length === 0) return;
    const seen = await changes.visible(channel.claims, heard);
    if (!channels.has(channel)) return;
    for (const change of seen) {
      const ids = channel.listens.filter((one) => isHeard(one, change)).map((one) => one.id);
      tell(channel, "postgres_changes", { ids, data: changes.told(change) });
    }
  }

  function isOver(channel: Channel): boolean {
    const read = tokens.read(channel.token);
    if (read && !read.isExpired) return false;
    say(channel, "system", "error", "Token has expired");
    tell(channel, "phx_close", {});
    channels.delete(channel);
    return true;
  }

  async function join(socket: WebSocket, frame: Frame, apikey: string): Promise<void> {
    const { config, access_token } = Join.parse(frame[4]);
    const token = access_token ?? apikey;
    const read = tokens.read(token);
    if (!read || read.isExpired) {
      const reason = `InvalidJWTToken: ${read ? "Token has expired" : "Invalid token"}`;
      return reply(socket, frame, "error", { reason });
    }
    for (const listen of config.postgres_changes)
      if (!(await changes.mayListen(read.claims, listen)))
        return reply(socket, frame, "error", { reason: notPublished(listen) });
    const listens = config.postgres_changes.map((one) => ({ ...one, id: ++lastId }));
    const [joinRef, , topic] = frame;
    for (const one of channels)
      if (one.socket === socket && one.topic === topic) channels.delete(one);
    const channel: Channel = { socket, topic, joinRef, token, claims: read.claims, listens };
    const isLate = config.postgres_changes_options?.wait !== true;
    const answer = () => reply(socket, frame, "ok", { postgres_changes: listens });
    if (isLate) answer();
    channels.add(channel);
    if (listens.length > 0) say(channel, "postgres_changes", "ok", "Subscribed to PostgreSQL");
    if (!isLate) answer();
  }

  async function hear(socket: WebSocket, frame: Frame, apikey: string): Promise<void> {
    const [, , topic, event, payload] = frame;
    const channel = [...channels].find((one) => one.socket === socket && one.topic === topic);
    if (event === "heartbeat") {
      [...channels].filter((one) => one.socket === socket).forEach(isOver);
      return reply(socket, frame, "ok", {});
    }
    if (event === "phx_join") return join(socket, frame, apikey);
    if (event === "phx_leave") {
      if (channel) channels.delete(channel);
      return reply(socket, frame, "ok", {});
    }
    if (event === "access_token" && channel) {
      channel.token = NewToken.parse(payload).access_token ?? apikey;
      channel.claims = tokens.read(channel.token)?.claims ?? channel.claims;
      isOver(channel);
      return;
    }
    reply(socket, frame, "error", { reason: "unmatched topic" });
  }

  function serve(socket: WebSocket, apikey: string): void {
    // One after the other, as they came.
    let before = Promise.resolve();
    socket.on("message", (data) => {
      const frame = Frame.safeParse(JSON.parse(String(data)));
      if (!frame.success) return socket.close(1003);
      before = before.then(() => hear(socket, frame.data, apikey)).catch(() => socket.close(1011));
    });
    socket.on("error", () => socket.terminate());
    socket.on("close", () => {
      for (const channel of channels) if (channel.socket === socket) channels.delete(channel);
    });
  }

  return {
    accept(request, socket, head) {
      const apikey = new URL(request.url ?? "/", "http://gateway").searchParams.get("apikey") ?? "";
      if (!tokens.read(apikey)) {
        socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
        return;
      }
      server.handleUpgrade(request, socket, head, (line) => serve(line, apikey));
    },
    checkTokens: () => [...channels].forEach(isOver),
    breakLines: () => server.clients.forEach((line) => line.terminate()),
    hold: (isHeld) => changes.hold(isHeld),
    async close() {
      server.clients.forEach((line) => line.terminate());
      server.close();
      await changes.close();
    },
  };
}

const notPublished = ({ table, filter }: Listen): string =>
  `Unable to subscribe to changes with given parameters. Please check Realtime is enabled for the given connect parameters: [table: ${table}, filter: ${filter}]`;
