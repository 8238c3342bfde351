// A host inside this process, for commands that run while nothing serves the data folder.
import type { ErrorData } from "../../contract/errors.ts";
import { createClient, type Client } from "../../rpc/client.ts";
import { createLinkedPair } from "../../rpc/linked-pair.ts";
import type { Environment } from "./environment.ts";
import { openHost } from "./open-host.ts";

export interface InProcessHost {
  client: Client;
  notices: readonly ErrorData[];
  close(): Promise<void>;
}

/** Throws data_folder_in_use when another process has the folder. */
export async function openInProcess(dataDir: string, env: Environment): Promise<InProcessHost> {
  const host = await openHost(dataDir, env);
  const [near, far] = createLinkedPair();
  host.connect(far);
  const client = createClient(near);
  return {
    client,
    notices: host.notices,
    async close() {
      client.close();
      await host.close();
    },
  };
}
