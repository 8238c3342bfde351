// All sandboxes of a host: one for each session, behind the strongest wall this machine has, started when
// first needed, shared by all who open it at once, stopped when idle, replaced when lost, and gone with
// the session or the host. Which wall it is, is never hidden, and none is never taken for one.
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { ImageBuild, SandboxStatus, SandboxUsage } from "../../contract/sandbox.ts";
import type { Sandbox, Sandboxes } from "../../core/sandbox-ports.ts";
import { watchUse, type BusySandbox } from "./busy-sandbox.ts";
import { createScratch } from "./scratch.ts";
import { createSharedWork, type Waiter } from "./shared-work.ts";
import type { Wall, WallFound } from "./wall.ts";

/** What the room knows of a session's sandbox; its runs and hosts are known elsewhere. */
export type SandboxState = Omit<SandboxStatus, "runs" | "allowedHosts" | "blockedHosts">;

export interface HostSandboxes extends Sandboxes {
  /** Looks, and starts nothing. */
  state(sessionId: SessionId): Promise<SandboxState>;
  /** Ends it with everything in it; the next `open` starts another. */
  stop(sessionId: SessionId): Promise<void>;
  /** The session was deleted: its sandbox and its scratch folder go. */
  forget(sessionId: SessionId): Promise<void>;
  /** The folder that is /workspace for this session; null: none yet. */
  folderOf(sessionId: SessionId): Promise<string | null>;
  /** This session is likely to need one soon: has one ready where that is cheap. */
  expect(sessionId: SessionId): void;
  stopBuild(): void;
  close(): Promise<void>;
}

export type SandboxesOptions = {
  dataDir: string;
  clock: { now(): number };
  log(line: string): void;
  /** Strongest first. Made with what they are to tell about images, and where the next scratch folder is. */
  walls(parts: WallParts): Wall[];
  /** The bare machine, for sessions whose person agreed to it and only where no wall can be had. */
  machine: Wall;
  machineConsent(sessionId: SessionId): boolean;
  workspaceOf(sessionId: SessionId): string | null;
  isSession(sessionId: SessionId): boolean;
  /** Something that `state` tells is different now. */
  changed(sessionId: SessionId): void;
  idleMs?: number;
};

export type WallParts = {
  onBuild(build: ImageBuild | null): void;
  nextAfter(workspace: string): Promise<string>;
};

type Entry = {
  use: BusySandbox;
  wall: WallFound;
  /** The workspace, and which folder that was then. */
  place: string;
  idle: NodeJS.Timeout | undefined;
  looked: { atMs: number; cpuSeconds: number } | null;
};

const defaultIdleMs = 30 * 60_000;

export function createSandboxes(options: SandboxesOptions): HostSandboxes {
  const { clock, log, changed } = options;
  const idleMs = options.idleMs ?? defaultIdleMs;
  const scratchRoot = join(options.dataDir, "sandbox", "scratch");
  const scratch = createScratch(scratchRoot);
  const entries = new Map<SessionId, Entry>();
  const starting = new Set<SessionId>();
  const opening = createSharedWork<Sandbox>(stopped);
  const closing = new Set<Promise<unknown>>();
  let build: ImageBuild | null = null;
  let isClosed = false;

  const walls = options.walls({
    onBuild(now) {
      build = now;
      starting.forEach(changed);
    },
    async nextAfter(workspace) {
      return workspace.startsWith(scratchRoot) ? scratch.next() : workspace;
    },
  });

  /** What an earlier host left; nothing of this one is there before that is done. */
  const cleared = Promise.all([
    ...walls.map((wall) => wall.reap?.()),
    scratch.sweep(options.isSession),
  ]).catch((error: unknown) => log(`sandbox: ${String(error)}`));

  /** The first wall that can be had, for this session. */
  async function wallFor(
    sessionId: SessionId,
    signal: AbortSignal,
  ): Promise<{ wall: Wall; found: WallFound } | AetheriaError> {
    const problems: AetheriaError[] = [];
    for (const wall of walls) {
      const found = await wall.look(signal);
      if (!(found instanceof AetheriaError)) return { wall, found };
      problems.push(found);
    }
    if (!options.machineConsent(sessionId)) return noWall(problems);
    const found = await options.machine.look(signal);
    return found instanceof AetheriaError ? found : { wall: options.machine, found };
  }

  async function open(sessionId: SessionId, waiter: Waiter): Promise<Sandbox> {
    if (isClosed) throw stopped();
    const place = await placeOf(sessionId);
    const known = entries.get(sessionId);
    if (known) {
      if (known.place === place && isAllowed(sessionId, known)) return known.use.sandbox;
      await stop(sessionId);
    }
    return opening.join(sessionId, waiter, async (shared) => {
      starting.add(sessionId);
      changed(sessionId);
      try {
        return await start(sessionId, shared);
      } finally {
        starting.delete(sessionId);
        changed(sessionId);
      }
    });
  }

  async function start(sessionId: SessionId, waiter: Waiter): Promise<Sandbox> {
    await cleared;
    const chosen = await wallFor(sessionId, waiter.signal);
    if (chosen instanceof AetheriaError) throw chosen;
    const workspace = options.workspaceOf(sessionId) ?? (await scratch.claim(sessionId));
    const place = (await placeOf(sessionId)) ?? workspace;
    const inner = await chosen.wall.open(sessionId, workspace, waiter);
    const use = watchUse(inner, () => rest(sessionId, entry));
    const entry: Entry = { use, wall: chosen.found, place, idle: undefined, looked: null };
    if (isClosed || waiter.signal.aborted) {
      await inner.close();
      throw stopped();
    }
    entries.set(sessionId, entry);
    inner.onLost(() => {
      if (entries.get(sessionId) === entry) remove(sessionId, entry);
    });
    rest(sessionId, entry);
    return use.sandbox;
  }

  /** Begins to count the idle time anew. */
  function rest(sessionId: SessionId, entry: Entry): void {
    clearTimeout(entry.idle);
    if (entries.get(sessionId) !== entry) return;
    entry.idle = setTimeout(() => {
      if (entry.use.isBusy()) rest(sessionId, entry);
      else void stop(sessionId).catch((error: unknown) => log(`sandbox: ${String(error)}`));
    }, idleMs);
    entry.idle.unref();
  }

  function remove(sessionId: SessionId, entry: Entry): void {
    clearTimeout(entry.idle);
    entries.delete(sessionId);
    changed(sessionId);
  }

  async function stop(sessionId: SessionId): Promise<void> {
    const entry = entries.get(sessionId);
    if (!entry) return;
    remove(sessionId, entry);
    const closed = entry.use.sandbox.close();
    closing.add(closed);
    await closed.finally(() => closing.delete(closed));
  }

  async function placeOf(sessionId: SessionId): Promise<string | null> {
    const folder = options.workspaceOf(sessionId) ?? (await scratch.of(sessionId));
    if (folder === null) return null;
    const found = await stat(folder).catch(() => null);
    return `${folder}\0${found ? `${found.dev}:${found.ino}` : "gone"}`;
  }

  const isAllowed = (sessionId: SessionId, entry: Entry) =>
    entry.wall.tier !== "machine" || options.machineConsent(sessionId);

  async function usageOf(entry: Entry): Promise<SandboxUsage | null> {
    const load = await entry.use.sandbox.usage().catch(() => null);
    if (!load) return null;
    const now = { atMs: clock.now(), cpuSeconds: load.cpuSeconds };
    const before = entry.looked ?? now;
    entry.looked = now;
    const seconds = (now.atMs - before.atMs) / 1000;
    const cpu = seconds > 0 ? Math.max(0, now.cpuSeconds - before.cpuSeconds) / seconds : 0;
    const { memoryBytes, memoryLimitBytes, processes, processLimit } = load;
    return { memoryBytes, memoryLimitBytes, cpu, processes, processLimit };
  }

  const signalOfLook = () => AbortSignal.timeout(lookMs);

  return {
    open,
    current: (sessionId) => entries.get(sessionId)?.use.sandbox ?? null,
    async tierFor(sessionId) {
      const running = entries.get(sessionId);
      if (running && isAllowed(sessionId, running)) return running.wall.tier;
      const chosen = await wallFor(sessionId, signalOfLook());
      return chosen instanceof AetheriaError ? null : chosen.found.tier;
    },
    async state(sessionId) {
      const entry = entries.get(sessionId);
      const chosen = entry ? { found: entry.wall } : await wallFor(sessionId, signalOfLook());
      const isStarting = starting.has(sessionId);
      const problem: ErrorData | null = chosen instanceof AetheriaError ? chosen.toData() : null;
      return {
        tier: chosen instanceof AetheriaError ? null : chosen.found.tier,
        title: chosen instanceof AetheriaError ? "" : chosen.found.title,
        phase: entry ? "ready" : !isStarting ? "none" : build ? "building" : "starting",
        problem,
        build: isStarting ? build : null,
        processes: entry?.use.sandbox.processes() ?? [],
        usage: entry ? await usageOf(entry) : null,
        machineConsent: options.machineConsent(sessionId),
      };
    },
    stop,
    async forget(sessionId) {
      await stop(sessionId);
      await scratch.remove(sessionId);
    },
    folderOf: async (sessionId) => options.workspaceOf(sessionId) ?? (await scratch.of(sessionId)),
    expect(sessionId) {
      if (entries.has(sessionId) || starting.has(sessionId) || isClosed) return;
      const folder = async () => {
        await cleared;
        return (
          options.workspaceOf(sessionId) ?? (await scratch.of(sessionId)) ?? (await scratch.next())
        );
      };
      folder().then(
        (workspace) => walls[0]?.warm?.(workspace),
        (error: unknown) => log(`sandbox: ${String(error)}`),
      );
    },
    stopBuild: () => [...walls].forEach((wall) => wall.stopBuild?.()),
    async close() {
      isClosed = true;
      opening.stopAll();
      await cleared;
      await opening.settled();
      const all = [...entries.keys()].map(stop);
      await Promise.allSettled([...all, ...closing]);
      await Promise.allSettled([...walls, options.machine].map((wall) => wall.close()));
    },
  };
}

/** Longest for a look at what is there; an engine that does not answer by then is none. */
const lookMs = 5_000;

const stopped = () =>
  new AetheriaError("cancelled", "The start of the sandbox was stopped.", { retryable: true });

/** The first problem is that of the strongest wall: its fix helps most. */
function noWall(problems: AetheriaError[]): AetheriaError {
  const [first, ...others] = problems;
  const found = [first, ...others].map((problem) => problem?.message).filter(Boolean);
  return new AetheriaError(
    "part_missing",
    `There is no sandbox on this machine, so nothing was run. ${found.join(" ")}`.trim(),
    {
      ...(first?.hint === undefined ? {} : { hint: first.hint }),
      retryable: true,
    },
  );
}
