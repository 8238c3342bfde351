// The page's side of the desktop app: its bridge where there is one, and the port to the host that
// comes through it.
import { portMessage, type DesktopBridge } from "../../contract/desktop.ts";
import { ErrorData, AetheriaError } from "../../contract/errors.ts";
import type { Channel } from "../../rpc/channel.ts";
import { portChannel } from "../../rpc/port-channel.ts";

declare global {
  interface Window {
    /** Put there by the desktop's preload. */
    readonly aetheria?: DesktopBridge;
  }
}

/** null: this page is shown by a browser. */
export function desktopBridge(): DesktopBridge | null {
  return window.aetheria ?? null;
}

/** What the desktop rejected with, as an AetheriaError. */
export function desktopError(reason: unknown): AetheriaError {
  const data = ErrorData.safeParse(reason).data;
  return data ? AetheriaError.fromData(data) : unreachable(reason);
}

/** Waits for the host as long as it takes; the desktop says meanwhile how the host is. */
export function openPort(desktop: DesktopBridge): Promise<Channel> {
  return new Promise((resolve, reject) => {
    const receive = ({ source, data, ports: [port] }: MessageEvent<unknown>) => {
      if (source !== window || data !== portMessage || !port) return;
      window.removeEventListener("message", receive);
      resolve(portChannel(port));
    };
    window.addEventListener("message", receive);
    desktop.call("connect", {}).catch((reason: unknown) => {
      window.removeEventListener("message", receive);
      reject(desktopError(reason));
    });
  });
}

const unreachable = (cause: unknown) =>
  new AetheriaError("disconnected", "The window lost its line to Aetheria.", {
    hint: "Start Aetheria again.",
    retryable: true,
    cause,
  });
