import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeFrame, frameReader, longestFrame } from "./frame.ts";

const frames = fc.array(
  fc.record({
    channel: fc.nat(0xffffffff),
    kind: fc.constantFrom(..."RPTCQIEWKSZHONDdXFAB"),
    payload: fc.uint8Array({ maxLength: 300 }),
  }),
  { maxLength: 20 },
);

describe("frames", () => {
  it("come out as they went in, however the stream is cut", () => {
    fc.assert(
      fc.property(
        frames,
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (sent, cuts) => {
          const stream = Buffer.concat(
            sent.map(({ channel, kind, payload }) => encodeFrame(channel, kind, payload)),
          );
          const read = frameReader();
          const got = [];
          for (let at = 0, turn = 0; at < stream.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            got.push(...read(stream.subarray(at, at + size)));
            at += size;
          }
          expect(got).toEqual(
            sent.map((each) => ({ ...each, payload: Buffer.from(each.payload) })),
          );
        },
      ),
    );
  });

  it("a length that cannot be is refused before anything is kept for it", () => {
    const frame = encodeFrame(1, "O", new Uint8Array());
    frame.writeUInt32BE(longestFrame + 1, 0);
    expect(() => frameReader()(frame)).toThrow(RangeError);
  });
});
