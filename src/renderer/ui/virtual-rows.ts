// The arithmetic of a list that draws only what is near the reader.

/** Where each row starts, in pixels; the last number is the height of all of them. */
export function rowOffsets(count: number, heightAt: (index: number) => number): Float64Array {
  const offsets = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    offsets[index + 1] = (offsets[index] ?? 0) + heightAt(index);
  }
  return offsets;
}

/** The rows that touch the span from `top` to `bottom`: first, and one past the last. */
export function rowsBetween(offsets: Float64Array, top: number, bottom: number): [number, number] {
  const count = offsets.length - 1;
  const first = Math.min(lastAtOrBefore(offsets, top), Math.max(count - 1, 0));
  let end = first;
  while (end < count && (offsets[end] ?? 0) < bottom) end += 1;
  return [first, Math.max(end, Math.min(first + 1, count))];
}

function lastAtOrBefore(offsets: Float64Array, position: number): number {
  let low = 0;
  let high = offsets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((offsets[middle] ?? 0) <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}
