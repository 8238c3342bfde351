// Times as PostgREST writes them, which leaves out zeros at the end: microseconds must not get lost,
// two rows may be written within one millisecond.

/** Below 0: `one` is earlier. */
export function compareTimestamps(one: string, other: string): number {
  const byMs = Date.parse(one) - Date.parse(other);
  return byMs === 0 ? micros(one) - micros(other) : byMs;
}

const micros = (timestamp: string): number =>
  Number((/\.(\d+)/.exec(timestamp)?.[1] ?? "").padEnd(6, "0").slice(0, 6));
