// The arithmetic of a list that draws only what is near the reader.

/** Where each row starts, in pixels; the last number is the height of all of them. */
export function rowOffsets(count: number, heightAt: (index: number) => number): Float64Array {
  const offsets = new Float64Array(count + 1);
  for (let index = 0; index < count; index += 1) {
    offsets[index + 1] = (offsets[index] ?? 0) + heightAt(index);
  }
  return offsets;
}

/** The same for a list that mostly grows at its end: only what comes after the first change is added up
 * anew, so that a piece of text at the end of 10,000 rows costs what it costs at the end of ten. */
export class RowOffsets<T> {
  readonly #heightOf: (item: T) => number;
  #items: readonly T[] = [];
  #offsets = new Float64Array(64);
  #changedFrom = 0;

  constructor(heightOf: (item: T) => number) {
    this.#heightOf = heightOf;
  }

  /** The row at this place has another height now. */
  changed(index: number): void {
    this.#changedFrom = Math.min(this.#changedFrom, index);
  }

  update(items: readonly T[]): Float64Array {
    let at = Math.min(sameStart(this.#items, items), this.#changedFrom);
    this.#makeRoom(items.length + 1);
    const offsets = this.#offsets;
    for (; at < items.length; at += 1) {
      const item = items[at];
      if (item !== undefined) offsets[at + 1] = (offsets[at] ?? 0) + this.#heightOf(item);
    }
    this.#items = items;
    this.#changedFrom = Infinity;
    return offsets.subarray(0, items.length + 1);
  }

  #makeRoom(length: number): void {
    if (length <= this.#offsets.length) return;
    const wider = new Float64Array(length * 2);
    wider.set(this.#offsets);
    this.#offsets = wider;
  }
}

/** How many items at the start are the same ones. */
export function sameStart<T>(before: readonly T[], now: readonly T[]): number {
  const most = Math.min(before.length, now.length);
  let same = 0;
  while (same < most && before[same] === now[same]) same += 1;
  return same;
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
