// Which of a page's requests are waited for. Not those that a page keeps open to hear news: a stream, and
// a question that is asked again and again and answered when there is something to say.
import type { Page, Request, Response } from "playwright-core";

/** What a page fetches for show only, or keeps open by its kind, is not waited for. */
const waitedFor = new Set(["document", "script", "stylesheet", "xhr", "fetch"]);
const streams =
  /^(text\/event-stream|multipart\/x-mixed-replace|application\/(x-ndjson|stream\+json))\b/i;
/** Open for so long when something is done to the page: it waits for news. */
const keptOpenMs = 1_000;
/** A page cannot fill the memory. */
const maxKnown = 200;

export type Requests = {
  /** What is open now and has been for a while: neither that nor its like is waited for. */
  keptOpen(): ReadonlySet<string>;
  /** Those begun since then that are waited for. */
  awaited(since: { atMs: number; keptOpen: ReadonlySet<string> }): Request[];
  /** They did not come: their like is not waited for, until it comes within the time again. */
  giveUp(requests: readonly Request[]): void;
  close(): void;
};

/** `quickMs`: what took no longer has come in time. */
export function createRequests(page: Page, quickMs: number): Requests {
  const running = new Map<Request, number>();
  const endless = new Set<string>();

  const onRequest = (request: Request) => {
    if (waitedFor.has(request.resourceType())) running.set(request, performance.now());
  };
  const onResponse = (response: Response) => {
    if (streams.test(response.headers()["content-type"] ?? "")) running.delete(response.request());
  };
  const onFinished = (request: Request) => {
    const begunMs = running.get(request);
    if (!running.delete(request) || begunMs === undefined) return;
    if (performance.now() - begunMs < quickMs) endless.delete(likeOf(request));
  };
  const onFailed = (request: Request) => void running.delete(request);
  page.on("request", onRequest);
  page.on("response", onResponse);
  page.on("requestfinished", onFinished);
  page.on("requestfailed", onFailed);

  return {
    keptOpen() {
      const nowMs = performance.now();
      const old = [...running].filter(([, begunMs]) => nowMs - begunMs >= keptOpenMs);
      return new Set(old.map(([request]) => likeOf(request)));
    },
    awaited({ atMs, keptOpen }) {
      const begun = [...running].filter(([, begunMs]) => begunMs >= atMs).map(([one]) => one);
      return begun.filter((one) => {
        const like = likeOf(one);
        return one.isNavigationRequest() || (!keptOpen.has(like) && !endless.has(like));
      });
    },
    giveUp(requests) {
      for (const request of requests) {
        endless.add(likeOf(request));
        const [oldest] = endless;
        if (endless.size > maxKnown && oldest !== undefined) endless.delete(oldest);
      }
    },
    close() {
      page.off("request", onRequest);
      page.off("response", onResponse);
      page.off("requestfinished", onFinished);
      page.off("requestfailed", onFailed);
      running.clear();
    },
  };
}

/** What stands after the `?` differs each time: how far one has heard, the time. */
const likeOf = (request: Request) => `${request.method()} ${request.url().split(/[?#]/, 1)[0]}`;
