// Puts code into its element: plain at once and cheaply while it grows, coloured in slices.
import type { CodeRun } from "./code-runs.ts";

const runsPerSlice = 1_500;

/** Shows `code` plain; what continues the text shown before is only added. */
export function showPlain(element: Element, code: string): void {
  const [only] = element.childNodes;
  if (only instanceof Text && element.childNodes.length === 1 && code.startsWith(only.data)) {
    if (code.length > only.length) only.appendData(code.slice(only.length));
  } else {
    element.replaceChildren(code);
  }
}

/** Replaces the plain code shown by its coloured runs. Returns what stops it midway. */
export function paintRuns(element: Element, runs: readonly CodeRun[]): () => void {
  const rest = element.firstChild;
  if (!(rest instanceof Text) || element.childNodes.length !== 1) return () => undefined;
  let at = 0;
  let frame = 0;
  function slice(plain: Text): void {
    const next = runs.slice(at, at + runsPerSlice);
    at += next.length;
    plain.before(...next.map(asNode));
    plain.deleteData(
      0,
      next.reduce((length, [, text]) => length + text.length, 0),
    );
    if (at < runs.length) frame = requestAnimationFrame(() => slice(plain));
    else plain.remove();
  }
  slice(rest);
  return () => cancelAnimationFrame(frame);
}

function asNode([classes, text]: CodeRun): Node | string {
  if (classes === "") return text;
  const span = document.createElement("span");
  span.className = classes;
  span.textContent = text;
  return span;
}
