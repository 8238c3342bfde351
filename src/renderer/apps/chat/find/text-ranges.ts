// The places of a text on the page, across the elements it is written in, and their colours by the CSS
// Custom Highlight API: the page's own nodes stay untouched.
import { fold } from "./matches.ts";

const all = "chat-find";
const current = "chat-find-current";
/** More are not told apart by anybody. */
const maxRanges = 2_000;

/** Text in different blocks is never one match. */
export function rangesIn(root: Element, query: string): Range[] {
  const wanted = fold(query.trim());
  if (wanted === "") return [];
  const ranges: Range[] = [];
  for (const nodes of runsOf(root)) {
    const text = fold(nodes.map((node) => node.data).join(""));
    let at = text.indexOf(wanted);
    while (at !== -1 && ranges.length < maxRanges) {
      const range = rangeOf(nodes, at, at + wanted.length);
      if (range) ranges.push(range);
      at = text.indexOf(wanted, at + wanted.length);
    }
  }
  return ranges;
}

const inline = new Set(["A", "ABBR", "B", "BDI", "CODE", "DEL", "EM", "I", "S", "SPAN", "STRONG"]);
const skipped = "button, textarea, input, select, .sr-only, [aria-hidden=true], svg";

/** Text nodes side by side, as they are read in one line. */
function* runsOf(root: Element): Generator<Text[]> {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let nodes: Text[] = [];
  let block: Element | null = null;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text) || node.parentElement?.closest(skipped)) continue;
    const own = blockOf(node);
    if (own !== block && nodes.length > 0) {
      yield nodes;
      nodes = [];
    }
    block = own;
    nodes.push(node);
  }
  if (nodes.length > 0) yield nodes;
}

function blockOf(node: Text): Element | null {
  let element = node.parentElement;
  while (element && inline.has(element.tagName)) element = element.parentElement;
  return element;
}

function rangeOf(nodes: readonly Text[], from: number, to: number): Range | null {
  const range = document.createRange();
  let start = 0;
  let isOpen = false;
  for (const node of nodes) {
    const end = start + node.length;
    if (!isOpen && from < end) {
      range.setStart(node, from - start);
      isOpen = true;
    }
    if (isOpen && to <= end) {
      range.setEnd(node, to - start);
      return range;
    }
    start = end;
  }
  return null;
}

/** `chosen` is drawn over the others. Browsers without the API show the place by scrolling only. */
export function highlight(ranges: readonly Range[], chosen: Range | null): void {
  if (!("highlights" in CSS)) return;
  if (ranges.length === 0) CSS.highlights.delete(all);
  else CSS.highlights.set(all, new Highlight(...ranges));
  if (!chosen) return void CSS.highlights.delete(current);
  const mark = new Highlight(chosen);
  mark.priority = 1;
  CSS.highlights.set(current, mark);
}
