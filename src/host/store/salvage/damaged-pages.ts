// The pages of a database file as they lie on the disk, the committed part of its write-ahead log
// laid over them. Needs nothing of the file to be sound but its page size.
// Formats: https://sqlite.org/fileformat2.html
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from "node:fs";
import { pageSize } from "../database.ts";

export type DamagedPages = {
  readonly count: number;
  /** The bytes of a page, counted from 1; valid until the next call. Empty when there is none. */
  read(page: number): Buffer;
  close(): void;
};

const walHeaderSize = 32;
const frameHeaderSize = 24;

export function openDamagedPages(path: string): DamagedPages {
  const file = openSync(path, "r");
  const wal = readWal(`${path}-wal`);
  const inFile = Math.ceil(fstatSync(file).size / pageSize);
  let count = inFile;
  for (const number of wal.keys()) count = Math.max(count, number);
  const page = Buffer.alloc(pageSize);
  return {
    count,
    read: (number) => {
      const logged = wal.get(number);
      if (logged) return logged;
      if (number < 1 || number > inFile) return page.subarray(0, 0);
      const length = readSync(file, page, 0, pageSize, (number - 1) * pageSize);
      return page.subarray(0, length);
    },
    close: () => closeSync(file),
  };
}

/** The last committed version of each page in the log, as far as its checksums hold. */
function readWal(path: string): Map<number, Buffer> {
  const committed = new Map<number, Buffer>();
  if (!existsSync(path)) return committed;
  const wal = readFileSync(path);
  if (wal.length < walHeaderSize || (wal.readUInt32BE(0) & ~1) !== 0x377f0682) return committed;
  const littleEndian = (wal.readUInt32BE(0) & 1) === 0;
  const salts = wal.subarray(16, 24);
  let sum = checksum([0, 0], wal.subarray(0, 24), littleEndian);
  let open = new Map<number, Buffer>();
  const frameSize = frameHeaderSize + pageSize;
  for (let at = walHeaderSize; at + frameSize <= wal.length; at += frameSize) {
    const page = wal.subarray(at + frameHeaderSize, at + frameSize);
    sum = checksum(sum, wal.subarray(at, at + 8), littleEndian);
    sum = checksum(sum, page, littleEndian);
    const isSound = sum[0] === wal.readUInt32BE(at + 16) && sum[1] === wal.readUInt32BE(at + 20);
    if (!isSound || !salts.equals(wal.subarray(at + 8, at + 16))) break;
    open.set(wal.readUInt32BE(at), page);
    if (wal.readUInt32BE(at + 4) === 0) continue;
    for (const [number, bytes] of open) committed.set(number, bytes);
    open = new Map();
  }
  return committed;
}

type Sum = readonly [number, number];

function checksum([first, second]: Sum, bytes: Buffer, littleEndian: boolean): Sum {
  for (let at = 0; at + 8 <= bytes.length; at += 8) {
    const [a, b] = littleEndian
      ? [bytes.readUInt32LE(at), bytes.readUInt32LE(at + 4)]
      : [bytes.readUInt32BE(at), bytes.readUInt32BE(at + 4)];
    first = (first + a + second) >>> 0;
    second = (second + b + first) >>> 0;
  }
  return [first, second];
}
