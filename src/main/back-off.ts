// When a host that died is started again. Pure: times come in as milliseconds.

const firstDelayMs = 250;
const longestDelayMs = 30_000;
/** This many deaths within a minute, and only the person starts it again. */
const mostDeaths = 5;
const minuteMs = 60_000;

export interface BackOff {
  /** When it died within the last minute, oldest first. */
  readonly deaths: readonly number[];
  /** Deaths since it last lived for a minute. */
  readonly streak: number;
}

export const noDeaths: BackOff = { deaths: [], streak: 0 };

/** `delayMs`: how long to wait before the next start; null: for the person. */
export interface NextStart {
  backOff: BackOff;
  delayMs: number | null;
}

export function afterDeath(before: BackOff, startedAt: number, diedAt: number): NextStart {
  const deaths = [...before.deaths.filter((at) => diedAt - at < minuteMs), diedAt];
  const streak = diedAt - startedAt >= minuteMs ? 1 : before.streak + 1;
  const delayMs = Math.min(firstDelayMs * 2 ** (streak - 1), longestDelayMs);
  return { backOff: { deaths, streak }, delayMs: deaths.length >= mostDeaths ? null : delayMs };
}
