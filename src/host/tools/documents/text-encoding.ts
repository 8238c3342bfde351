// Guesses how bytes spell text, and spells text back the same way. Refuses what is not text: null.
import { TextDecoder } from "node:util";

export type Encoding = "utf-8" | "utf-8-bom" | "utf-16le" | "utf-16be" | "windows-1252";

export const encodingTitles: Record<Encoding, string> = {
  "utf-8": "UTF-8",
  "utf-8-bom": "UTF-8 with a byte order mark",
  "utf-16le": "UTF-16",
  "utf-16be": "UTF-16, big endian",
  "windows-1252": "Latin-1",
};

/** How many bytes of a file are enough for a guess. */
export const headBytes = 8192;

/** From the first bytes of a file. Where they are not all of it, they may end inside a character. */
export function guessEncoding(
  head: Uint8Array,
  isWhole = head.length < headBytes,
): Encoding | null {
  if (startsWith(head, [0xef, 0xbb, 0xbf])) return "utf-8-bom";
  if (startsWith(head, [0xff, 0xfe])) return "utf-16le";
  if (startsWith(head, [0xfe, 0xff])) return "utf-16be";
  if (head.includes(0)) return guessUtf16(head);
  if (controlShare(head) > 0.05) return null;
  return isUtf8(head, isWhole) ? "utf-8" : "windows-1252";
}

export function textDecoder(encoding: Encoding): TextDecoder {
  return new TextDecoder(encoding === "utf-8-bom" ? "utf-8" : encoding);
}

export function decodeText(bytes: Uint8Array, encoding: Encoding): string {
  return textDecoder(encoding).decode(bytes);
}

/** null: the text holds characters that this encoding cannot spell. */
export function encodeText(text: string, encoding: Encoding): Uint8Array | null {
  if (encoding === "utf-8") return Buffer.from(text, "utf8");
  if (encoding === "utf-8-bom") return Buffer.from(`\ufeff${text}`, "utf8");
  if (encoding === "utf-16le") return Buffer.from(`\ufeff${text}`, "utf16le");
  if (encoding === "utf-16be") return Buffer.from(`\ufeff${text}`, "utf16le").swap16();
  return encodeSingleBytes(text);
}

function encodeSingleBytes(text: string): Uint8Array | null {
  const alphabet = decodeText(
    Uint8Array.from({ length: 256 }, (_, byte) => byte),
    "windows-1252",
  );
  const byteOf = new Map(Array.from(alphabet, (character, byte) => [character, byte]));
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const byte = byteOf.get(text.charAt(i));
    if (byte === undefined) return null;
    bytes[i] = byte;
  }
  return bytes;
}

function startsWith(bytes: Uint8Array, start: number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte);
}

/** Western text in UTF-16 without a mark has a zero in every second byte. */
function guessUtf16(head: Uint8Array): Encoding | null {
  const pairs = Math.floor(head.length / 2);
  if (pairs < 4) return null;
  let evenZeros = 0;
  let oddZeros = 0;
  for (let i = 0; i < pairs * 2; i += 2) {
    if (head[i] === 0) evenZeros++;
    if (head[i + 1] === 0) oddZeros++;
  }
  if (oddZeros > pairs * 0.7 && evenZeros === 0) return "utf-16le";
  if (evenZeros > pairs * 0.7 && oddZeros === 0) return "utf-16be";
  return null;
}

function controlShare(bytes: Uint8Array): number {
  let controls = 0;
  for (const byte of bytes)
    if (byte < 0x09 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b)) controls++;
  return controls / Math.max(bytes.length, 1);
}

function isUtf8(head: Uint8Array, isWhole: boolean): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(head, { stream: !isWhole });
    return true;
  } catch (_invalid) {
    return false;
  }
}
