// Joins the sandboxes to the store, the way out and those who watch. Nothing of them is loaded before
// somebody needs one, or some seconds after the start where an earlier host may have left some behind.
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Push } from "../contract/calls.ts";
import { AetheriaError } from "../contract/errors.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Store } from "../core/ports.ts";
import type { Sandboxes } from "../core/sandbox-ports.ts";
import type { Egress } from "./egress/egress.ts";
import { createRunBoard, type RunBoard } from "./sandbox/run-board.ts";
import type { HostSandboxes } from "./sandbox/sandboxes.ts";
import { clock, describe } from "./system-parts.ts";

export type SandboxParts = {
  /** The port, filled when it is first used. */
  sandboxes: Sandboxes;
  load(): Promise<HostSandboxes>;
  board: RunBoard;
  changed(sessionId: SessionId): void;
  /** null: it has none yet. Loads nothing. */
  folderOf(sessionId: SessionId): Promise<string | null>;
  /** The person wrote in this session: it may need one soon, where sandboxes are in use here. */
  expect(sessionId: SessionId): void;
  /** What the making of an image fetches may not leave this machine either. */
  wentOffline(): void;
  /** The session was deleted. */
  forget(sessionId: SessionId): Promise<void>;
  close(): Promise<void>;
};

type Needs = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  store: Store;
  egress: Egress;
  broadcast(push: Push): void;
  log(line: string): void;
};

/** Who hears that a sandbox changed asks about it again: that is enough a few times a second. */
const tellEveryMs = 100;
/** When the page is up and the disk is quiet. */
const leftoversMs = 8_000;

export function createSandboxParts(needs: Needs): SandboxParts {
  const { dataDir, store, egress, broadcast, log } = needs;
  const waiting = new Map<SessionId, NodeJS.Timeout>();
  const changed = (sessionId: SessionId) => {
    if (waiting.has(sessionId)) return;
    const tell = () => {
      waiting.delete(sessionId);
      broadcast({ type: "sandbox.changed", sessionId });
    };
    waiting.set(sessionId, setTimeout(tell, tellEveryMs).unref());
  };
  const board = createRunBoard(changed);
  let loaded: HostSandboxes | null = null;
  let loading: Promise<HostSandboxes> | null = null;
  let isClosed = false;

  const load = () => {
    if (isClosed) throw new AetheriaError("cancelled", "Aetheria is shutting down.");
    return (loading ??= open(needs, board, changed).then((made) => (loaded = made)));
  };

  const wasUsed = existsSync(join(dataDir, "sandbox"));
  const leftovers = wasUsed
    ? setTimeout(() => {
        // Making them is what looks for what an earlier host left behind.
        load().catch((error: unknown) => log(`sandbox: ${describe(error)}`));
      }, leftoversMs).unref()
    : undefined;

  return {
    load: async () => load(),
    board,
    changed,
    sandboxes: {
      open: async (sessionId, options) => (await load()).open(sessionId, options),
      current: (sessionId) => loaded?.current(sessionId) ?? null,
      tierFor: async (sessionId) => (await load()).tierFor(sessionId),
    },
    folderOf: async (sessionId) =>
      store.session(sessionId)?.workspace ?? (await loaded?.folderOf(sessionId)) ?? null,
    expect: (sessionId) => loaded?.expect(sessionId),
    wentOffline: () => loaded?.stopBuild(),
    async forget(sessionId) {
      board.forget(sessionId);
      egress.forgetSession(sessionId);
      if (loaded !== null || wasUsed) await (await load()).forget(sessionId);
    },
    async close() {
      isClosed = true;
      clearTimeout(leftovers);
      for (const timer of waiting.values()) clearTimeout(timer);
      await (await loading?.catch(() => null))?.close();
    },
  };
}

async function open(
  { dataDir, env, store, egress, log }: Needs,
  board: RunBoard,
  changed: (sessionId: SessionId) => void,
): Promise<HostSandboxes> {
  const { openSandboxes } = await import("./sandbox/open-sandboxes.ts");
  return openSandboxes({
    ...{ dataDir, env, clock, log, changed, platform: process.platform },
    network: {
      serve: (connection, from) =>
        egress.proxy.serve(connection, {
          ...from,
          blocked(host) {
            board.refused(from.sessionId, host);
            from.blocked(host);
          },
        }),
    },
    isOffline: () => store.settings().offline,
    machineConsent: (sessionId) => store.session(sessionId)?.machineConsent === true,
    workspaceOf: (sessionId) => store.session(sessionId)?.workspace ?? null,
    isSession: (sessionId) => store.session(sessionId) !== null,
  });
}
