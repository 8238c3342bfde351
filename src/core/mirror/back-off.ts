// How long to wait before the next try: exponential with full jitter, so that many devices that lost
// the same server do not all come back at once. Pure.

export const firstDelayMs = 1_000;
export const longestDelayMs = 60_000;
/** Even the luckiest draw leaves the other side a moment. */
const shortestDelayMs = 100;

/** `failures`: in a row, from 1. `random`: from 0 to below 1. `retryAfterMs`: the least the server
 * asked for, if it did. */
export function delayBeforeRetry(
  failures: number,
  random: number,
  retryAfterMs: number | undefined,
): number {
  const capMs = Math.min(longestDelayMs, firstDelayMs * 2 ** Math.min(failures - 1, 16));
  const jitteredMs = Math.max(shortestDelayMs, Math.round(random * capMs));
  return Math.max(jitteredMs, retryAfterMs ?? 0);
}
