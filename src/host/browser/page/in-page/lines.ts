// The lines that a page is read as, while they are put together: words and elements of one line, the
// container that they stand in.
import type { PageElement, PageNode, PageRect, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { WireBlock, WireBox, WireContainer, WirePart } from "./wire.ts";

export type Lines = {
  blocks: WireBlock[];
  containers: WireContainer[];
  boxOf(rect: PageRect): WireBox;
  addWords(text: string, node: PageNode | null): void;
  addPart(part: Exclude<WirePart, string>): void;
  /** Ends the line; `owner` is the element that the next one stands in. */
  end(owner: PageElement): void;
  /** What the next line is. */
  begin(kind: WireBlock["kind"], level?: number): void;
  enter(element: PageElement, role: string, name: string): number;
  leave(): void;
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createLines(window: PageWindow, elements: Elements, root: PageElement): Lines {
  const blocks: WireBlock[] = [];
  const containers: WireContainer[] = [
    { id: elements.idOf(root), role: "page", name: "", parent: -1 },
  ];
  const counts = new Map<number, number>();
  let current = 0;
  let owner = root;
  let parts: WirePart[] = [];
  let box: WireBox | null = null;
  let kind: WireBlock["kind"] = "text";
  let level: number | undefined;

  const boxOf = ({ x, y, width, height }: PageRect): WireBox => [
    ...([Math.round(x), Math.round(y)] as const),
    ...([Math.round(width), Math.round(height)] as const),
  ];

  function grow(added: WireBox): void {
    if (!box) {
      box = [...added];
      return;
    }
    const right = Math.max(box[0] + box[2], added[0] + added[2]);
    const bottom = Math.max(box[1] + box[3], added[1] + added[3]);
    box[0] = Math.min(box[0], added[0]);
    box[1] = Math.min(box[1], added[1]);
    box[2] = right - box[0];
    box[3] = bottom - box[1];
  }

  function addWords(text: string, node: PageNode | null): void {
    const last = parts.length - 1;
    if (typeof parts[last] === "string") parts[last] += text;
    else if (text.trim() !== "") parts.push(text);
    else if (last >= 0) parts.push(" ");
    if (box || !node || text.trim() === "") return;
    const range = window.document.createRange();
    range.selectNodeContents(node);
    grow(boxOf(range.getBoundingClientRect()));
  }

  function end(next: PageElement): void {
    const filled = parts
      .map((part) => (typeof part === "string" ? part.replace(/[\s\u200b\u00ad]+/g, " ") : part))
      .filter((part) => part !== "");
    const isEmpty = filled.every((part) => typeof part === "string" && !/[^\s|]/.test(part));
    if (!isEmpty) {
      const id = elements.idOf(owner);
      const line = counts.get(id) ?? 0;
      counts.set(id, line + 1);
      const made: WireBlock = {
        id,
        line,
        container: current,
        kind,
        parts: filled,
        box: box ?? [0, 0, 0, 0],
      };
      if (level !== undefined) made.level = level;
      blocks.push(made);
      kind = "text";
      level = undefined;
    }
    parts = [];
    box = null;
    owner = next;
  }

  return {
    ...{ blocks, containers, boxOf, addWords, end },
    addPart(part) {
      parts.push(part);
      grow(part.box);
    },
    begin(nextKind, nextLevel) {
      kind = nextKind;
      level = nextLevel;
    },
    enter(element, role, name) {
      containers.push({ id: elements.idOf(element), role, name, parent: current });
      current = containers.length - 1;
      return current;
    },
    leave() {
      current = containers[current]!.parent;
    },
  };
}
