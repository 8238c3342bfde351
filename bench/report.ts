// One JSON line per promise, for `npm run bench`.

export type Result = {
  name: string;
  promise: string;
  value: number;
  limit: number;
  unit: string;
  yardstick: string;
};

/** Prints a result; kept when `value` is at most `limit`. */
export function report(result: Result): void {
  console.log(JSON.stringify({ ...result, ok: result.value <= result.limit }));
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}
