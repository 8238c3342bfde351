// What core and the tools need of sandboxes, whatever wall stands around the code. The tiers of
// host/sandbox fill it; one suite runs against each of them.
import type { SessionId } from "../contract/ids.ts";
import type { SandboxLanguage, SandboxProcess, SandboxTier } from "../contract/sandbox.ts";

/** Inside, the workspace is here on every tier that has a file system of its own. */
export const sandboxWorkspace = "/workspace";

export type RunRequest = {
  language: SandboxLanguage;
  code: string;
  /** A process of its own that leaves nothing behind; else Python and Node go on in what they kept
   * from the calls before, as in a notebook. The shell always starts anew. */
  fresh: boolean;
  stdin?: string;
  /** Over those of the session. */
  env?: Readonly<Record<string, string>>;
  timeoutMs: number;
  /** Hosts this one run may reach besides the session's: `host` or `host:port`. */
  hosts?: readonly string[];
};

export type RunPiece =
  | { type: "stdout" | "stderr"; bytes: Uint8Array }
  /** Something to look at: a figure, a table. `name` has an extension that fits `mime`. */
  | { type: "display"; mime: string; name: string; title: string; bytes: Uint8Array };

export type FileChanged = { path: string; change: "created" | "modified" | "deleted" };

export type RunEnd = {
  /** null: it was ended by a signal. */
  exitCode: number | null;
  /** Why it was ended, where it did not end by itself. `lost`: the wall itself went away meanwhile
   * (container killed, engine restarted); the next run gets a new one. */
  ended: "timeout" | "stopped" | "memory" | "processes" | "disk" | "lost" | null;
  /** The language's kept state is gone: it had to be killed. */
  stateLost: boolean;
  ms: number;
  memoryPeakBytes: number | null;
  /** In the workspace, sorted by path; at most `maxChanges`, and `moreChanges` says how many are left out. */
  changed: FileChanged[];
  moreChanges: number;
  blockedHosts: string[];
};

export const maxChanges = 500;

/** One session's sandbox. Everything in it ends with `close`. */
export interface Sandbox {
  readonly tier: SandboxTier;
  /** Pieces in order as they come; returns how it ended. A consumer that is slow slows the program,
   * nothing piles up. Aborting ends the run with all its processes within a second and returns
   * `stopped`. Throws AetheriaError `part_missing`, `workspace_missing`, `disk_full` before it starts,
   * never for what the program does. */
  run(request: RunRequest, signal: AbortSignal): AsyncGenerator<RunPiece, RunEnd, void>;

  /** Starts a shell command and leaves it running. */
  start(
    command: string,
    options: { env?: Readonly<Record<string, string>>; hosts?: readonly string[] },
  ): Promise<SandboxProcess>;
  processes(): SandboxProcess[];
  /** What it printed (both streams as they came) since `from`; the oldest is dropped past a megabyte. */
  output(processId: string, from: number): { text: string; next: number; skippedBytes: number };
  write(processId: string, text: string, end: boolean): Promise<void>;
  /** Asks with SIGTERM, ends by force after two seconds, children included. */
  stopProcess(processId: string): Promise<SandboxProcess>;

  /** Forgets what the language kept. */
  reset(language: SandboxLanguage): Promise<void>;
  openTerminal(size: TerminalSize): Promise<Terminal>;
  usage(): Promise<SandboxLoad | null>;
  /** Called once when the wall went away without `close`. */
  onLost(listener: () => void): void;
  close(): Promise<void>;
}

export type SandboxLoad = {
  memoryBytes: number;
  memoryLimitBytes: number | null;
  /** Seconds of processor time so far. */
  cpuSeconds: number;
  processes: number;
  processLimit: number | null;
};

export type TerminalSize = { cols: number; rows: number };

export interface Terminal {
  write(text: string): void;
  resize(size: TerminalSize): void;
  /** One listener. Returns how the terminal is slowed: nothing more comes while a promise is open. */
  onOutput(listener: (bytes: Uint8Array) => Promise<void> | void): void;
  onEnd(listener: (exitCode: number | null) => void): void;
  close(): void;
}

/** All sandboxes of a host, one for each session, started when first needed. */
export interface Sandboxes {
  /** The session's, started where there is none. Throws AetheriaError `part_missing` with the fix when
   * no tier can be had here, `workspace_missing`, `cancelled`. `onProgress` hears of an image that is
   * being built meanwhile, one line at a time. */
  open(
    sessionId: SessionId,
    options: { signal: AbortSignal; onProgress: (line: string) => void },
  ): Promise<Sandbox>;
  /** The running one; null: there is none now. */
  current(sessionId: SessionId): Sandbox | null;
  /** The tier `open` would use now; null: none. */
  tierFor(sessionId: SessionId): Promise<SandboxTier | null>;
}
