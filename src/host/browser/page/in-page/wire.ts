// What the programs in the page answer. Element ids are theirs and mean nothing outside their document.

export type ElementId = number;

/** Left, top, width, height, in CSS pixels of the frame's own window. */
export type WireBox = [number, number, number, number];

/** One thing in a line. Words are strings. */
export type WirePart =
  | string
  | {
      id: ElementId;
      role: string;
      name: string;
      value?: string;
      states?: string[];
      /** As the page writes it. */
      href?: string;
      box: WireBox;
    };

export type WireBlock = {
  /** Of the element that the line stands in, with a count of its lines. */
  id: ElementId;
  line: number;
  /** Its place in `containers`. */
  container: number;
  kind: "text" | "heading" | "item" | "row";
  level?: number;
  parts: WirePart[];
  box: WireBox;
};

export type WireContainer = { id: ElementId; role: string; name: string; parent: number };

export type WirePage = {
  document: string;
  url: string;
  title: string;
  view: {
    width: number;
    height: number;
    left: number;
    top: number;
    fullWidth: number;
    fullHeight: number;
  };
  containers: WireContainer[];
  blocks: WireBlock[];
  /** Frames, before which block they stand and the container made for them. */
  frames: { id: ElementId; before: number; container: number; box: WireBox }[];
  /** Parts of a page too large to be read whole. */
  skipped: number;
};
