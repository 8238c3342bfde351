// A companion's copy of one session: a piece of its log without a hole, as far as it is kept here, and
// who watches it. News is applied where it continues what is there; whatever is in doubt is read from
// the server. What came by news counts only until it was read there: the log may have been replaced
// meanwhile (chosen otherwise, restored from a backup), and then the copy begins anew.
import type { SessionSnapshot } from "../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { EventRow, OpenParts, SessionRow } from "../../contract/mirror.ts";
import type { Clock } from "../ports.ts";
import { agrees, readFoldable, readPage, sureOf } from "./log-pages.ts";
import { openEvent, openHead, openOpen, readEvents } from "./opened-rows.ts";
import type { MirrorServer, Sealer } from "./ports.ts";
import type { KeptEvent, KeptSession, ReplicaListener, ReplicaStore } from "./replica-ports.ts";
import { createSerial } from "./serial.ts";
import { createSessionWatchers } from "./session-watchers.ts";
import { compareTimestamps } from "./timestamps.ts";

export type SessionCopyNeeds = {
  server: MirrorServer;
  sealer(): Sealer;
  store: ReplicaStore;
  clock: Clock;
  /** The summary, what is kept or what is wrong with it changed. */
  changed(sessionId: SessionId): void;
  /** Every event once it is kept. */
  kept(events: SessionEvent[]): void;
};

export interface SessionCopy {
  readonly sessionId: SessionId;
  /** null: not heard of, or gone. */
  current(): KeptSession | null;
  problem(): ErrorData | null;
  isWatched(): boolean;
  /** Something is there that is not here, or not surely the same. */
  isBehind(): boolean;
  takeRow(row: SessionRow): Promise<void>;
  takeEvent(row: EventRow): Promise<void>;
  /** It is not on the server any more. */
  takeGone(at: string | null): Promise<void>;
  /** Reads what is missing, and again what is in doubt. */
  sync(signal: AbortSignal): Promise<void>;
  /** Rows that could not be opened are read again when it is synced: there may be a key now. */
  doubt(): void;
  watch(listener: ReplicaListener): () => void;
  /** Watchers of what is not here are told that it is not there either. */
  failMissing(): Promise<void>;
  history(
    before: number,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ events: SessionEvent[]; hasEarlier: boolean }>;
}

/** So much of a log is read when it is looked at for the first time. */
export const tailEvents = 300;
const pageEvents = 500;
/** So many known ones are read again with what is new: one alone may be alike in two pasts. */
const comparedEvents = 4;
/** After a copy began anew, news may still tell of the former log for so long. */
const staleNewsMs = 120_000;

export function createSessionCopy(
  needs: SessionCopyNeeds,
  sessionId: SessionId,
  stored: KeptSession | null,
): SessionCopy {
  const { server, store, sealer, clock } = needs;
  const alone = createSerial();
  const watchers = createSessionWatchers(async () => kept && snapshot(kept));
  let kept = stored;
  let open: OpenParts | null = null;
  let problem: ErrorData | null = null;
  let headProblem: ErrorData | null = null;
  /** Grows when the copy begins anew: what was asked for before is of another log. */
  let epoch = 0;
  let anewAt: number | null = null;
  /** What is here may not be what is there: how often that was said, and how often it was looked at. */
  const doubts = { said: 1, settled: 0 };
  const isDoubted = () => doubts.said > doubts.settled;
  /** How everything stood when the server had less than it said. */
  let stalledAt: string | null = null;
  let goneAt: string | null = null;

  async function save(next: KeptSession, events: KeptEvent[] = [], isFresh = false): Promise<void> {
    await store.saveSession(next, events, isFresh);
    kept = next;
    needs.changed(sessionId);
  }

  function startAnew(): void {
    epoch += 1;
    anewAt = clock.now();
    open = null;
    problem = null;
    watchers.restart();
  }
  const emptied = (session: KeptSession): KeptSession => ({
    ...session,
    ...{ first: 0, last: 0, verified: 0, checkedAt: "" },
  });

  // ── Watchers ──────────────────────────────────────────────────────────────────────────────────

  async function snapshot(session: KeptSession): Promise<SessionSnapshot | null> {
    if (session.head === null || session.last === 0) return null;
    const events = await foldable(session, session.last + 1, tailEvents);
    const isCurrent = open?.seq === session.last;
    return {
      summary: { ...session.head.summary, seq: session.last },
      events,
      continues: false,
      hasEarlier: (events[0]?.seq ?? 1) > 1,
      openTexts: (isCurrent && open?.openTexts) || [],
      openOutputs: (isCurrent && open?.openOutputs) || [],
    };
  }

  async function foldable(
    session: KeptSession,
    before: number,
    wanted: number,
  ): Promise<SessionEvent[]> {
    const read = await readFoldable(store, session, before, wanted);
    problem = read.problem ?? problem;
    return read.events;
  }

  async function tellEvents(events: KeptEvent[]): Promise<void> {
    const read = readEvents(events);
    problem = read.problem ?? problem;
    needs.kept(read.events);
    await watchers.events(read.events);
  }

  async function tellOpen(): Promise<void> {
    if (open !== null && open.seq === kept?.last) await watchers.open(open);
  }

  // ── What comes in ─────────────────────────────────────────────────────────────────────────────

  async function takeRow(row: SessionRow): Promise<void> {
    const known = kept?.updatedAt ?? goneAt;
    if (known !== null && compareTimestamps(row.updated_at, known) <= 0) return;
    if (row.deleted_at !== null) return takeGone(row.updated_at);
    const { value, problem: why } = await openHead(sealer(), row);
    const head = value ?? kept?.head ?? null;
    // Events of which nobody knew as what they were sent are not to be mixed with others.
    const isOther = kept !== null && head !== null && head.choice !== kept.head?.choice;
    const from = kept ?? { sessionId, first: 0, last: 0, verified: 0, checkedAt: "" };
    // One that could not be opened is not done with: there may be a key when it is read again.
    const updatedAt = why ? (kept?.updatedAt ?? "") : row.updated_at;
    const next: KeptSession = {
      ...from,
      ...{ hostId: row.host_id, head, updatedAt, serverSeq: row.seq },
    };
    if (isOther) startAnew();
    headProblem = why;
    goneAt = null;
    const parts = watchers.count() > 0 ? await openOpen(sealer(), row) : null;
    await save(isOther ? emptied(next) : next, [], isOther);
    open = parts;
    if (kept?.head === null && why) return watchers.fail(why);
    await tellOpen();
  }

  async function takeGone(at: string | null): Promise<void> {
    if (at !== null) goneAt = at;
    if (kept === null) return;
    startAnew();
    await store.removeSession(sessionId);
    kept = null;
    needs.changed(sessionId);
    watchers.fail(deleted);
  }

  async function takeEvent(row: EventRow): Promise<void> {
    if (!kept || row.seq <= kept.last) return;
    kept = { ...kept, serverSeq: Math.max(kept.serverSeq, row.seq) };
    if (kept.last === 0 || row.seq !== kept.last + 1 || mayBeStale()) return;
    const opened = await openEvent(sealer(), row);
    if (opened.problem) problem = opened.problem;
    await save({ ...kept, last: row.seq }, [opened.kept]);
    await tellEvents([opened.kept]);
    await tellOpen();
  }

  function mayBeStale(): boolean {
    if (anewAt === null) return false;
    const sinceMs = clock.now() - anewAt;
    if (sinceMs > staleNewsMs) anewAt = null;
    return anewAt !== null;
  }

  // ── What is read ──────────────────────────────────────────────────────────────────────────────

  function isBehind(): boolean {
    if (kept === null || kept.serverSeq === 0 || stalledAt === standing()) return false;
    return kept.serverSeq > kept.last || (isDoubted() && watchers.count() > 0) || isUnsure(kept);
  }
  const standing = () => `${kept?.updatedAt} ${kept?.serverSeq} ${doubts.said} ${epoch}`;
  const isUnsure = ({ last, verified, serverSeq, checkedAt, updatedAt }: KeptSession): boolean =>
    isDoubted() && last > 0 && (verified < last || serverSeq < last || checkedAt !== updatedAt);

  /** From where to read so that something known is read again with it. */
  function startOf(session: KeptSession): number {
    if (session.last === 0) return Math.max(0, session.serverSeq - tailEvents);
    const sure = Math.min(session.verified, session.serverSeq);
    return Math.max(session.first - 1, sure - comparedEvents, 0);
  }

  async function sync(signal: AbortSignal): Promise<void> {
    const asking = doubts.said;
    const checkedAt = kept?.updatedAt ?? "";
    for (let from: number | null = kept && startOf(kept); from !== null && kept;) {
      const asked = epoch;
      const askedLast: number = kept.last;
      const { page, problem: why } = await ask({ from, limit: pageEvents }, signal);
      if (page.length === 0) return askAgain(signal);
      from = await alone(async () => {
        if (asked !== epoch || !kept) return kept && startOf(kept);
        problem = why ?? problem;
        return takePage(kept, page, askedLast);
      });
    }
    await alone(async () => {
      if (kept && kept.checkedAt !== checkedAt) await save({ ...kept, checkedAt });
    });
    doubts.settled = asking;
  }

  const ask = (range: { from: number; to?: number; limit: number }, signal: AbortSignal) =>
    readPage(server, sealer(), sessionId, range, signal);

  /** Returns from where to go on; null: that was all. */
  async function takePage(
    session: KeptSession,
    page: KeptEvent[],
    askedLast: number,
  ): Promise<number | null> {
    const from = (page[0]?.seq ?? 1) - 1;
    const end = from + page.length;
    const known = await store.events(sessionId, from, Math.min(end, session.last));
    if (!agrees(known, page) || (session.last > 0 && end < session.first)) {
      startAnew();
      await save(emptied(session), [], true);
      return startOf(emptied(session));
    }
    const healed = page.filter(({ text }, at) => text !== null && known[at]?.text === null);
    const verified = sureOf(session, from, page);
    // The log lost its end, or the server did: what was kept beyond that is of no log.
    const isCut = page.length < pageEvents && end < askedLast;
    if (isCut) startAnew();
    const fresh = page.filter(({ seq }) => seq > session.last);
    const first = session.last === 0 ? from + 1 : session.first;
    const last = isCut ? end : Math.max(session.last, end);
    await save({ ...session, first, last, verified }, [...healed, ...fresh]);
    if (healed.length > 0) problem = null;
    if (isCut || healed.length > 0) await watchers.beginAll();
    else if (fresh.length > 0) await tellEvents(fresh);
    await tellOpen();
    const isMore = page.length === pageEvents || (kept?.serverSeq ?? 0) > last;
    return isMore && !isCut ? end : null;
  }

  /** The server had nothing where there should be something: the row was of another time. Where it is
   * not, nothing more is asked until something changes. */
  async function askAgain(signal: AbortSignal): Promise<void> {
    const heard = kept?.updatedAt;
    const row = await server.session(sessionId, signal);
    await alone(async () => {
      if (kept?.updatedAt !== heard) return;
      if (row === null) return takeGone(null);
      await takeRow(row);
      // Also where the row is older: then the server was restored.
      if (kept && kept.serverSeq > row.seq) await save({ ...kept, serverSeq: row.seq });
      else stalledAt = standing();
    });
  }

  async function prepend(before: number, signal: AbortSignal): Promise<boolean> {
    if (!kept || kept.last === 0 || kept.first <= 1) return false;
    const asked = epoch;
    const to = kept.first - 1;
    const from = Math.max(0, Math.min(before - 1, to - pageEvents));
    const { page } = await ask({ from, to, limit: to - from }, signal);
    if (page.length < to - from) return false;
    const row = await server.session(sessionId, signal);
    return alone(async () => {
      if (row) await takeRow(row);
      if (asked !== epoch || !kept || kept.first !== to + 1) return asked === epoch;
      const isOpen = page.every(({ text }) => text !== null);
      const verified = isOpen ? kept.verified : sureOf(kept, from, page);
      await save({ ...kept, first: from + 1, verified }, page);
      return true;
    });
  }

  return {
    sessionId,
    current: () => kept,
    problem: () => headProblem ?? problem,
    isWatched: () => watchers.count() > 0,
    isBehind,
    takeRow: (row) => alone(() => takeRow(row)),
    takeEvent: (row) => alone(() => takeEvent(row)),
    takeGone: (at) => alone(() => takeGone(at)),
    sync,
    doubt() {
      doubts.said += 1;
    },
    watch(listener) {
      const watcher = watchers.add(listener);
      doubts.said += 1;
      void alone(watcher.begin).catch(watcher.failed);
      return watcher.stop;
    },
    failMissing: () => alone(async () => (kept === null ? watchers.fail(missing) : undefined)),
    async history(before, limit, signal) {
      const start = Math.max(1, before - limit);
      try {
        while (kept && kept.first > start && (await prepend(start, signal)));
      } catch (error) {
        // What is here is shown all the same.
        if (!kept || kept.first >= before) throw error;
      }
      return alone(async () => {
        if (!kept) throw AetheriaError.fromData(missing);
        const events = await foldable(kept, Math.min(before, kept.last + 1), limit);
        return { events, hasEarlier: (events[0]?.seq ?? before) > 1 };
      });
    },
  };
}

const missing: ErrorData = {
  code: "not_found",
  message: "This session is not in the mirror.",
  hint: "On the desktop, choose for it what is mirrored.",
  retryable: false,
};
const deleted: ErrorData = {
  code: "not_found",
  message: "This session was deleted, or is mirrored no more.",
  hint: "Go back to the list of your sessions.",
  retryable: false,
};
