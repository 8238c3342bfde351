// What a program printed, as text one reads: its colours, cursor moves and other terminal sequences
// are left out, and of a line that it wrote over only the last version stays. Pure.

// By number on purpose: in the source they could not be seen.
const sequences =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]|[\]PX^_][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]/g;
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g;

export function plainOutput(printed: string): string {
  const text = printed.replace(sequences, "").replaceAll("\r\n", "\n");
  const kept = text.includes("\r") ? text.split("\n").map(lastVersion).join("\n") : text;
  return kept.replace(controls, "");
}

/** A progress bar writes one line many times, each after a return. */
function lastVersion(line: string): string {
  const versions = line.split("\r");
  return versions.findLast((version) => version !== "") ?? "";
}

/** Its last lines, and whether there were more. */
export function lastLines(text: string, count: number): { text: string; isCut: boolean } {
  const whole = text.endsWith("\n") ? text.slice(0, -1) : text;
  let at = whole.length;
  for (let line = 0; line < count; line += 1) {
    at = whole.lastIndexOf("\n", at - 1);
    if (at <= 0) return { text: whole, isCut: false };
  }
  return { text: whole.slice(at + 1), isCut: true };
}
