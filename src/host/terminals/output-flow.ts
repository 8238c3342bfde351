// How much of a terminal's output is on its way to the page: beyond a bound it waits until the page says
// that it drew some, and the program waits with it.

export type OutputFlow = {
  /** Sends it on in pieces; resolves when more may come. */
  send(bytes: Uint8Array): Promise<void>;
  /** The page has drawn this much. */
  drawn(bytes: number): void;
  /** Lets go of whoever waits; nothing is sent any more. */
  end(): void;
};

export const maxOnTheWay = 256 * 1024;
const pieceBytes = 64 * 1024;

export function createOutputFlow(push: (piece: Uint8Array<ArrayBuffer>) => void): OutputFlow {
  let onTheWay = 0;
  let isOver = false;
  let wake: (() => void) | null = null;

  async function room(): Promise<void> {
    while (onTheWay >= maxOnTheWay && !isOver) await new Promise<void>((done) => (wake = done));
  }

  return {
    async send(bytes) {
      for (let from = 0; from < bytes.length && !isOver; from += pieceBytes) {
        await room();
        if (isOver) return;
        // A copy: what is handed over must not share memory with the next piece.
        const piece = new Uint8Array(bytes.subarray(from, from + pieceBytes));
        onTheWay += piece.length;
        push(piece);
      }
      await room();
    },
    drawn(bytes) {
      onTheWay = Math.max(0, onTheWay - Math.max(0, bytes));
      wake?.();
    },
    end() {
      isOver = true;
      wake?.();
    },
  };
}
