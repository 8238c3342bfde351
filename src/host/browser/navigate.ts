// Sends a tab to an address or through its history, and says in a sentence why a page did not come.
import type { Response } from "playwright-core";
import { AetheriaError } from "../../contract/errors.ts";
import { hostOf, webAddress } from "./addresses.ts";
import {
  isCertificateError,
  navigationError,
  netErrorIn,
  neverLoaded,
} from "./navigation-error.ts";
import type { Tab } from "./tabs.ts";

export type NavigateNeeds = {
  /** What the way out says of a host that it refused or did not reach. */
  refusalOf(host: string): string | null;
  failureOf(host: string): string | null;
  isOffline(): boolean;
  note(sentence: string): void;
  timeoutMs: number;
};

export type Navigate = ReturnType<typeof createNavigate>;

export function createNavigate(needs: NavigateNeeds) {
  const { note, timeoutMs } = needs;
  const seconds = Math.round(timeoutMs / 1000);

  const stop = async (tab: Tab) => {
    const cdp = await tab.cdp();
    await cdp.send("Page.stopLoading").catch(() => undefined);
  };

  /** What came by `deadlineMs` is shown. */
  async function untilReadable(tab: Tab, deadlineMs: number): Promise<void> {
    const timeout = Math.max(1, deadlineMs - performance.now());
    const broken = Promise.withResolvers<void>();
    const isBroken = () => {
      if (tab.failure) broken.resolve();
    };
    tab.page.on("requestfailed", isBroken);
    // Between its beginning and now.
    isBroken();
    try {
      // Where it breaks off, no page is ever said to be there.
      const loaded = tab.page.waitForLoadState("domcontentloaded", { timeout });
      await Promise.race([loaded, broken.promise]);
      if (tab.failure) note(`The page broke off (${tab.failure.netError}); this is what came.`);
    } catch (error) {
      if (!isTimeout(error)) return;
      await stop(tab);
      note(`The page did not finish loading within ${seconds} seconds; this is what came.`);
    } finally {
      tab.page.off("requestfailed", isBroken);
    }
  }

  function refusal(address: string): AetheriaError | null {
    const host = hostOf(address) ?? "";
    const refused = needs.refusalOf(host);
    if (refused === null) return null;
    return new AetheriaError(needs.isOffline() ? "offline" : "host_blocked", refused);
  }

  function failure(address: string): AetheriaError | null {
    const failed = needs.failureOf(hostOf(address) ?? "");
    return failed === null ? null : new AetheriaError("not_found", failed, { retryable: true });
  }

  function checkResponse(response: Response | null): void {
    if (response === null || response.status() < 400) return;
    const refused = refusal(response.url());
    if (refused) throw refused;
    const failed = failure(response.url());
    if (failed && response.status() >= 500) throw failed;
  }

  function told(error: unknown, address: string, tab: Tab): AetheriaError | null {
    if (error instanceof AetheriaError) return error;
    const message = error instanceof Error ? error.message : String(error);
    if (/Download is starting/.test(message)) return null;
    if (isTimeout(error)) return neverLoaded(address, seconds);
    const at = tab.failure?.url ?? address;
    const refused = refusal(at);
    if (refused) return refused;
    const netError = netErrorIn(message);
    const failed = failure(at);
    if (failed && netError === "ERR_TUNNEL_CONNECTION_FAILED") return failed;
    // The tab is led away from what stands in its place, and that may be told instead.
    if (tab.failure && isCertificateError(tab.failure.netError))
      return navigationError(tab.failure.netError, at);
    // Another navigation of the page took its place, or what came is no page.
    if (netError === null || netError === "ERR_ABORTED") return null;
    return navigationError(netError, at);
  }

  async function guarded(
    tab: Tab,
    address: string,
    signal: AbortSignal,
    go: () => Promise<Response | null>,
  ): Promise<void> {
    const deadlineMs = performance.now() + timeoutMs;
    const leave = () => void stop(tab).catch(() => undefined);
    signal.addEventListener("abort", leave, { once: true });
    try {
      checkResponse(await go());
      await untilReadable(tab, deadlineMs);
    } catch (error) {
      signal.throwIfAborted();
      if (isTimeout(error)) await stop(tab);
      const problem = told(error, address, tab);
      if (problem) throw problem;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  return {
    /** Throws refused, bad_input, timeout, host_blocked, offline, not_found. */
    async open(tab: Tab, url: string, signal: AbortSignal): Promise<void> {
      const address = webAddress(url);
      const options = { waitUntil: "commit", timeout: timeoutMs } as const;
      await guarded(tab, address, signal, () => tab.page.goto(address, options));
    },
    /** Throws refused where there is no such page. */
    async step(tab: Tab, step: "back" | "forward" | "reload", signal: AbortSignal): Promise<void> {
      const options = { waitUntil: "commit", timeout: timeoutMs } as const;
      const { canGoBack, canGoForward } = await historyOf(tab);
      if ((step === "back" && !canGoBack) || (step === "forward" && !canGoForward))
        throw new AetheriaError("refused", `There is no page to go ${step} to.`, {
          hint: "Open an address instead.",
        });
      const { page } = tab;
      const steps = { back: page.goBack, forward: page.goForward, reload: page.reload };
      await guarded(tab, page.url(), signal, () => steps[step].call(page, options));
    },
    stop,
    /** What the way out says of where this address leads, when it was refused or not reached last. */
    unreached: (address: string) => refusal(address) ?? failure(address),
  };
}

export async function historyOf(tab: Tab): Promise<{ canGoBack: boolean; canGoForward: boolean }> {
  const none = { canGoBack: false, canGoForward: false };
  try {
    const { currentIndex, entries } = await (await tab.cdp()).send("Page.getNavigationHistory");
    return { canGoBack: currentIndex > 0, canGoForward: currentIndex < entries.length - 1 };
  } catch {
    // The tab is on its way out.
    return none;
  }
}

const isTimeout = (error: unknown) => error instanceof Error && error.name === "TimeoutError";
