// Text from models, tools and files, made safe for a terminal: no escape sequence in it may move
// the cursor, rename the window or hide what a person is about to approve.

// C0 but tab and newline, DEL, C1, and the characters that reorder text.
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const sequences =
  // Operating system commands with their end, then control sequences.
  /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b\[[0-?]*[ -/]*[@-~]/g;

/** `text` without control and reordering characters; line ends and tabs stay. */
export const printable = (text: string): string =>
  text.replace(/\r\n/g, "\n").replace(sequences, "").replace(unsafe, "");

/** The first line of `text`, at most `length` long, cut with an ellipsis. */
export function oneLine(text: string, length: number): string {
  const line = printable(text).replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}
