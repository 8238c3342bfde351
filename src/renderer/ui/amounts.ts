// How times, durations, sizes and money read. Pure; the language comes as its BCP 47 tag.

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How long ago: `now`, `5 minutes ago`, `yesterday`; after a week the date. */
export function ago(locale: string, at: number, now: number): string {
  const passed = Math.max(0, now - at);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (passed < minuteMs) return relative.format(0, "second");
  if (passed < hourMs) return relative.format(-Math.floor(passed / minuteMs), "minute");
  if (passed < dayMs) return relative.format(-Math.floor(passed / hourMs), "hour");
  if (passed < 7 * dayMs) return relative.format(-Math.floor(passed / dayMs), "day");
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(at);
}

/** The full date and time, for tooltips and tables. */
export const moment = (locale: string, at: number): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" }).format(at);

const tenths = { minimumFractionDigits: 1, maximumFractionDigits: 1 };

/** `<0.1 s`, `0.3 s`, `12 s`, `2 min 5 s`, `1 h 3 min`. */
export function duration(locale: string, ms: number): string {
  if (ms < 50) return `<${(0.1).toLocaleString(locale, tenths)} s`;
  if (ms < 10 * secondMs) return `${(ms / secondMs).toLocaleString(locale, tenths)} s`;
  const seconds = Math.round(ms / secondMs);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** What is left of a wait, in whole seconds that count down: `12 s`, `2 min 5 s`. */
export const left = (locale: string, ms: number): string =>
  ms <= 10 * secondMs
    ? `${Math.ceil(ms / secondMs)} s`
    : duration(locale, Math.ceil(ms / secondMs) * secondMs);

const sizeNames = ["KB", "MB", "GB", "TB"] as const;
const wholeBytes = { style: "unit", unit: "byte", unitDisplay: "long" } as const;

/** `512 bytes`, `2.1 KB`, `5.2 GB`; decimal, as disks and downloads are counted. */
export function size(locale: string, bytes: number): string {
  let value = bytes;
  let step = -1;
  while (value >= 999.5 && step < sizeNames.length - 1) {
    value /= 1_000;
    step += 1;
  }
  const name = sizeNames[step];
  if (name === undefined) return Math.round(bytes).toLocaleString(locale, wholeBytes);
  const maximumFractionDigits = value >= 100 ? 0 : 1;
  return `${value.toLocaleString(locale, { maximumFractionDigits })} ${name}`;
}

/** `$0.42`, `$5`; less than a cent is said to be so. */
export function money(locale: string, usd: number): string {
  if (usd > 0 && usd < 0.01) return `<${money(locale, 0.01)}`;
  const digits = Number.isInteger(usd) ? 0 : 2;
  return usd.toLocaleString(locale, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

/** `980`, `18.2K`, `1.4M`. */
export const count = (locale: string, value: number): string =>
  new Intl.NumberFormat(locale, { notation: "compact", maximumFractionDigits: 1 }).format(value);
