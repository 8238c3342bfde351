// Beginning with a host on the same network: by a token that this device has, or by a code that makes
// it one of the host's devices.
import { io } from "socket.io-client";
import { AetheriaError } from "../../contract/errors.ts";
import { LanWelcome } from "../../contract/lan.ts";
import { refusal } from "./open-socket.ts";

const answerWithinMs = 15_000;

/** Shows the code once and gets this device's own token for it. Rejects with an AetheriaError. */
export function pair(url: string, code: string, name: string): Promise<LanWelcome> {
  const socket = io(url, {
    auth: { code, name },
    transports: ["websocket"],
    reconnection: false,
    forceNew: true,
    timeout: answerWithinMs,
  });
  return new Promise<LanWelcome>((resolve, reject) => {
    const timer = setTimeout(() => reject(silent()), answerWithinMs);
    socket.once("welcome", (welcome: unknown) => {
      clearTimeout(timer);
      const parsed = LanWelcome.safeParse(welcome);
      if (parsed.success) resolve(parsed.data);
      else reject(silent());
    });
    socket.once("connect_error", (error: Error & { data?: unknown }) => {
      clearTimeout(timer);
      reject(refusal(error));
    });
  }).finally(() => socket.disconnect());
}

const silent = () =>
  new AetheriaError("timeout", "Your desktop did not answer the code.", {
    hint: "Show a new code there and try again.",
    retryable: true,
  });
