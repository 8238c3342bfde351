// A real gateway on a free port in front of a small fake host, and real sockets to it.
import { io, type Socket } from "socket.io-client";
import { byToken } from "../host/gateway/admission.ts";
import { startGateway, type GatewayOptions } from "../host/gateway/gateway.ts";
import { serveChannel, type Connection, type Handlers } from "../rpc/server.ts";
import { loudHandlers } from "./loud-handlers.ts";

export const testToken = "correct-horse-battery-staple";

export async function openGateway(
  some: Partial<Handlers> = {},
  options: Partial<GatewayOptions> = {},
) {
  const connections = new Set<Connection>();
  const unexpected: unknown[] = [];
  const gateway = await startGateway({
    connect(channel) {
      const connection = serveChannel(channel, loudHandlers(some), (e) => unexpected.push(e));
      connections.add(connection);
      connection.onClose(() => connections.delete(connection));
      return connection;
    },
    port: 0,
    checkIn: byToken(testToken),
    staticDir: null,
    version: "1.2.3",
    ...options,
  });
  const sockets: Socket[] = [];
  const open = (more: Parameters<typeof io>[1] = {}): Socket => {
    const socket = io(gateway.url, {
      auth: { token: testToken },
      transports: ["websocket"],
      reconnection: false,
      forceNew: true,
      ...more,
    });
    sockets.push(socket);
    return socket;
  };
  return {
    ...gateway,
    connections,
    unexpected,
    open,
    /** A socket that was let in. */
    async connect(more: Parameters<typeof io>[1] = {}): Promise<Socket> {
      const socket = open(more);
      await new Promise<void>((resolve, reject) => {
        socket.once("connect", resolve);
        socket.once("connect_error", reject);
      });
      return socket;
    },
    async close() {
      for (const socket of sockets) socket.disconnect();
      await gateway.close();
    },
  };
}

export type TestGateway = Awaited<ReturnType<typeof openGateway>>;
