// A fresh line between one page and the host: a channel with an end for each. Main keeps neither.
import { MessageChannelMain, type WebContents } from "electron";
import { portMessage, type MainMessage } from "../contract/desktop.ts";
import type { HostProcess } from "./host-process.ts";

export function sendPort(page: WebContents, host: HostProcess): void {
  const { port1, port2 } = new MessageChannelMain();
  host.post({ type: "port" } satisfies MainMessage, [port1]);
  page.postMessage(portMessage, null, [port2]);
}
