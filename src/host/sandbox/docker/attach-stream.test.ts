import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stdoutOf } from "./attach-stream.ts";

type Piece = { stream: 1 | 2; bytes: Uint8Array };

const framed = ({ stream, bytes }: Piece): Buffer => {
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
};
const joined = (pieces: Piece[], stream: 1 | 2) =>
  Buffer.concat(pieces.filter((piece) => piece.stream === stream).map(({ bytes }) => bytes));

describe("the stream of an attached container", () => {
  it("comes apart the same wherever the engine cuts it", async () => {
    const piece = fc.record({
      stream: fc.constantFrom(1 as const, 2 as const),
      bytes: fc.uint8Array({ maxLength: 40 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(piece), fc.integer({ min: 1, max: 30 }), async (pieces, cut) => {
        const all = Buffer.concat(pieces.map(framed));
        const errors: Buffer[] = [];
        const output = stdoutOf((bytes) => errors.push(Buffer.from(bytes)));
        for (let at = 0; at < all.length; at += cut) output.write(all.subarray(at, at + cut));
        output.end();
        const chunks: Buffer[] = [];
        for await (const chunk of output) chunks.push(chunk as Buffer);
        expect(Buffer.concat(chunks)).toEqual(joined(pieces, 1));
        expect(Buffer.concat(errors)).toEqual(joined(pieces, 2));
      }),
    );
  });
});
