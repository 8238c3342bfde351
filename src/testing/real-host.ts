// A real host on a data folder of its own, with one client over the linked pair: what a page has,
// without the page. It knows no model but the ones a test gives it in `env`.
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CallInput, Push } from "../contract/calls.ts";
import type { ErrorData } from "../contract/errors.ts";
import { createHost, type Host } from "../host/host.ts";
import { createClient, type Client } from "../rpc/client.ts";
import { createLinkedPair } from "../rpc/linked-pair.ts";
import { wait, watchSession, type StartedSession } from "./watch-session.ts";

export type RealHost = {
  host: Host;
  client: Client;
  dataDir: string;
  pushes: readonly Push[];
  /** Notices that were told while the host worked. */
  notices(): ErrorData[];
  logged: readonly string[];
  /** Resolves with the first push that fits, from now on or from before. */
  pushed<T>(find: (push: Push) => T | undefined): Promise<T>;
  start(input?: CallInput<"session.create">): Promise<StartedSession>;
  close(): Promise<void>;
};

/** No model anywhere: nothing listens on port 1. */
export const noModels = { OLLAMA_HOST: "http://127.0.0.1:1" };

export const temporaryFolder = async (name: string): Promise<string> =>
  realpath(await mkdtemp(join(tmpdir(), `aetheria-${name}-`)));

/** Without `dataDir` the folder is made, and removed at the end. */
export async function openRealHost(
  options: { env?: Record<string, string>; dataDir?: string; restart?: () => void } = {},
): Promise<RealHost> {
  const dataDir = options.dataDir ?? (await temporaryFolder("host"));
  const logged: string[] = [];
  const host = await createHost({
    dataDir,
    env: { ...noModels, ...options.env },
    log: (line) => void logged.push(line),
    ...(options.restart && { restart: options.restart }),
  });
  const [near, far] = createLinkedPair();
  host.connect(far);
  const client = createClient(near);
  const pushes: Push[] = [];
  const listeners = new Set<() => void>();
  client.onPush((push) => {
    pushes.push(push);
    for (const listener of [...listeners]) listener();
  });

  const pushed: RealHost["pushed"] = (find) => wait(listeners, () => firstOf(pushes, find));
  return {
    host,
    client,
    dataDir,
    pushes,
    logged,
    pushed,
    notices: () => pushes.flatMap((push) => (push.type === "notice" ? [push.notice] : [])),
    start: (input = {}) => startSession(client, input),
    close: async () => {
      client.close();
      await host.close();
      if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function firstOf<T>(pushes: Push[], find: (push: Push) => T | undefined): T | undefined {
  for (const push of pushes) {
    const found = find(push);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function startSession(
  client: Client,
  input: CallInput<"session.create">,
): Promise<StartedSession> {
  const { sessionId } = await client.call("session.create", input);
  return watchSession(client, sessionId);
}
