// Joins the sandboxes to the store, the way out and those who watch.
import { join } from "node:path";
import type { Push } from "../contract/calls.ts";
import type { SessionId } from "../contract/ids.ts";
import type { Store } from "../core/ports.ts";
import type { Sandboxes } from "../core/sandbox-ports.ts";
import type { Egress } from "./egress/egress.ts";
import { createLazyRoom, type LazyRoom } from "./lazy-room.ts";
import { createRunBoard, type RunBoard } from "./sandbox/run-board.ts";
import type { HostSandboxes } from "./sandbox/sandboxes.ts";
import { clock } from "./system-parts.ts";

export type SandboxParts = LazyRoom<HostSandboxes> & {
  /** The port, filled when it is first used. */
  sandboxes: Sandboxes;
  board: RunBoard;
  /** null: it has none yet. Loads nothing. */
  folderOf(sessionId: SessionId): Promise<string | null>;
  /** The person wrote in this session: it may need one soon, where sandboxes are in use here. */
  expect(sessionId: SessionId): void;
  /** What the making of an image fetches may not leave this machine either. */
  wentOffline(): void;
};

type Needs = {
  dataDir: string;
  env: Readonly<Record<string, string | undefined>>;
  store: Store;
  egress: Egress;
  broadcast(push: Push): void;
  log(line: string): void;
};

export function createSandboxParts(needs: Needs): SandboxParts {
  const { dataDir, store, egress, broadcast, log } = needs;
  const room = createLazyRoom<HostSandboxes>({
    ...{ name: "sandbox", folder: join(dataDir, "sandbox"), log },
    open: (changed) => open(needs, board, changed),
    tell: (sessionId) => broadcast({ type: "sandbox.changed", sessionId }),
  });
  const board = createRunBoard(room.changed);
  return {
    ...room,
    board,
    sandboxes: {
      open: async (sessionId, options) => (await room.load()).open(sessionId, options),
      current: (sessionId) => room.loaded()?.current(sessionId) ?? null,
      tierFor: async (sessionId) => (await room.load()).tierFor(sessionId),
    },
    folderOf: async (sessionId) =>
      store.session(sessionId)?.workspace ?? (await room.loaded()?.folderOf(sessionId)) ?? null,
    expect: (sessionId) => room.loaded()?.expect(sessionId),
    wentOffline: () => room.loaded()?.stopBuild(),
    async forget(sessionId) {
      board.forget(sessionId);
      egress.forgetSession(sessionId);
      await room.forget(sessionId);
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
