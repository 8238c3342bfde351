// The words the design system itself shows, by key. Owns no sentence of a feature: those come as
// props. Another language is another table, given once at the root with `provideStrings`.
import { getContext, setContext } from "svelte";

export const english = {
  /** How numbers read. */
  locale: "en",
  close: "Close",
  minimise: "Minimise",
  maximise: "Maximise",
  copy: "Copy",
  copied: "Copied",
  copyCode: "Copy code",
  code: "code",
  saveFile: "Save to file",
  wrapLines: "Wrap long lines",
  showAllLines: (count: string) => `Show all ${count} lines`,
  showAllRows: (count: string) => `Show all ${count} rows`,
  markdown: "Markdown",
  csv: "CSV",
  copyMarkdown: "Copy as Markdown",
  copyCsv: "Copy as CSV",
  showDiagram: "Show as diagram",
  showSource: "Show source",
  openDiagram: "Open large",
  drawing: "Drawing…",
  diagramOf: (source: string) => `Diagram: ${source}`,
  diagramFailed: "This diagram could not be drawn. Its source is below.",
  cancel: "Cancel",
  retry: "Try again",
  dismiss: "Dismiss",
  openImage: "Open image",
  showDetails: "Show details",
  working: "Working",
  running: "running",
  done: "done",
  failed: "failed",
  waiting: "waiting",
  stopped: "stopped",
  required: "required",
  notifications: "Notifications",
  added: "Added",
  removed: "Removed",
  scrollTable: "Table",
  taskDone: "done",
  taskOpen: "open",
} as const;

type Words<Word> = Word extends string ? string : Word;
export type UiStrings = { [Key in keyof typeof english]: Words<(typeof english)[Key]> };

const key = Symbol("ui-strings");

export function provideStrings(strings: UiStrings): void {
  setContext(key, strings);
}

export function uiStrings(): UiStrings {
  return getContext<UiStrings | undefined>(key) ?? english;
}
