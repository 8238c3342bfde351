// What waits for the person, told outside of the page while nobody looks at it: the icon's badge and,
// where they are allowed, notifications.
import type { Words } from "../words/words.ts";
import type { Companion } from "./companion.svelte.ts";

/** To be called while a component is made; ends with it. */
export function tellAbroad(companion: Companion, w: Words): void {
  let told = 0;
  $effect(() => {
    const count = companion.decisions;
    void setBadge(count);
    const session = companion.sessions?.find((one) => one.pendingApprovals > 0);
    if (count > told && document.hidden && session)
      void notify(w.shell.waiting(count), session.title, session.sessionId);
    told = count;
  });
  // A browser may have dropped it meanwhile, or the account's key may be another one.
  let isAsked = false;
  $effect(() => {
    const { wantPush } = companion.source;
    const isReached = companion.state.kind === "mirror" || companion.state.kind === "asleep";
    if (!isReached || isAsked || wantPush === null || !mayNotify()) return;
    isAsked = true;
    // Why it cannot be is said in the settings.
    wantPush().catch(() => undefined);
  });
}

const mayNotify = () => "Notification" in globalThis && Notification.permission === "granted";

async function setBadge(count: number): Promise<void> {
  if (!("setAppBadge" in navigator)) return;
  // Refused where the app is not installed.
  await (count > 0 ? navigator.setAppBadge(count) : navigator.clearAppBadge()).catch(() => {});
}

async function notify(title: string, body: string, sessionId: string): Promise<void> {
  if (!mayNotify()) return;
  const worker = await navigator.serviceWorker?.getRegistration();
  await worker?.showNotification(title, {
    ...{ body, tag: sessionId, icon: "./icons/icon-256.png", badge: "./icons/icon-256.png" },
    data: { address: `#chat/${sessionId}` },
  });
}
