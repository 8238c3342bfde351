// How the bytes of a web answer spell text: byte order mark, then the header, then the page's own
// word, then a guess between UTF-8 and Windows-1252.
import { TextDecoder } from "node:util";

const headBytes = 4096;

export function decodeBytes(bytes: Uint8Array, contentType: string): string {
  const label = markOf(bytes) ?? labelIn(contentType) ?? labelInPage(bytes);
  const decoder = (label && decoderFor(label)) || guessDecoder(bytes);
  return decoder.decode(bytes);
}

function markOf(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return "utf-8";
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return null;
}

function labelIn(contentType: string): string | null {
  return /charset\s*=\s*["']?([\w.:-]+)/i.exec(contentType)?.[1] ?? null;
}

function labelInPage(bytes: Uint8Array): string | null {
  const head = new TextDecoder("windows-1252").decode(bytes.subarray(0, headBytes));
  const label =
    /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i.exec(head)?.[1] ??
    /^\s*<\?xml[^>]+encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1] ??
    null;
  // Whoever can read this word as ASCII is not reading UTF-16 (HTML standard).
  return label !== null && /^utf-?16/i.test(label) ? "utf-8" : label;
}

function decoderFor(label: string): TextDecoder | null {
  try {
    return new TextDecoder(label);
  } catch (_unknownLabel) {
    return null;
  }
}

function guessDecoder(bytes: Uint8Array): TextDecoder {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true });
    return new TextDecoder("utf-8");
  } catch (_notUtf8) {
    return new TextDecoder("windows-1252");
  }
}
