// Rows of one table leaf page, decoded from the bytes alone; overflow pages are followed. A cell
// that makes no sense is left out, the others of the page are not.
// Formats: https://sqlite.org/fileformat2.html#b_tree_pages and #record_format
import { pageSize } from "../database.ts";
import type { DamagedPages } from "./damaged-pages.ts";

export type Value = null | number | string | Uint8Array;
export type LeafRow = { rowid: number; values: Value[] };

const tableLeaf = 0x0d;
const fileHeaderSize = 100;
const maxLocal = pageSize - 35;
const minLocal = Math.floor(((pageSize - 12) * 32) / 255) - 23;
const maxPayload = 1_000_000_000;

export function rowsOfLeaf(pages: DamagedPages, number: number): LeafRow[] {
  const page = Buffer.from(pages.read(number));
  const start = number === 1 ? fileHeaderSize : 0;
  if (page.length < pageSize || page[start] !== tableLeaf) return [];
  const cells = page.readUInt16BE(start + 3);
  const firstPointer = start + 8;
  const rows: LeafRow[] = [];
  for (let cell = 0; cell < cells; cell += 1) {
    const pointer = firstPointer + 2 * cell;
    if (pointer + 2 > pageSize) break;
    const row = readCell(pages, page, page.readUInt16BE(pointer));
    if (row) rows.push(row);
  }
  return rows;
}

function readCell(pages: DamagedPages, page: Buffer, at: number): LeafRow | null {
  const size = readVarint(page, at);
  const rowid = size && readVarint(page, size.next);
  if (!size || !rowid || size.value > maxPayload || rowid.value > Number.MAX_SAFE_INTEGER)
    return null;
  const local = localSize(size.value);
  if (rowid.next + local > page.length) return null;
  const payload = page.subarray(rowid.next, rowid.next + local);
  if (local === size.value) return toRow(rowid.value, payload);
  if (rowid.next + local + 4 > page.length) return null;
  const whole = followOverflow(pages, payload, page.readUInt32BE(rowid.next + local), size.value);
  return whole && toRow(rowid.value, whole);
}

function localSize(size: number): number {
  if (size <= maxLocal) return size;
  const wanted = minLocal + ((size - minLocal) % (pageSize - 4));
  return wanted <= maxLocal ? wanted : minLocal;
}

function followOverflow(pages: DamagedPages, local: Buffer, first: number, size: number) {
  if (size > pages.count * pageSize) return null;
  const parts: Buffer[] = [local];
  let missing = size - local.length;
  for (let number = first; missing > 0;) {
    const page = pages.read(number);
    if (page.length < pageSize) return null;
    const length = Math.min(missing, pageSize - 4);
    parts.push(Buffer.from(page.subarray(4, 4 + length)));
    missing -= length;
    number = page.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function toRow(rowid: number, payload: Buffer): LeafRow | null {
  const values = readRecord(payload);
  return values && { rowid, values };
}

function readRecord(payload: Buffer): Value[] | null {
  const header = readVarint(payload, 0);
  if (!header || header.value > payload.length) return null;
  const values: Value[] = [];
  let at = header.next;
  let body = header.value;
  while (at < header.value) {
    const type = readVarint(payload, at);
    if (!type) return null;
    at = type.next;
    const size = sizeOf(type.value);
    if (size === null || body + size > payload.length) return null;
    const value = readValue(type.value, payload.subarray(body, body + size));
    if (value === undefined) return null;
    values.push(value);
    body += size;
  }
  return body === payload.length ? values : null;
}

const intSizes = [0, 1, 2, 3, 4, 6, 8];

function sizeOf(type: number): number | null {
  if (type >= 12) return Math.floor((type - 12) / 2);
  if (type === 7) return 8;
  if (type === 8 || type === 9) return 0;
  return intSizes[type] ?? null;
}

/** undefined when the bytes are not what the type says. */
function readValue(type: number, bytes: Buffer): Value | undefined {
  if (type === 0) return null;
  if (type === 8 || type === 9) return type - 8;
  if (type === 7) return bytes.readDoubleBE(0);
  if (type === 6) return Number(bytes.readBigInt64BE(0));
  if (type < 6) return bytes.readIntBE(0, bytes.length);
  if (type % 2 === 0) return Uint8Array.from(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A number of up to nine bytes, seven bits in each but the last; null beyond the end. */
function readVarint(bytes: Buffer, at: number): { value: number; next: number } | null {
  let value = 0;
  for (let index = 0; index < 9; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return null;
    if (index === 8) return { value: value * 256 + byte, next: at + 9 };
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return { value, next: at + index + 1 };
  }
  return null;
}
