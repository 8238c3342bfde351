// A token bucket: how many messages one connection may still send now.

export interface MessageAllowance {
  /** Zero: take it. Otherwise how many milliseconds until the next one fits. */
  take(): number;
}

export function createMessageAllowance(
  perSecond: number,
  burst: number,
  now: () => number,
): MessageAllowance {
  let left = burst;
  let countedAt = now();
  return {
    take() {
      const at = now();
      left = Math.min(burst, left + ((at - countedAt) / 1000) * perSecond);
      countedAt = at;
      if (left < 1) return Math.ceil(((1 - left) / perSecond) * 1000);
      left -= 1;
      return 0;
    },
  };
}
