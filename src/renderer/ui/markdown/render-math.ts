// Draws the maths of a text with KaTeX, which is loaded with its fonts when the first text has any.
// KaTeX builds elements, so no string becomes HTML here; TeX that cannot be read stays as written.
import "katex/dist/katex.min.css";
import katex from "katex";

const longest = 4_000;
const remembered = 500;
const drawings = new Map<string, HTMLElement>();

/** Draws each maths element below `root` that is still source. */
export function renderMath(root: Element): void {
  for (const place of root.querySelectorAll<HTMLElement>(".math-source")) {
    const tex = place.textContent ?? "";
    const isDisplay = place.classList.contains("math-display");
    const drawing = drawn(tex, isDisplay);
    place.className = `${drawing ? "math" : "math math-broken"}${isDisplay ? " math-display" : ""}`;
    if (drawing) place.replaceChildren(...drawing.cloneNode(true).childNodes);
  }
}

function drawn(tex: string, isDisplay: boolean): HTMLElement | null {
  const key = `${isDisplay ? "d" : "i"}${tex}`;
  const known = drawings.get(key);
  if (known) return known.dataset["broken"] === undefined ? known : null;
  const drawing = document.createElement("span");
  if (!draw(tex, drawing, isDisplay)) drawing.dataset["broken"] = "";
  if (drawings.size >= remembered) drawings.delete(drawings.keys().next().value ?? "");
  drawings.set(key, drawing);
  return drawing.dataset["broken"] === undefined ? drawing : null;
}

function draw(tex: string, into: HTMLElement, displayMode: boolean): boolean {
  if (tex.length > longest) return false;
  try {
    katex.render(tex, into, {
      displayMode,
      output: "htmlAndMathml",
      throwOnError: true,
      strict: "ignore",
      trust: false,
      maxExpand: 200,
      maxSize: 20,
    });
    return true;
  } catch {
    // A formula that is wrong, or too deep for KaTeX's own recursion: its source says it best.
    return false;
  }
}
