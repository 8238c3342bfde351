// What every act on a page is handed, and what it says when it is done.
import type { Page } from "playwright-core";
import type { PageBox } from "../../../contract/browser.ts";
import type { Typed } from "./page-facts.ts";
import type { PagePrograms } from "./page-programs.ts";
import type { Ready, Touchables } from "./touchable.ts";

export type ActNeeds = {
  page: Page;
  programs: PagePrograms;
  touchables: Touchables;
  /** Of the main frame or of the one that the act is in. */
  document: string;
  /** What was typed, for whoever asks what a press would send. */
  remember(typed: Typed): void;
};
export type Did = {
  box: PageBox | null;
  /** What there is to say that no difference shows. */
  note?: string;
};

export const boxOf = ({ box: [x, y, width, height] }: Ready): PageBox => ({ x, y, width, height });
