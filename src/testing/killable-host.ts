// Starts host-process.ts and gives a client of it, and the means to kill it at once.
import { fork } from "node:child_process";
import { join } from "node:path";
import type { Channel } from "../rpc/channel.ts";
import { createClient, type Client } from "../rpc/client.ts";

export type KillableHost = {
  client: Client;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
};

export async function startKillableHost(dataDir: string): Promise<KillableHost> {
  const script = join(import.meta.dirname, "host-process.ts");
  const child = fork(script, [dataDir], { serialization: "advanced" });
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once("message", () => resolve());
    child.once("exit", (code) => reject(new Error(`the host ended with ${code}`)));
  });
  const channel: Channel = {
    post: (message) => void (child.connected && child.send(message as object)),
    onMessage: (listener) => void child.on("message", listener),
    onClose: (listener) => void child.once("exit", () => listener()),
    close: () => child.disconnect(),
  };
  return {
    client: createClient(channel),
    async kill() {
      child.kill("SIGKILL");
      await gone;
    },
  };
}
