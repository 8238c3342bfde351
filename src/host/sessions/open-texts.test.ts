import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { RunId } from "../../contract/ids.ts";
import { createOpenTexts, type TextPiece } from "./open-texts.ts";

const runId = RunId.parse("run-1");
const piece = (offset: number, text: string, more: Partial<TextPiece> = {}): TextPiece => ({
  kind: "text",
  runId,
  turn: 1,
  offset,
  text,
  ...more,
});

function setup() {
  const written: TextPiece[] = [];
  const errors: unknown[] = [];
  let isFull = false;
  const texts = createOpenTexts(
    (one) => {
      if (isFull) throw new AetheriaError("disk_full", "The disk is full.");
      written.push({ ...one });
    },
    (error) => void errors.push(error),
  );
  return { texts, written, errors, full: (now: boolean) => void (isFull = now) };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("open texts", () => {
  it("are written within 250 ms, pieces that follow each other as one", () => {
    const { texts, written } = setup();
    texts.add(piece(0, "Hello"));
    texts.add(piece(5, ", you"));
    expect(written).toEqual([]);
    vi.advanceTimersByTime(250);
    expect(written).toEqual([piece(0, "Hello, you")]);
    texts.add(piece(10, "!"));
    vi.advanceTimersByTime(250);
    expect(written).toEqual([piece(0, "Hello, you"), piece(10, "!")]);
  });

  it("do not change the piece that they were given", () => {
    const { texts } = setup();
    const given = piece(0, "a");
    texts.add(given);
    texts.add(piece(1, "b"));
    expect(given.text).toBe("a");
  });

  it("keep kinds, turns and gaps apart", () => {
    const { texts, written } = setup();
    const apart = [
      piece(0, "hm", { kind: "reasoning" }),
      piece(0, "a"),
      piece(5, "after a gap"),
      piece(0, "b", { turn: 2 }),
    ];
    for (const one of apart) texts.add(one);
    texts.flush();
    expect(written).toEqual(apart);
  });

  it("of a kind that has finished are forgotten; the other stays", () => {
    const { texts, written } = setup();
    texts.add(piece(0, "hm", { kind: "reasoning" }));
    texts.add(piece(0, "a"));
    texts.drop("reasoning");
    vi.advanceTimersByTime(250);
    expect(written).toEqual([piece(0, "a")]);
  });

  it("that cannot be written wait, are told of once, and are written when there is room", () => {
    const { texts, written, errors, full } = setup();
    full(true);
    for (const [at, text] of ["a", "b", "c"].entries()) {
      texts.add(piece(at, text));
      vi.advanceTimersByTime(250);
    }
    expect([written, errors.length]).toEqual([[], 1]);
    full(false);
    texts.add(piece(3, "d"));
    vi.advanceTimersByTime(250);
    expect(written).toEqual([piece(0, "abcd")]);
    full(true);
    texts.add(piece(4, "e"));
    vi.advanceTimersByTime(250);
    expect(errors).toHaveLength(2);
  });
});
