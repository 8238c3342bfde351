// The elements of a large JSON list, found by its brackets, so that each is read on its own: one that
// is damaged does not take the others with it, and the host can answer between two. Pure.

const quote = 0x22;
const backslash = 0x5c;
const openers = new Set([0x5b, 0x7b]);
const closers = new Set([0x5d, 0x7d]);
const comma = 0x2c;

/** Each element's bytes. The last one is what is left where the list breaks off. */
export function* listElements(bytes: Uint8Array): Generator<Uint8Array> {
  let from = bytes.indexOf(0x5b) + 1;
  let depth = 0;
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === quote) at = endOfString(bytes, at);
    else if (openers.has(byte)) depth += 1;
    else if (depth === 0 && (byte === comma || closers.has(byte))) {
      if (!isBlank(bytes, from, at)) yield bytes.subarray(from, at);
      from = at + 1;
      if (byte !== comma) return;
    } else if (closers.has(byte)) depth -= 1;
  }
  if (!isBlank(bytes, from, bytes.length)) yield bytes.subarray(from);
}

/** Of the string that begins at `at`, the place of its closing quote. */
function endOfString(bytes: Uint8Array, at: number): number {
  for (let end = at + 1; end < bytes.length; end += 1) {
    if (bytes[end] === backslash) end += 1;
    else if (bytes[end] === quote) return end;
  }
  return bytes.length;
}

function isBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if ((bytes[at] ?? 0) > 0x20) return false;
  return true;
}

const decoder = new TextDecoder();

/** null where it is no JSON. */
export function readJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(decoder.decode(bytes)) as unknown;
  } catch {
    return null;
  }
}
