// Texts made of texts: a quotation for the composer, a file's name for an answer. Pure.

/** As a Markdown quotation, with an empty line to go on below. */
export function quoted(text: string): string {
  const lines = text.trim().split("\n");
  return `${lines.map((line) => (line === "" ? ">" : `> ${line}`)).join("\n")}\n\n`;
}

const maxName = 60;

/** From the first heading, else the first words; "" where there are none. */
export function fileNameOf(text: string): string {
  const heading = /^#{1,6}\s+(.+)$/m.exec(text)?.[1];
  const words = (heading ?? text.trim().split("\n")[0] ?? "").replace(/[^\p{L}\p{N}_-]+/gu, " ");
  return words.trim().slice(0, maxName).trim();
}
