// Shortens a text for a model, by whole lines, never silently.

/** Cuts at the end of a line, and says so. */
export function cutText(text: string, maxChars: number, what: "rows" | "lines"): string {
  if (text.length <= maxChars) return text;
  const lineEnd = text.lastIndexOf("\n", maxChars);
  const kept = text.slice(0, lineEnd > maxChars / 2 ? lineEnd : maxChars);
  return `${kept}\n[cut here, after ${kept.length.toLocaleString("en")} characters: more ${what} follow]`;
}
