// A page as it was read: its lines in order, the containers that they stand in, the elements in them,
// through all frames.
import type { PageBox } from "../../../contract/browser.ts";

export type FrameStep = { document: string; id: number };

/** An element of one document; `frames` are the frames on the way to it, from the outermost. */
export type Place = { document: string; id: number; frames: readonly FrameStep[] };

export type ElementPart = {
  place: Place;
  role: string;
  name: string;
  value?: string;
  /** What a select offers. */
  offers?: string;
  states: readonly string[];
  href?: string;
  box: PageBox;
};

export type Line = {
  /** The same for the same line of the same element. */
  key: string;
  kind: "text" | "heading" | "item" | "row" | "notice";
  level: number;
  /** Its place in `containers`. */
  container: number;
  place: Place;
  parts: readonly (string | ElementPart)[];
  box: PageBox;
};

export type Container = { place: Place; role: string; name: string; parent: number };

export type PageModel = {
  /** Of the main frame. */
  document: string;
  url: string;
  title: string;
  view: { width: number; height: number; top: number; fullHeight: number };
  containers: readonly Container[];
  lines: readonly Line[];
  /** Parts of a page too large to be read whole. */
  skipped: number;
};

/** Roles that are told as a line of their own, above what is in them. */
const told = new Set(
  (
    "dialog alertdialog navigation complementary contentinfo search form region group tabpanel menu " +
    "listbox tree toolbar alert iframe table grid treegrid"
  ).split(" "),
);
const toldWithName = new Set("form region group tabpanel toolbar table grid".split(" "));

export const isTold = ({ role, name }: Container): boolean =>
  told.has(role) && (name !== "" || !toldWithName.has(role));

/** From the outermost to the one itself. */
export function chainOf(model: Pick<PageModel, "containers">, container: number): number[] {
  const chain: number[] = [];
  for (let at = container; at >= 0; at = model.containers[at]?.parent ?? -1) chain.unshift(at);
  return chain;
}

export const keyOf = ({ document, id }: Pick<Place, "document" | "id">): string =>
  `${document}/${id}`;

export const isSeen = ({ box }: Pick<Line, "box">, { view }: Pick<PageModel, "view">): boolean =>
  box.y < view.height && box.y + box.height > 0 && box.x < view.width && box.x + box.width > 0;

export const elementsOf = (line: Line): ElementPart[] =>
  line.parts.filter((part) => typeof part !== "string");
