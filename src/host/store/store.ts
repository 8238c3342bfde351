// The store over SQLite: opens the data folder for this host alone and fills the port. What is
// found damaged is saved and told as a notice; opening fails only where nothing can be written.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import type { ErrorData } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { MirrorTable } from "../../core/mirror/ports.ts";
import type { Clock, Store } from "../../core/ports.ts";
import { createAttachmentFiles } from "./attachment-files.ts";
import { copyDatabase } from "./copy-database.ts";
import { noSession } from "./event-log.ts";
import { forkSession, importSession } from "./fork-session.ts";
import { lockDataFolder } from "./lock.ts";
import { startIntegrityCheck, type IntegrityCheck } from "./integrity-check.ts";
import { removeSession } from "./remove-session.ts";
import { guarded, storageError } from "./storage-error.ts";
import type { StoreParts } from "./store-parts.ts";
import { openSalvaged, openSoundDatabase, type SoundDatabase } from "./sound-database.ts";
import { readTail } from "../../core/session/tail.ts";

export type OpenStoreOptions = {
  dataDir: string;
  clock: Pick<Clock, "now">;
  log(line: string): void;
  /** Called once the folder is this host's alone, before its database is opened. */
  beforeOpening?(): void;
};

const flushAfterMs = 200;
const sweepAfterMs = 24 * 60 * 60 * 1000;

export function openStore(options: OpenStoreOptions): Store {
  const { dataDir, clock, log } = options;
  return guarded(dataDir, () => {
    mkdirSync(dataDir, { recursive: true });
    const lock = lockDataFolder(dataDir);
    try {
      options.beforeOpening?.();
      const report = (line: string) => log(`store: ${line}`);
      const opened = openSoundDatabase(join(dataDir, "aetheria.db"), clock, report);
      return createStore(options, opened, () => lock.release());
    } catch (error) {
      lock.release();
      throw error;
    }
  });
}

function createStore(options: OpenStoreOptions, opened: SoundDatabase, release: () => void): Store {
  const { dataDir, clock } = options;
  const report = (line: string) => options.log(`store: ${line}`);
  const files = createAttachmentFiles(dataDir);
  const guard = <Result>(step: () => Result) => guarded(dataDir, step);
  const notices: ErrorData[] = opened.notice ? [opened.notice] : [];
  let { parts } = opened;
  let timer: NodeJS.Timeout | null = null;
  let check: IntegrityCheck | null = null;
  let checked: Promise<string | null> | null = null;
  let closed = false;

  function written(): void {
    if (parts.projector.isFull()) parts.projector.tryFlush();
    if (timer || !parts.projector.hasPending()) return;
    timer = setTimeout(() => {
      timer = null;
      if (!parts.projector.tryFlush()) written();
    }, flushAfterMs);
    timer.unref();
  }

  /** Looks at the whole file once in the background; a damaged one is replaced by what is saved. */
  async function checkIntegrity(): Promise<string | null> {
    check = startIntegrityCheck(parts.db.name);
    const problems = await check.found;
    check = null;
    if (closed) return null;
    if (problems.length > 0) return repair(problems);
    const removed = await files.sweep(isUsed, clock.now() - sweepAfterMs);
    if (removed > 0) report(`removed ${removed} attachments that nothing refers to any more`);
    return null;
  }

  function repair(problems: string[]): string | null {
    report(`the database is damaged: ${problems.join("; ")}`);
    parts.projector.tryFlush();
    parts.db.close();
    const salvaged = guard(() => openSalvaged(parts.db.name, clock, report));
    parts = salvaged.parts;
    if (salvaged.notice) notices.push(salvaged.notice);
    return salvaged.notice?.message ?? null;
  }

  const isUsed = (sha256: string) => {
    if (closed) return true;
    parts.projector.tryFlush();
    const uses = "SELECT 1 FROM attachments WHERE sha256 = ? LIMIT 1";
    return parts.db.prepare(uses).get(sha256) !== undefined;
  };

  const entryOf = (sessionId: SessionId) => {
    const entry = parts.sessions.find(sessionId);
    if (!entry) throw noSession();
    return entry;
  };

  return {
    attachments: files,
    notices,
    mirror: mirrorOf(() => parts, guard),
    append: (sessionId, events, durability) =>
      guard(() => {
        const stored = parts.log.append(sessionId, events, durability);
        written();
        return stored;
      }),
    events: (sessionId, { from = 0, to = Number.MAX_SAFE_INTEGER, limit = -1 }) =>
      guard(() => parts.log.events(sessionId, from, to, limit)),
    milestones: (sessionId) => guard(() => parts.log.milestones(sessionId)),
    tail: (sessionId, limit, before = Number.MAX_SAFE_INTEGER) =>
      guard(() => {
        const entry = parts.sessions.find(sessionId);
        if (!entry) return { events: [], hasEarlier: false };
        const readBack = (upTo: number, count: number) => parts.log.readBack(entry, upTo, count);
        return readTail(readBack, before, limit);
      }),
    appendOpenText: (sessionId, piece) =>
      guard(() => parts.openTexts.add(entryOf(sessionId).key, piece)),
    openTexts: (sessionId) =>
      guard(() => {
        const entry = parts.sessions.find(sessionId);
        return entry ? parts.openTexts.read(entry.key) : [];
      }),
    session: (sessionId) => guard(() => parts.sessions.find(sessionId)?.state?.summary ?? null),
    sessions: ({ archived, limit, before = Number.MAX_SAFE_INTEGER }) =>
      guard(() => {
        parts.projector.tryFlush();
        return parts.sessions.list(archived, before, limit);
      }),
    unfinishedSessions: () =>
      guard(() => {
        parts.projector.tryFlush();
        return parts.sessions.running();
      }),
    hasMessage: (sessionId, messageId) =>
      guard(() => {
        const entry = parts.sessions.find(sessionId);
        return entry ? parts.log.messageSeq(entry, messageId) : null;
      }),
    deleteSession: (sessionId) => guard(() => removeSession(parts, sessionId)),
    forkSession: (sessionId, newId, seq) =>
      guard(() => {
        const summary = forkSession(parts, sessionId, newId, seq);
        written();
        return summary;
      }),
    importSession: (sessionId, events) =>
      guard(() => {
        const summary = importSession(parts, sessionId, events);
        written();
        return summary;
      }),
    search: (query, searchOptions) =>
      guard(() => {
        const written = parts.projector.tryFlush();
        const { hits, complete } = parts.search(query, searchOptions);
        return { hits, complete: complete && written };
      }),
    settings: () => guard(() => parts.settings.settings()),
    saveSettings: (patch) => guard(() => parts.settings.saveSettings(patch)),
    grants: () => guard(() => parts.settings.grants()),
    saveGrant: (grant) => guard(() => parts.settings.saveGrant(grant)),
    deleteGrant: (grantId) => guard(() => parts.settings.deleteGrant(grantId)),
    spending: (nowMs) =>
      guard(() => {
        parts.projector.tryFlush();
        return spentSince(parts, new Date(nowMs).setHours(0, 0, 0, 0));
      }),
    copyTo: async (path, onProgress, signal) => {
      parts.projector.tryFlush();
      await copyDatabase(parts.db, path, onProgress, signal).catch((error: unknown) => {
        throw storageError(error, dataDir);
      });
    },
    checkIntegrity: () => (checked ??= checkIntegrity()),
    close: () => {
      if (closed) return;
      closed = true;
      if (timer) clearTimeout(timer);
      check?.stop();
      parts.projector.tryFlush();
      parts.db.close();
      release();
    },
  };
}

/** What follows from the log is written before it is asked; the parts may be replaced meanwhile. */
function mirrorOf(
  parts: () => StoreParts,
  guard: <Result>(step: () => Result) => Result,
): MirrorTable {
  const read = <Result>(step: (table: MirrorTable) => Result) =>
    guard(() => {
      parts().projector.tryFlush();
      return step(parts().mirror);
    });
  const table = <Result>(step: (table: MirrorTable) => Result) => guard(() => step(parts().mirror));
  return {
    record: (sessionId) => table((mirror) => mirror.record(sessionId)),
    save: (sessionId, change) => table((mirror) => mirror.save(sessionId, change)),
    behind: () => read((mirror) => mirror.behind()),
    mirrored: () => table((mirror) => mirror.mirrored()),
    deleted: () => table((mirror) => mirror.deleted()),
    forgetDeleted: (sessionId) => table((mirror) => mirror.forgetDeleted(sessionId)),
    restart: () => table((mirror) => mirror.restart()),
    replaced: () => table((mirror) => mirror.replaced()),
    answer: (commandId) => read((mirror) => mirror.answer(commandId)),
    lastNumber: (deviceId) => read((mirror) => mirror.lastNumber(deviceId)),
  };
}

const SpentRow = z.object({ usd: z.nullable(z.number()), tokens: z.nullable(z.number()) });

function spentSince({ db }: StoreParts, midnight: number) {
  const sums = "SELECT sum(cost_usd) AS usd, sum(tokens) AS tokens FROM run_usage WHERE at >= ?";
  const { usd, tokens } = SpentRow.parse(db.prepare(sums).get(midnight));
  return { todayUsd: usd ?? 0, todayTokens: tokens ?? 0 };
}
