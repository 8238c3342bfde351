// The socket to a host on the same network.
import { io } from "socket.io-client";
import { AetheriaError, ErrorData } from "../../contract/errors.ts";
import type { Channel } from "../../rpc/channel.ts";
import { socketChannel } from "../../rpc/socket-channel.ts";

/** `url`: of the host, without a path. Rejects with an AetheriaError. */
export function openSocket(url: string, token: string): Promise<Channel> {
  const socket = io(url, {
    auth: { token },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
  });
  return new Promise((resolve, reject) => {
    socket.once("connect", () => resolve(socketChannel(socket)));
    socket.once("connect_error", (error: Error & { data?: unknown }) => {
      socket.disconnect();
      reject(refusal(error));
    });
  });
}

/** The gateway says why in `data`, as an error for a person; anything else is a network that is not
 * there. */
export function refusal(error: Error & { data?: unknown }): AetheriaError {
  const told = ErrorData.safeParse(error.data);
  if (told.success) return AetheriaError.fromData(told.data);
  return new AetheriaError("disconnected", "Your desktop does not answer.", {
    hint: "Is it on, and on the same network? This device tries again by itself.",
    retryable: true,
  });
}
