// Finds the host of a data folder: the one that serves it, else one inside this process. Commands
// get the same client either way.
import { AetheriaError } from "../contract/errors.ts";
import { readHostFile, type HostFile } from "../host/entry/host-file.ts";
import type { CommandParts, OpenedClient } from "./command.ts";

export const openClient: CommandParts["openClient"] = async ({ dataDir, env }) => {
  const running = await readHostFile(dataDir);
  const served = running && (await openServed(running));
  if (served) return served;
  const { openInProcess } = await import("../host/entry/in-process.ts");
  const { client, close } = await openInProcess(dataDir, env);
  return { client, url: null, close };
};

/** null: nobody answers there, the file is a leftover. Being turned away is an error. */
async function openServed({ url, token }: HostFile): Promise<OpenedClient | null> {
  const { connectSocket } = await import("./connect-socket.ts");
  try {
    const client = await connectSocket(url, token);
    return { client, url, close: async () => client.close() };
  } catch (error) {
    if (error instanceof AetheriaError && error.code === "disconnected") return null;
    throw error;
  }
}
