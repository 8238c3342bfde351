// One tab as the model sees and touches it: what it was shown, the numbers of the elements, what changed
// since. Knows one page of Playwright's; tabs, dialogs, downloads and who drives are the browser's.
import type { Locator, Page } from "playwright-core";
import type { PageBox } from "../../../contract/browser.ts";
import type {
  ElementFacts,
  ElementNumber,
  LookOptions,
  PageAction,
  Picture,
  Seen,
  Sending,
  Table,
  WaitFor,
} from "../../../core/browser-ports.ts";

export type PageViewNeeds = {
  page: Page;
  /** Counts up over all tabs of the browser. */
  nextNumber(): ElementNumber;
  /** Takes out of a text what the person typed into secret fields. */
  redact(text: string): string;
};

/** Every method may throw AetheriaError with what to try; nothing here knows of the person's driving. */
export interface PageView {
  look(options: LookOptions, signal: AbortSignal): Promise<Seen>;
  /** Does it and waits until the page has settled. Tells nothing. */
  act(action: PageAction, signal: AbortSignal): Promise<{ box: PageBox | null }>;
  /** Until the page has settled after something that was done without `act` (an address, a step back). */
  settle(signal: AbortSignal): Promise<void>;
  /** What is different from what was told last; a new document is told whole, within the budget. */
  change(signal: AbortSignal): Promise<Seen>;
  wait(wait: WaitFor, signal: AbortSignal): Promise<void>;
  facts(element: ElementNumber): Promise<ElementFacts>;
  pressSends(keys: string[], element?: ElementNumber): Promise<Sending | null>;
  text(within: ElementNumber | undefined, signal: AbortSignal): Promise<string>;
  tables(within: ElementNumber | undefined, signal: AbortSignal): Promise<Table[]>;
  attributes(element: ElementNumber): Promise<Record<string, string>>;
  screenshot(
    options: { numbers: boolean; wholePage: boolean; element?: ElementNumber },
    signal: AbortSignal,
  ): Promise<Picture>;
  /** Throws when it is no longer there. */
  locate(element: ElementNumber): Promise<Locator>;
  boxOf(element: ElementNumber): Promise<PageBox | null>;
  close(): void;
}
