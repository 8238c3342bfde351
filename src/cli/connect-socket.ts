// A client of a host that already runs, over its own socket.
import { AetheriaError } from "../contract/errors.ts";
import { createClient, type Client } from "../rpc/client.ts";
import { socketChannel } from "../rpc/socket-channel.ts";

const patienceMs = 5000;

/** Throws disconnected when nobody answers at `url`, unauthorized when the token is refused. */
export async function connectSocket(url: string, token: string): Promise<Client> {
  const { io } = await import("socket.io-client");
  const socket = io(url, {
    auth: { token },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    timeout: patienceMs,
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("connect", resolve);
    socket.once("connect_error", (error: Error & { data?: unknown }) => {
      socket.close();
      // Socket.IO sends `data` along only when the server itself refused.
      reject(error.data === undefined ? nobodyAt(url, error) : refusedBy(url, error));
    });
  });
  return createClient(socketChannel(socket));
}

const nobodyAt = (url: string, cause: Error) =>
  new AetheriaError("disconnected", `Nobody answers at ${url}.`, { cause, retryable: true });

const refusedBy = (url: string, cause: Error) =>
  new AetheriaError("unauthorized", `The host at ${url} did not let this command in.`, {
    hint: "Stop that host and start it again, so that it writes a fresh address.",
    cause,
  });
