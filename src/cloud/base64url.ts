// Bytes as text and back: base64url without padding (RFC 4648 §5), the same in every runtime. Text
// that no encoder would have written is refused, so that a changed letter never reads as the same bytes.

export type Bytes = Uint8Array<ArrayBuffer>;

const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const letters = new TextEncoder().encode(alphabet);
const values = new Uint8Array(256).fill(0xff);
letters.forEach((letter, value) => (values[letter] = value));

export function toBase64url(bytes: Uint8Array): string {
  const text = new Uint8Array(Math.ceil((bytes.length * 4) / 3));
  let at = 0;
  for (let i = 0; i < bytes.length; i += 3) {
    const triple = (bytes[i]! << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    // Past the end of `text` a typed array takes nothing: that is the padding left out.
    text[at++] = letters[triple >> 18]!;
    text[at++] = letters[(triple >> 12) & 63]!;
    text[at++] = letters[(triple >> 6) & 63]!;
    text[at++] = letters[triple & 63]!;
  }
  return new TextDecoder().decode(text);
}

/** null: not base64url, or not as `toBase64url` would have written it. */
export function fromBase64url(text: string): Bytes | null {
  const read = new TextEncoder().encode(text);
  if (read.length % 4 === 1) return null;
  const bytes = new Uint8Array(Math.floor((read.length * 3) / 4));
  let wrong = 0;
  let at = 0;
  let held = 0;
  for (let i = 0; i < read.length; i++) {
    const value = values[read[i]!]!;
    wrong |= value & 0x80;
    held = ((held << 6) | value) & 0xffffff;
    const bits = ((i + 1) * 6) % 8;
    if (i % 4 !== 0) bytes[at++] = held >> bits;
  }
  const spareBits = (read.length * 6) % 8;
  const spare = held & ((1 << spareBits) - 1);
  return wrong !== 0 || spare !== 0 ? null : bytes;
}
