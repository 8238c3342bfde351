// A channel over a MessagePort: the web's, Node's and Electron's. Where a port speaks both dialects
// (Node's does) the web's is used; Electron's main-side ports have events only.
import type { Channel } from "./channel.ts";
import { createInbox } from "./inbox.ts";

interface PortBase {
  postMessage(message: unknown): void;
  start?(): void;
  close(): void;
}

/** A DOM MessagePort, or Node's. */
export interface WebPort extends PortBase {
  addEventListener(type: "message" | "close", listener: (event: { data?: unknown }) => void): void;
}

/** Electron's MessagePortMain: its `message` event carries `data` too. */
export interface EmitterPort extends PortBase {
  on(type: string, listener: (event: { data: unknown }) => void): unknown;
}

/** The channel owns the port from here on: nobody else may listen to it or close it. */
export function portChannel(port: WebPort | EmitterPort): Channel {
  const inbox = createInbox();
  const receive = (event: { data?: unknown }) => inbox.receive(event.data);
  if ("addEventListener" in port) {
    port.addEventListener("message", receive);
    // Browsers without this event never say that the far end went; Electron's do.
    port.addEventListener("close", () => inbox.end());
  } else {
    port.on("message", receive);
    port.on("close", () => inbox.end());
  }
  port.start?.();
  return {
    post(message) {
      if (!inbox.closed) port.postMessage(message);
    },
    onMessage: inbox.onMessage,
    onClose: inbox.onClose,
    close() {
      port.close();
      inbox.end();
    },
  };
}
