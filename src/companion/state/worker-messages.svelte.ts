// What the service worker has for the page: something that another app shared, a notification that was
// pressed.
import { openShares } from "../worker/shares.ts";
import type { Companion } from "./companion.svelte.ts";
import { readSpot } from "./place.svelte.ts";

/** To be called while a component is made; ends with it. */
export function followWorker(companion: Companion): void {
  void takeShared(companion);
  $effect(() => {
    const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    const listener = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "object" || data === null || !("address" in data)) return;
      const { tab, sessionId } = readSpot(String(data.address));
      if (sessionId !== null) companion.place.open(sessionId, tab);
    };
    container?.addEventListener("message", listener);
    return () => container?.removeEventListener("message", listener);
  });
}

/** The person is asked for which session it is. */
async function takeShared(companion: Companion): Promise<void> {
  try {
    companion.shared = await (await openShares()).take();
  } catch {
    return; // the browser keeps nothing here, so nobody could share anything either
  }
}
