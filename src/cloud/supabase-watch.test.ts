// What is told of Realtime, through unmodified realtime-js, by a socket whose other end is this test.
import { afterEach, describe, expect, it, vi } from "vitest";
import { DeviceId } from "../contract/ids.ts";
import type { ServerNews } from "../core/mirror/ports.ts";
import { openCloud, type Cloud } from "./open-cloud.ts";

type Frame = [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: Record<string, unknown>,
];

/** A WebSocket at whose other end the test answers. */
class TestSocket {
  static readonly made: TestSocket[] = [];
  readonly CONNECTING = 0;
  readonly OPEN = 1;
  readonly CLOSING = 2;
  readonly CLOSED = 3;
  readonly protocol = "";
  readyState = 0;
  binaryType = "arraybuffer";
  readonly sent: Frame[] = [];
  onopen: ((event: unknown) => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: unknown) => void) | null = null;
  onerror: ((event: unknown) => void) | null = null;
  readonly url: string;

  constructor(url: string | URL) {
    this.url = String(url);
    TestSocket.made.push(this);
    queueMicrotask(() => {
      this.readyState = 1;
      this.onopen?.({});
    });
  }
  addEventListener(): void {}
  removeEventListener(): void {}
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(code = 1000): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.onclose?.({ code, wasClean: code === 1000 }));
  }

  tell(frame: Frame): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  /** The last request to join. */
  join(): Frame | undefined {
    return this.sent.findLast((frame) => frame[3] === "phx_join");
  }
}

const userId = "user-1";
const hostId = DeviceId.parse("host-1");
type Listen = { event: string; schema: string; table: string; filter: string };

const clouds: Cloud[] = [];
afterEach(async () => {
  vi.useRealTimers();
  for (const cloud of clouds.splice(0)) await cloud.close();
  TestSocket.made.length = 0;
});

async function watch(watching: DeviceId | null, isSignedIn = true) {
  const session = {
    access_token: "token",
    refresh_token: "refresh",
    expires_at: Math.round(Date.now() / 1000) + 3600,
    user: { id: userId },
  };
  const secret = JSON.stringify({ "aetheria-mirror": JSON.stringify(session) });
  const cloud = await openCloud({
    url: "https://cloud.example",
    anonKey: "anon",
    tokens: {
      load: async () => (isSignedIn ? secret : null),
      save: async () => undefined,
      remove: async () => undefined,
    },
    fetch: async () => new Response(null, { status: 500 }),
    webSocket: TestSocket,
  });
  clouds.push(cloud);
  const news: ServerNews[] = [];
  const stop = cloud.server.watch(watching, (one) => news.push(one));
  return { news, stop, types: () => news.map((one) => one.type) };
}

async function joining(after?: Frame): Promise<{ socket: TestSocket; join: Frame }> {
  await expect
    .poll(() => TestSocket.made.at(-1)?.join() ?? after, { timeout: 5_000 })
    .not.toBe(after);
  const socket = TestSocket.made.at(-1)!;
  return { socket, join: socket.join()! };
}

const listensOf = (join: Frame): Listen[] => {
  const config = join[4].config as { postgres_changes: Listen[] };
  return config.postgres_changes;
};

function letIn(socket: TestSocket, [joinRef, ref, topic, , payload]: Frame): void {
  const { postgres_changes } = payload.config as { postgres_changes: Listen[] };
  const response = {
    postgres_changes: postgres_changes.map((listen, at) => ({ ...listen, id: at + 1 })),
  };
  socket.tell([joinRef, ref, topic, "phx_reply", { status: "ok", response }]);
}

/** A change as Realtime tells it, to those whose listening it is. */
function change(
  socket: TestSocket,
  join: Frame,
  table: string,
  type: string,
  record: object,
): void {
  const ids = listensOf(join).flatMap((one, id) =>
    one.table === table && one.event === type ? [id + 1] : [],
  );
  const columns = Object.keys(record).map((name) => ({
    name,
    type: typeof Reflect.get(record, name) === "number" ? "int8" : "text",
  }));
  const data = {
    schema: "public",
    table,
    type,
    record,
    columns,
    commit_timestamp: "2026-12-01T10:00:00Z",
    errors: null,
  };
  socket.tell([join[0], null, join[2], "postgres_changes", { ids, data }]);
}

const eventRow = { session_id: "s", seq: 3, generation: 1, payload: "sealed" };
const deviceRow = {
  ...{ device_id: "phone", kind: "companion", generation: 1, card: "sealed", public_key: "key" },
  ...{ seen_at: "2026-01-01T00:00:00+00:00", revoked_at: null },
};
const commandRow = {
  command_id: "c",
  device_id: "phone",
  host_id: hostId,
  session_id: "s",
  number: 1,
  generation: 1,
  payload: "sealed",
  signature: "signature",
  answer: null,
  created_at: "2026-12-01T10:00:00+00:00",
};

describe("news from the server", () => {
  it("are asked for by this account's token, each device what it needs", async () => {
    await watch(null);
    const { socket, join } = await joining();
    expect(socket.url).toMatch(/^wss:\/\/cloud\.example\/realtime\/v1\/websocket\?apikey=anon/);
    expect(join[4].access_token).toBe("token");
    const wanted = (listens: Listen[]) =>
      listens.map((one) => `${one.event} ${one.table} ${one.filter}`);
    expect(wanted(listensOf(join))).toEqual([
      "INSERT events user_id=eq.user-1",
      "INSERT sessions user_id=eq.user-1",
      "UPDATE sessions user_id=eq.user-1",
      "UPDATE commands user_id=eq.user-1",
      "INSERT devices user_id=eq.user-1",
      "UPDATE devices user_id=eq.user-1",
    ]);
    await watch(hostId);
    const host = await joining(join);
    expect(wanted(listensOf(host.join))).toEqual([
      "INSERT commands host_id=eq.host-1",
      "INSERT devices user_id=eq.user-1",
      "UPDATE devices user_id=eq.user-1",
    ]);
  });

  it("are told as the rows they are, and as “read again” where a row is not whole", async () => {
    const { news } = await watch(null);
    const { socket, join } = await joining();
    letIn(socket, join);
    await expect.poll(() => news).toEqual([{ type: "joined" }]);
    change(socket, join, "events", "INSERT", eventRow);
    change(socket, join, "commands", "UPDATE", { ...commandRow, answer: "sealed" });
    change(socket, join, "devices", "UPDATE", deviceRow);
    const { payload: _, ...tooLarge } = eventRow;
    change(socket, join, "events", "INSERT", tooLarge);
    expect(news.slice(1)).toEqual([
      { type: "event", row: eventRow },
      { type: "command", row: { ...commandRow, answer: "sealed" } },
      { type: "devices", row: deviceRow },
      { type: "joined" },
    ]);
  });

  it("say that something may have been missed, where the server began to listen later", async () => {
    const { types } = await watch(null);
    const { socket, join } = await joining();
    const system = (status: string): Frame => [
      join[0],
      null,
      join[2],
      "system",
      { extension: "postgres_changes", status, message: "", channel: "" },
    ];
    socket.tell(system("ok"));
    letIn(socket, join);
    await expect.poll(types).toEqual(["joined"]);
    socket.tell(system("ok"));
    socket.tell(system("error"));
    expect(types()).toEqual(["joined", "joined", "left"]);
  });

  it("are joined again after the line broke", async () => {
    const { types } = await watch(null);
    const { socket, join } = await joining();
    letIn(socket, join);
    await expect.poll(types).toEqual(["joined"]);
    socket.close(1006);
    await expect.poll(types).toEqual(["joined", "left"]);
    await expect.poll(() => TestSocket.made.length, { timeout: 5_000 }).toBe(2);
    const again = await joining(join);
    letIn(again.socket, again.join);
    await expect.poll(types).toEqual(["joined", "left", "joined"]);
  });

  it("are joined anew after the server closed the channel for good", async () => {
    const { types } = await watch(null);
    const { socket, join } = await joining();
    letIn(socket, join);
    await expect.poll(types).toEqual(["joined"]);
    socket.tell([join[0], null, join[2], "phx_close", {}]);
    await expect.poll(types).toEqual(["joined", "left"]);
    const again = await joining(join);
    expect(again.join[2]).not.toBe(join[2]);
    letIn(again.socket, again.join);
    await expect.poll(types).toEqual(["joined", "left", "joined"]);
  });

  it("are not asked for in nobody's name", async () => {
    const { news, stop } = await watch(null, false);
    await expect
      .poll(() => news)
      .toEqual([{ type: "left", why: "Nobody is signed in to the mirror." }]);
    expect(TestSocket.made).toEqual([]);
    stop();
  });

  it("end when they are no longer wanted, and leave no line behind", async () => {
    const { news, stop } = await watch(null);
    const { socket, join } = await joining();
    letIn(socket, join);
    await expect.poll(() => news.length).toBe(1);
    stop();
    change(socket, join, "events", "INSERT", eventRow);
    const leave = () => socket.sent.find((frame) => frame[3] === "phx_leave");
    await expect.poll(leave).toBeDefined();
    const [joinRef, ref, topic] = leave()!;
    socket.tell([joinRef, ref, topic, "phx_reply", { status: "ok", response: {} }]);
    await expect.poll(() => socket.readyState).toBe(3);
    expect(news).toEqual([{ type: "joined" }]);
    expect(TestSocket.made.length).toBe(1);
  });

  it("end also before they had begun", async () => {
    const { news, stop } = await watch(null);
    stop();
    const other = await watch(null);
    await joining();
    other.stop();
    expect([news, TestSocket.made.length]).toEqual([[], 1]);
  });
});
