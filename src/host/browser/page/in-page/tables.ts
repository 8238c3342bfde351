// The tables of a document: real ones with merged cells, ARIA grids, definition lists, and lists whose
// entries are all made of the same parts.
import type { PageElement, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { Names } from "./names.ts";
import type { ElementId } from "./wire.ts";

export type WireTable = { caption: string; header: string[]; rows: string[][] };
export type WireTables = {
  found: boolean;
  document: string;
  tables: WireTable[];
  frames: ElementId[];
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createTables(
  window: PageWindow,
  { elements, names }: { elements: Elements; names: Names },
) {
  const { document } = window;
  const maxCells = 200_000;
  const isSeen = (element: PageElement) => window.getComputedStyle(element).display !== "none";
  const words = (element: PageElement) => names.wordsOf(element, 2_000) || fieldIn(element);

  function fieldIn(element: PageElement): string {
    const field = element.querySelector("input,select,textarea");
    if (!field || field.type === "password") return "";
    if (field.type === "checkbox") return field.checked ? "yes" : "no";
    return field.value ?? "";
  }

  /** Every cell in every place that it covers. */
  function grid(rows: PageElement[], cellsOf: (row: PageElement) => PageElement[]): string[][] {
    const filled: string[][] = rows.map(() => []);
    let count = 0;
    rows.forEach((row, down) => {
      let across = 0;
      for (const cell of cellsOf(row)) {
        while (filled[down]![across] !== undefined) across += 1;
        const text = words(cell);
        const wide = Math.min(
          cell.colSpan || Number(cell.getAttribute("aria-colspan")) || 1,
          1_000,
        );
        const high = cell.rowSpan || Number(cell.getAttribute("aria-rowspan")) || 1;
        for (let y = down; y < Math.min(rows.length, down + high); y++)
          for (let x = across; x < across + wide && count < maxCells; x++, count++)
            filled[y]![x] = text;
        across += wide;
      }
    });
    const width = Math.max(0, ...filled.map((row) => row.length));
    return filled.map((row) => Array.from({ length: width }, (_, at) => row[at] ?? ""));
  }

  const isAll = (cells: PageElement[], what: string) =>
    cells.length > 0 && cells.every((cell) => cell.matches(what));

  function split(
    caption: string,
    rows: PageElement[],
    cellsOf: (row: PageElement) => PageElement[],
  ): WireTable {
    const all = grid(rows, cellsOf);
    const first = rows[0];
    const isHead =
      first !== undefined &&
      (first.closest("thead") !== null || isAll(cellsOf(first), "th,[role=columnheader]"));
    return { caption, header: isHead ? all[0]! : [], rows: isHead ? all.slice(1) : all };
  }

  function real(table: PageElement): WireTable | null {
    if (table.querySelector("table")) return null;
    const rows = Array.from(table.querySelectorAll("tr")).filter(isSeen);
    const cellsOf = (row: PageElement) =>
      Array.from(row.children).filter((cell) => /^T[DH]$/i.test(cell.tagName) && isSeen(cell));
    if (!rows.some((row) => cellsOf(row).length > 1)) return null;
    return split(names.nameOf(table, false) || headingOf(table), rows, cellsOf);
  }

  function aria(table: PageElement): WireTable | null {
    const rows = Array.from(table.querySelectorAll("[role=row]")).filter(isSeen);
    const cell = "[role=cell],[role=gridcell],[role=columnheader],[role=rowheader]";
    const cellsOf = (row: PageElement) => Array.from(row.querySelectorAll(cell)).filter(isSeen);
    return rows.length > 0
      ? split(names.nameOf(table, false) || headingOf(table), rows, cellsOf)
      : null;
  }

  function definitions(list: PageElement): WireTable | null {
    const rows: string[][] = [];
    for (const part of Array.from(list.querySelectorAll("dt,dd"))) {
      if (/^DT$/i.test(part.tagName)) rows.push([words(part), ""]);
      else if (rows.length > 0) {
        const last = rows[rows.length - 1]!;
        last[1] = last[1] ? `${last[1]}; ${words(part)}` : words(part);
      }
    }
    return rows.length > 1 ? { caption: headingOf(list), header: [], rows } : null;
  }

  function headingOf(element: PageElement): string {
    for (let at: PageElement | null = element, up = 0; at && up < 4; at = at.parentElement, up++) {
      const heading = at.parentElement?.querySelector("h1,h2,h3,h4,h5,h6");
      if (heading && !element.contains(heading)) return names.wordsOf(heading, 100);
    }
    return "";
  }

  /** The leaves of an entry, as long as all entries have the same ones. */
  function repeated(list: PageElement): WireTable | null {
    const entries = Array.from(list.children).filter(isSeen);
    if (entries.length < 3 || list.closest("nav,table,[role=navigation]")) return null;
    const shape = (entry: PageElement) =>
      Array.from(
        entry.children,
        (part) => `${part.tagName}.${part.getAttribute("class") ?? ""}`,
      ).join();
    const common = shape(entries[0]!);
    if (entries[0]!.children.length < 2 || !entries.every((entry) => shape(entry) === common))
      return null;
    const rows = entries.map((entry) => Array.from(entry.children, words));
    return rows.every((row) => row.every((cell) => cell.length < 300))
      ? { caption: headingOf(list), header: [], rows }
      : null;
  }

  function tableOf(element: PageElement): WireTable | null {
    const tag = element.tagName.toUpperCase();
    const role = element.getAttribute("role") ?? "";
    if (tag === "TABLE" && !/^(grid|treegrid)$/.test(role)) return real(element);
    if (/^(table|grid|treegrid)$/.test(role))
      return aria(element) ?? (tag === "TABLE" ? real(element) : null);
    return tag === "DL" ? definitions(element) : repeated(element);
  }

  return function tables(id: ElementId | null): WireTables {
    const answer: WireTables = { found: true, document: elements.document, tables: [], frames: [] };
    const root = id === null ? document.documentElement : elements.find(id);
    if (!root) return { ...answer, found: false };
    const taken: PageElement[] = [];
    const wanted =
      "table,[role=table],[role=grid],[role=treegrid],dl,ul,ol,[role=list],iframe,frame";
    const visit = (element: PageElement) => {
      if (/^(IFRAME|FRAME)$/i.test(element.tagName)) answer.frames.push(elements.idOf(element));
      else if (isSeen(element) && !taken.some((outer) => outer.contains(element))) {
        const table = tableOf(element);
        if (table) taken.push(element);
        if (table) answer.tables.push(table);
      }
    };
    const search = (
      from: { querySelectorAll(selector: string): ArrayLike<PageElement> },
      depth: number,
    ) => {
      for (const element of Array.from(from.querySelectorAll(`${wanted},*`))) {
        if (element.matches(wanted)) visit(element);
        if (element.shadowRoot && depth < 5) search(element.shadowRoot, depth + 1);
      }
    };
    if (root.matches(wanted)) visit(root);
    search(root, 0);
    return answer;
  };
}
