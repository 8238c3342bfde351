import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { takeBatch, type BatchSource } from "./batch.ts";

/** A session whose events are so long. */
function source(id: string, from: number, lengths: number[], read: number[] = []): BatchSource {
  const events = lengths.map((length, at) => ({ seq: from + 1 + at, text: "x".repeat(length) }));
  return {
    sessionId: SessionId.parse(id),
    from,
    read(after, limit) {
      read.push(limit);
      return events.filter(({ seq }) => seq > after).slice(0, limit);
    },
  };
}

const sources = fc
  .array(fc.tuple(fc.nat(50), fc.array(fc.nat(400), { maxLength: 60 })), { maxLength: 6 })
  .map((all) => all.map(([from, lengths], at) => source(`s${at}`, from, lengths)));

describe("a batch", () => {
  it("goes on in every session where the server is, and keeps to its limits", () => {
    fc.assert(
      fc.property(sources, fc.integer({ min: 1, max: 80 }), (all, maxEvents) => {
        const maxChars = 1_000;
        const parts = takeBatch(all, { maxEvents, maxChars });
        const events = parts.flatMap((part) => part.events);
        expect(events.length).toBeLessThanOrEqual(maxEvents);
        const chars = events.reduce((sum, { text }) => sum + text.length, 0);
        expect(chars).toBeLessThanOrEqual(maxChars);
        for (const part of parts) {
          const from = all.find((one) => one.sessionId === part.sessionId)?.from ?? -1;
          expect(part.events.map(({ seq }) => seq)).toEqual(
            part.events.map((_, i) => from + 1 + i),
          );
        }
        const waits = all.some(({ from, read }) => read(from, 1).length > 0);
        expect(events.length > 0).toBe(waits);
      }),
    );
  });

  it("gives every session its turn", () => {
    const long = source("long", 0, Array<number>(5_000).fill(1));
    const short = source("short", 7, [1, 1, 1]);
    const parts = takeBatch([long, short], { maxEvents: 500, maxChars: 1e6 });
    expect(parts.map((part) => part.events.length)).toEqual([497, 3]);
  });

  it("takes an event that is larger than a batch alone, and no other with it", () => {
    const parts = takeBatch([source("a", 0, [5_000, 1]), source("b", 0, [1])], {
      maxEvents: 500,
      maxChars: 1_000,
    });
    expect(parts.map((part) => part.events.map(({ seq }) => seq))).toEqual([[1]]);
  });

  it("reads no more of the log than a turn beyond what it takes", () => {
    const read: number[] = [];
    takeBatch([source("a", 0, Array<number>(5_000).fill(1), read)], {
      maxEvents: 100,
      maxChars: 1e6,
    });
    expect(read.reduce((sum, limit) => sum + limit, 0)).toBeLessThanOrEqual(164);
  });
});
