// What the page gets from the desktop, and nothing else: the verbs of contract/desktop.ts, what main
// tells, and the port to the host. It checks nothing: main does.
import { contextBridge, ipcRenderer } from "electron";
import type { ErrorData } from "../contract/errors.ts";
import type { DesktopBridge, DesktopEvent, portMessage } from "../contract/desktop.ts";

type Answer<Output> = { ok: true; output: Output } | { ok: false; error: ErrorData };

// Only the type is imported, so that no schema is loaded here.
const port: typeof portMessage = "aetheria:port";

const bridge: DesktopBridge = {
  platform: process.platform,
  async call(name, input) {
    const answer: Answer<never> = await ipcRenderer.invoke(`aetheria:${name}`, input);
    return answer.ok ? answer.output : Promise.reject(answer.error);
  },
  onEvent: (listener) => {
    ipcRenderer.on("aetheria:event", (_event, event: DesktopEvent) => listener(event));
  },
};

contextBridge.exposeInMainWorld("aetheria", bridge);
ipcRenderer.on(port, (event) => window.postMessage(port, location.origin, [...event.ports]));
