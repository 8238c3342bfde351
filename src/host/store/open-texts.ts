// Text and reasoning that still stream, piece by piece, so that a crash costs only the last moment.
import * as z from "zod/mini";
import type { SessionEvent } from "../../contract/events.ts";
import { RunId } from "../../contract/ids.ts";
import type { OpenText } from "../../contract/session.ts";
import type { Store } from "../../core/ports.ts";
import type { Db } from "./database.ts";

export type Piece = Parameters<Store["appendOpenText"]>[1];

const PieceRow = z.object({
  kind: z.enum(["text", "reasoning"]),
  run_id: RunId,
  turn: z.number(),
  start: z.number(),
  text: z.string(),
});

export type OpenTexts = ReturnType<typeof createOpenTexts>;

export function createOpenTexts(db: Db) {
  const insert = db.prepare(
    `INSERT INTO open_texts (session_key, kind, run_id, turn, start, text)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const remove = db.prepare(
    "DELETE FROM open_texts WHERE session_key = ? AND run_id = ? AND turn = ? AND kind = ?",
  );
  const removeAll = db.prepare("DELETE FROM open_texts WHERE session_key = ?");
  const read = db.prepare(
    `SELECT kind, run_id, turn, start, text FROM open_texts WHERE session_key = ? ORDER BY id`,
  );
  const keys = db.prepare("SELECT DISTINCT session_key FROM open_texts").pluck();
  /** Sessions that have open text: most appends need not look. */
  const open = new Set(z.array(z.number()).parse(keys.all()));

  return {
    add: (key: number, { kind, runId, turn, offset, text }: Piece) => {
      insert.run(key, kind, runId, turn, offset, text);
      open.add(key);
    },
    /** True when this event ends an open text of the session. */
    isEndedBy: (key: number, event: { type: string }) => isEnd(event.type) && open.has(key),
    end: (key: number, event: SessionEvent) => {
      if (event.type === "text.finished")
        remove.run(key, event.data.runId, event.data.turn, "text");
      if (event.type === "reasoning.finished")
        remove.run(key, event.data.runId, event.data.turn, "reasoning");
    },
    endAll: (key: number) => {
      removeAll.run(key);
      open.delete(key);
    },
    read: (key: number): OpenText[] => {
      if (!open.has(key)) return [];
      const texts = joinPieces(z.array(PieceRow).parse(read.all(key)));
      if (texts.length === 0) open.delete(key);
      return texts;
    },
  };
}

function isEnd(type: string): boolean {
  return type === "text.finished" || type === "reasoning.finished";
}

/** A piece that begins inside what is there already replaces it from that place on. */
function joinPieces(rows: z.infer<typeof PieceRow>[]): OpenText[] {
  const texts = new Map<string, OpenText & { pieces: string[]; length: number }>();
  for (const { kind, run_id: runId, turn, start, text } of rows) {
    const name = `${kind} ${turn} ${runId}`;
    const open = texts.get(name) ?? { kind, runId, turn, text: "", pieces: [], length: 0 };
    if (start < open.length) open.pieces = [open.pieces.join("").slice(0, start)];
    open.pieces.push(text);
    open.length = Math.min(start, open.length) + text.length;
    texts.set(name, open);
  }
  return [...texts.values()].map(({ kind, runId, turn, pieces }) => ({
    kind,
    runId,
    turn,
    text: pieces.join(""),
  }));
}
