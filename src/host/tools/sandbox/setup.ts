// What the sandbox family needs of other rooms; host.ts hands it in.
import type { AetheriaError } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { SandboxRun } from "../../../contract/sandbox.ts";
import type { FileEffect } from "../../../contract/tool.ts";
import type { Attachments } from "../../../core/ports.ts";
import type { FileChanged, Sandboxes } from "../../../core/sandbox-ports.ts";

export type SandboxToolsSetup = {
  sandboxes: Sandboxes;
  attachments: Attachments;
  /** Milliseconds that only go forwards. */
  now(): number;
  /** It runs now; returns what to call when it is over. */
  running(sessionId: SessionId, run: Omit<SandboxRun, "startedAt">): () => void;
  network: {
    /** Hosts the person allowed this session's code for good. */
    allowedHosts(sessionId: SessionId): readonly string[];
    /** How many connections of its code were let out so far. */
    reached(sessionId: SessionId): number;
  };
  files: {
    /** Right before a program runs; the answer tells what it did to files. Never throws. */
    before(workspace: string): Promise<{
      effects(changed: readonly FileChanged[]): Promise<FileEffect[]>;
    }>;
    /** The folder that is the workspace inside, also of a session that has none; null: none yet. */
    folderOf(sessionId: SessionId): Promise<string | null>;
    /** Why code must not see this folder; null: it may. */
    refusal(workspace: string): Promise<AetheriaError | null>;
    /** What the agent changed in this session's folder, in sum. */
    changes(sessionId: SessionId): Promise<FileChanged[]>;
  };
};
