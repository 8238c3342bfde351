// Text that still grows, on its way to the store: written at least every 250 ms, so that a killed
// host costs at most a quarter second of streamed text.
import type { RunId } from "../../contract/ids.ts";

export type TextPiece = {
  kind: "text" | "reasoning";
  runId: RunId;
  turn: number;
  offset: number;
  text: string;
};

/** Under the promised 250 ms by what the event loop may be late. */
const writeEveryMs = 200;

export type OpenTexts = {
  add(piece: TextPiece): void;
  /** Writes what waits, now. */
  flush(): void;
  /** Forgets what waits of a kind: its finished event is in the log. */
  drop(kind: TextPiece["kind"]): void;
};

/** `write` may throw (disk full): what waits stays and is tried again. `onError` hears of it once,
 * until a write succeeds. */
export function createOpenTexts(
  write: (piece: TextPiece) => void,
  onError: (error: unknown) => void,
): OpenTexts {
  let waiting: TextPiece[] = [];
  let timer: NodeJS.Timeout | null = null;
  let failing = false;

  function flush(): void {
    if (timer) clearTimeout(timer);
    timer = null;
    try {
      while (waiting[0]) {
        write(waiting[0]);
        waiting.shift();
        failing = false;
      }
    } catch (error) {
      if (!failing) onError(error);
      failing = true;
    }
  }

  return {
    flush,
    add(piece) {
      const last = waiting[waiting.length - 1];
      if (last && continues(last, piece)) last.text += piece.text;
      else waiting.push({ ...piece });
      timer ??= setTimeout(flush, writeEveryMs);
    },
    drop(kind) {
      waiting = waiting.filter((piece) => piece.kind !== kind);
    },
  };
}

const continues = (last: TextPiece, piece: TextPiece): boolean =>
  last.kind === piece.kind &&
  last.runId === piece.runId &&
  last.turn === piece.turn &&
  last.offset + last.text.length === piece.offset;
