// Waits until a page has come to rest after something was done to it: what it began to load has come, a
// new document is there, and nothing has changed for a moment. Never longer than a few seconds.
import { setTimeout as delay } from "node:timers/promises";
import type { Dialog, Frame, Page, Request } from "playwright-core";
import type { QuietState } from "./in-page/quiet.ts";
import type { FrameStep } from "./page-model.ts";
import type { PagePrograms } from "./page-programs.ts";

const maxLoadMs = 8_000;
const maxRequestsMs = 2_500;
const maxRestlessMs = 600;
const pollMs = 10;
/** What a page keeps open or fetches for show only is not waited for. */
const waitedFor = new Set(["document", "script", "stylesheet", "xhr", "fetch"]);

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

export type Before = { frames: readonly FrameStep[]; atMs: number; state: QuietState | null };

export function createSettling(page: Page, programs: PagePrograms): Settling {
  const running = new Map<Request, number>();
  let navigatedMs = -Infinity;
  const onRequest = (request: Request) => {
    if (waitedFor.has(request.resourceType())) running.set(request, performance.now());
  };
  const onEnd = (request: Request) => void running.delete(request);
  const onNavigated = (frame: Frame) => {
    if (frame !== page.mainFrame()) return;
    navigatedMs = performance.now();
  };
  page.on("request", onRequest);
  page.on("requestfinished", onEnd);
  page.on("requestfailed", onEnd);
  page.on("framenavigated", onNavigated);

  const isNavigation = (request: Request) => {
    try {
      return request.isNavigationRequest() && request.frame() === page.mainFrame();
    } catch {
      return false;
    }
  };
  const begunSince = (atMs: number) =>
    [...running].filter(([, sinceMs]) => sinceMs >= atMs).map(([request]) => request);

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
    // Twice: what a press begins to load is heard of a moment after the press.
    let wasRest = false;
    for (;;) {
      signal.throwIfAborted();
      if (page.isClosed() || elapsedMs() > maxLoadMs) return;
      const begun = begunSince(before.atMs);
      const isLoading = begun.some(isNavigation);
      const isWaited = isLoading || (begun.length > 0 && elapsedMs() < maxRequestsMs);
      const state = isLoading ? null : await stateOf(isWaited ? [] : before.frames, signal);
      const isRest = !isWaited && isAtRest(state, before, elapsedMs());
      if (isRest && wasRest) return;
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
      return state.sinceLastMs > (state.bursts === 0 ? 4 : 40) || elapsedMs > maxRequestsMs;
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
      const state = await stateOf(frames);
      return { frames, atMs: performance.now(), state };
    },
    settle,
    loaded: (signal) => settle({ frames: [], atMs: navigatedMs, state: null }, signal),
    dialogOpens,
    close() {
      page.off("request", onRequest);
      page.off("requestfinished", onEnd);
      page.off("requestfailed", onEnd);
      page.off("framenavigated", onNavigated);
      running.clear();
    },
  };
}
