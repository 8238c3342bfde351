// Lets the service worker in, where there can be one: without it the companion works all the same, and
// needs a net to begin.
export function startWorker(): void {
  if (!("serviceWorker" in navigator)) return;
  const start = () =>
    void navigator.serviceWorker.register("./sw.js", { scope: "./" }).catch(() => undefined);
  // Not before the first screen is there: it fetches all files of the app.
  if (document.readyState === "complete") start();
  else addEventListener("load", start, { once: true });
}
