// Takes stock of what the server has of a session: after a start, and after it refused a batch. A
// server that was restored or wiped has less than was confirmed; one that has more tells either of a
// push whose answer was lost, or of a past that this computer no longer knows.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { EventRow, SessionRow } from "../../contract/mirror.ts";
import type { MirrorLog, MirrorServer, Sealer } from "./ports.ts";
import { textOnlyEvent } from "./text-only.ts";

export type StockNeeds = {
  log: MirrorLog;
  server: MirrorServer;
  sealer(): Sealer;
};

const pageEvents = 500;

/** Sets the checkpoint to what is there; where that is another past, marks it as to be replaced. */
export async function takeStock(
  { log, server, sealer }: StockNeeds,
  sessionId: SessionId,
  row: SessionRow | null,
  signal: AbortSignal,
): Promise<void> {
  const as = log.mirroredAs(sessionId);
  if (as === null || as === "none") return;
  // It is to go; chosen back before it is gone, what is there would never have been looked at.
  if (as !== log.choice(sessionId)) return save(0, "none");
  const there = row === null || row.deleted_at !== null ? 0 : row.seq;
  const expected = log.checkpoint(sessionId);
  if (there <= expected) {
    if (there < expected) save(there);
    return;
  }
  for (let from = expected; from < there;) {
    const rows = await server.events(sessionId, { from, to: there, limit: pageEvents }, signal);
    const isOurs = rows.length > 0 && (await areOurs(rows));
    if (!isOurs) return save(0, "none");
    from += rows.length;
  }
  save(there);

  function save(seq: number, other: "none" | null = null): void {
    // Deleted or chosen otherwise while the server was asked: then that counts.
    if (log.head(sessionId) !== null && log.mirroredAs(sessionId) === as)
      log.saveCheckpoint(sessionId, seq, other ?? as);
  }

  async function areOurs(rows: EventRow[]): Promise<boolean> {
    const first = rows[0]?.seq ?? 1;
    const local = log.events(sessionId, first - 1, rows.length);
    const texts = await Promise.all(rows.map((row) => openedEvent(sealer(), row)));
    return texts.every((text, index) => {
      const event = local[index];
      return event && text === JSON.stringify(as === "text" ? textOnlyEvent(event) : event);
    });
  }
}

/** null: not what a device of this account wrote. */
async function openedEvent(sealer: Sealer, row: EventRow): Promise<string | null> {
  try {
    return await sealer.open("event", [row.session_id, row.seq], row.generation, row.payload);
  } catch (error) {
    if (AetheriaError.toData(error).code === "tampered") return null;
    throw error;
  }
}
