// The words the design system itself shows, by key. Owns no sentence of a feature: those come as
// props. Another language is another table, given once at the root with `provideStrings`.
import { getContext, setContext } from "svelte";

export const english = {
  close: "Close",
  minimise: "Minimise",
  maximise: "Maximise",
  copy: "Copy",
  copied: "Copied",
  copyCode: "Copy code",
  code: "code",
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

export type UiStrings = Record<keyof typeof english, string>;

const key = Symbol("ui-strings");

export function provideStrings(strings: UiStrings): void {
  setContext(key, strings);
}

export function uiStrings(): UiStrings {
  return getContext<UiStrings | undefined>(key) ?? english;
}
