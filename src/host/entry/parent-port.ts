// The line to the process that started this one, as Electron's utility processes have it. Typed here,
// so that the host needs no Electron.
import type { EmitterPort } from "../../rpc/port-channel.ts";

export interface ParentPort {
  on(type: "message", listener: (event: { data: unknown; ports: EmitterPort[] }) => void): void;
  postMessage(message: unknown): void;
}

/** Throws where there is none: this program was not started by the desktop. */
export function parentPort(): ParentPort {
  const port: unknown = Reflect.get(process, "parentPort");
  if (!isParentPort(port)) throw new Error("There is no parent port: start this from the desktop.");
  return port;
}

const isParentPort = (port: unknown): port is ParentPort =>
  typeof port === "object" && port !== null && "postMessage" in port && "on" in port;
