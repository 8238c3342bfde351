// Waits until a page has come to rest after something was done to it: what it began to load has come, a
// new document is there, and nothing has changed for a moment. Never longer than a few seconds.
import { setTimeout as delay } from "node:timers/promises";
import type { Dialog, Frame, Page, Request } from "playwright-core";
import type { QuietState } from "./in-page/quiet.ts";
import type { FrameStep } from "./page-model.ts";
import type { PagePrograms } from "./page-programs.ts";
import { createRequests } from "./requests.ts";

const maxLoadMs = 8_000;
const maxRequestsMs = 2_500;
const maxRestlessMs = 600;
const pollMs = 10;
/** A new document is at rest when nothing has changed for so long since it was loaded. */
const newQuietMs = 40;

export type Settling = {
  /** Remembers how the page was before it is touched. */
  begin(frames: readonly FrameStep[]): Promise<Before>;
  settle(before: Before, signal: AbortSignal): Promise<void>;
  /** Since the page was loaded: whatever is still going on. */
  loaded(signal: AbortSignal): Promise<void>;
  /** A dialog of the page stops all else; ends when one opens. */
  dialogOpens(): { opened: Promise<void>; stop(): void };
  close(): void;
};

export type Before = {
  frames: readonly FrameStep[];
  atMs: number;
  state: QuietState | null;
  /** What the page kept open to hear news, as `Requests` tells it. */
  keptOpen: ReadonlySet<string>;
};

export function createSettling(page: Page, programs: PagePrograms): Settling {
  const requests = createRequests(page, maxRequestsMs);
  let navigatedMs = -Infinity;
  /** When the last document was there, and not only another place in the same one. */
  let documentMs = -Infinity;
  const onNavigated = (frame: Frame) => {
    if (frame !== page.mainFrame()) return;
    navigatedMs = performance.now();
  };
  const onDocument = () => void (documentMs = performance.now());
  page.on("framenavigated", onNavigated);
  page.on("domcontentloaded", onDocument);

  const isNavigation = (request: Request) => {
    try {
      return request.isNavigationRequest() && request.frame() === page.mainFrame();
    } catch {
      return false;
    }
  };

  async function stateOf(
    frames: readonly FrameStep[],
    signal?: AbortSignal,
  ): Promise<QuietState | null> {
    try {
      return await programs.ask<QuietState>(frames, { verb: "quiet" }, signal);
    } catch {
      signal?.throwIfAborted();
      return null;
    }
  }

  async function settle(before: Before, signal: AbortSignal): Promise<void> {
    const dialog = dialogOpens();
    const stopped = new AbortController();
    try {
      await Promise.race([dialog.opened, rest(before, AbortSignal.any([signal, stopped.signal]))]);
    } finally {
      stopped.abort();
      dialog.stop();
    }
  }

  async function rest(before: Before, signal: AbortSignal): Promise<void> {
    const startMs = performance.now();
    const elapsedMs = () => performance.now() - startMs;
    // Twice: what a press begins to load is heard of a moment after the press. Once in a new document,
    // which has been quiet for longer than that.
    let wasRest = false;
    for (;;) {
      signal.throwIfAborted();
      if (page.isClosed() || elapsedMs() > maxLoadMs) return;
      const begun = requests.awaited(before);
      const isLoading = begun.some(isNavigation);
      const isLate = !isLoading && elapsedMs() >= maxRequestsMs;
      if (isLate) requests.giveUp(begun);
      const isWaited = begun.length > 0 && !isLate;
      const state = isLoading ? null : await stateOf(isWaited ? [] : before.frames, signal);
      const isRest = !isWaited && isAtRest(state, before, elapsedMs());
      if (isRest && (wasRest || documentMs >= before.atMs)) return;
      wasRest = isRest;
      await delay(pollMs, undefined, { signal });
    }
  }

  function isAtRest(state: QuietState | null, before: Before, elapsedMs: number): boolean {
    // The frame went away with the act.
    if (!state) return elapsedMs > maxRestlessMs || before.frames.length > 0;
    const isNew = before.state !== null && state.document !== before.state.document;
    if (isNew || navigatedMs >= before.atMs) {
      if (!state.loaded) return elapsedMs > maxLoadMs / 2;
      return state.sinceLastMs > newQuietMs || elapsedMs > maxRequestsMs;
    }
    const bursts = state.bursts - (before.state?.bursts ?? 0);
    if (bursts <= 0) return true;
    const wasRestless =
      before.state !== null && before.state.bursts > 3 && before.state.sinceLastMs < 60;
    if (wasRestless && elapsedMs > 100) return true;
    return state.sinceLastMs > Math.min(100, 8 + 24 * (bursts - 1)) || elapsedMs > maxRestlessMs;
  }

  function dialogOpens() {
    let onDialog: (dialog: Dialog) => void = () => undefined;
    const opened = new Promise<void>((resolve) => (onDialog = () => resolve()));
    page.on("dialog", onDialog);
    return { opened, stop: () => void page.off("dialog", onDialog) };
  }

  return {
    async begin(frames) {
      const keptOpen = requests.keptOpen();
      const state = await stateOf(frames);
      return { frames, atMs: performance.now(), state, keptOpen };
    },
    settle,
    loaded: (signal) =>
      settle({ frames: [], atMs: navigatedMs, state: null, keptOpen: new Set() }, signal),
    dialogOpens,
    close() {
      page.off("framenavigated", onNavigated);
      page.off("domcontentloaded", onDocument);
      requests.close();
    },
  };
}
