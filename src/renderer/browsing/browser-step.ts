// A step of the browser as people recognise it, and those of a session that left a picture. Pure.
import type { ToolView } from "../../contract/tool.ts";
import type { Item, ToolItem } from "../../core/session/view.ts";

export type BrowserView = Extract<ToolView, { kind: "browser" }>;
export type SearchView = Extract<ToolView, { kind: "search" }>;

export const browserView = ({ view }: Pick<ToolItem, "view">): BrowserView | null =>
  view?.kind === "browser" ? view : null;
export const searchView = ({ view }: Pick<ToolItem, "view">): SearchView | null =>
  view?.kind === "search" ? view : null;

export interface ReplayStep {
  call: ToolItem;
  view: BrowserView & { picture: NonNullable<BrowserView["picture"]> };
}

/** The steps of a session that left a picture, the first one first. */
export function replaySteps(items: readonly Item[]): ReplayStep[] {
  return items.flatMap((item): ReplayStep[] => {
    const view = item.kind === "tool" ? browserView(item) : null;
    if (item.kind !== "tool" || !view?.picture) return [];
    return [{ call: item, view: { ...view, picture: view.picture } }];
  });
}
