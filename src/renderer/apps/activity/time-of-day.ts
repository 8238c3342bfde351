// How a moment of a session reads.

/** `14:03:12`. */
export const timeOfDay = (locale: string, at: number): string =>
  isDate(at) ? new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(at) : String(at);

/** With its day. */
export const fullTime = (locale: string, at: number): string =>
  isDate(at)
    ? new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at)
    : String(at);

/** A log from elsewhere may hold a time that no calendar has. */
const isDate = (at: number): boolean => Math.abs(at) <= 8.64e15;
