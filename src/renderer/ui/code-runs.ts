// Coloured code as runs instead of HTML: the page builds elements from them and parses nothing.

/** What colours it ("" for nothing), and the text. */
export type CodeRun = readonly [classes: string, text: string];

const entities: Record<string, string> = {
  "&amp;": "&",
  "&lt;": "<",
  "&gt;": ">",
  "&quot;": '"',
  "&#x27;": "'",
};

/** Reads the only HTML highlight.js writes: nested `<span class="…">` and escaped text. */
export function codeRuns(html: string): CodeRun[] {
  const open: string[] = [];
  const runs: CodeRun[] = [];
  for (const [part] of html.matchAll(/<span class="[^"]*">|<\/span>|[^<]+/g)) {
    if (part === "</span>") open.pop();
    else if (part.startsWith("<span")) open.push(part.slice(13, -2));
    else runs.push([open.join(" "), part.replace(/&(?:amp|lt|gt|quot|#x27);/g, decoded)]);
  }
  return runs;
}

function decoded(entity: string): string {
  return entities[entity] ?? entity;
}
