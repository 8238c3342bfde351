// How long a server asks us to wait, from the headers in use: `retry-after-ms` (OpenAI, Azure),
// `retry-after` as seconds or as an HTTP date (RFC 9110, 10.2.3).

/** Milliseconds from `nowMs`, never negative; undefined when the server said nothing readable. */
export function retryAfterMs(headers: Headers, nowMs: number): number | undefined {
  const ms = amount(headers.get("retry-after-ms"));
  if (ms !== undefined) return ms;
  const text = headers.get("retry-after");
  const seconds = amount(text);
  if (seconds !== undefined) return seconds * 1000;
  const date = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

function amount(text: string | null): number | undefined {
  if (text === null || !/^\s*\d+(\.\d+)?\s*$/.test(text)) return undefined;
  return Number(text);
}
