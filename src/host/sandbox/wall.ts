// A kind of wall, as this machine may have it. The sandboxes of a host take the first that can be had.
import type { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { SandboxTier } from "../../contract/sandbox.ts";
import type { Sandbox } from "../../core/sandbox-ports.ts";
import type { Waiter } from "./shared-work.ts";

export type WallFound = {
  tier: SandboxTier;
  /** `Docker 28.2`, as people say it. */
  title: string;
};

export interface Wall {
  /** Cheap, and starts nothing. An error says why it cannot be had here, and the fix. */
  look(signal: AbortSignal): Promise<WallFound | AetheriaError>;
  /** A sandbox for this session, in this folder. Throws as `Sandboxes.open` does; nothing is left then. */
  open(sessionId: SessionId, workspace: string, waiter: Waiter): Promise<Sandbox>;
  /** Sessions with this folder are likely to come: has one ready where that is cheap. Never rejects. */
  warm?(workspace: string): Promise<void>;
  /** Ends the making of what this wall needs; those who wait get `cancelled`. */
  stopBuild?(): void;
  /** Removes what an earlier run of this host left behind. */
  reap?(): Promise<void>;
  close(): Promise<void>;
}
