// A bar chart as a PNG, as an agent would have drawn it.
import { crc32, deflateSync } from "node:zlib";

const width = 480;
const height = 240;
const bars = [72, 108, 90, 138, 174, 150, 204, 222];
const colours = [
  [0x5b, 0x86, 0xff],
  [0xc3, 0xa6, 0xff],
  [0x2f, 0xd8, 0xa0],
];
const paper = [0xff, 0xfd, 0xf6];

function colourAt(x: number, y: number): number[] {
  const bar = Math.floor(x / 60);
  const isInside = x % 60 >= 10 && x % 60 < 50 && height - y <= (bars[bar] ?? 0);
  return (isInside ? colours[Math.floor(bar / 3)] : paper) ?? paper;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}

export function chartPicture(): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits for each of red, green and blue.
  head.set([8, 2], 8);
  const rows = Array.from({ length: height }, (_, y) => [
    0,
    ...Array.from({ length: width }, (__, x) => colourAt(x, y)).flat(),
  ]);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(Buffer.from(rows.flat()))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
