// Amounts as people say them.

export function sizeText(sizeBytes: number): string {
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  let amount = sizeBytes;
  let unit = 0;
  while (amount >= 1000 && unit < units.length - 1) {
    amount /= 1000;
    unit++;
  }
  if (unit === 0) return amount === 1 ? "1 byte" : `${amount} bytes`;
  return `${amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${units[unit]}`;
}

/** A line end at the very end does not begin another line. */
export function lineCount(text: string): number {
  return text.split("\n").length - (text === "" || text.endsWith("\n") ? 1 : 0);
}

/** `1 file`, `1,200 files`. */
export function count(amount: number, noun: string, plural = `${noun}s`): string {
  return `${amount.toLocaleString("en")} ${amount === 1 ? noun : plural}`;
}
