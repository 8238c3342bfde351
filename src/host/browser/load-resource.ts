// Brings what lies at an address as a file, whatever it is: the browser itself asks for it, with its
// cookies and through its way out, and what comes is a download, watched as all of them are.
import type { CDPSession } from "playwright-core";
import { AetheriaError } from "../../contract/errors.ts";
import { navigationError } from "./navigation-error.ts";

export type LoadNeeds = {
  /** Of a page that nobody needs: it never shows anything. */
  cdp: CDPSession;
  /** What the way out says of a host that was not reached: better than what the browser knows. */
  unreached(address: string): AetheriaError | null;
};

/** Returns when the file begins to come. Throws not_found, host_blocked, offline, timeout. */
export async function loadResource(
  { cdp, unreached }: LoadNeeds,
  url: string,
  { signal, waitMs }: { signal: AbortSignal; waitMs: number },
): Promise<void> {
  let status = 0;
  let last = url;
  cdp.on("Fetch.requestPaused", ({ requestId, request, responseStatusCode, responseHeaders }) => {
    last = request.url;
    status = responseStatusCode ?? 0;
    const goOn = () => cdp.send("Fetch.continueRequest", { requestId });
    const take = () =>
      cdp.send("Fetch.continueResponse", {
        ...{ requestId, responseCode: status },
        responseHeaders: asFile(responseHeaders ?? []),
      });
    const refuse = () => cdp.send("Fetch.failRequest", { requestId, errorReason: "Aborted" });
    const isRedirect = status >= 300 && status < 400;
    const answered = status === 0 || isRedirect ? goOn() : status >= 400 ? refuse() : take();
    // The page is gone, and the navigation with it.
    answered.catch(() => undefined);
  });
  await cdp.send("Network.setBypassServiceWorker", { bypass: true });
  await cdp.send("Fetch.enable", { patterns: [{ urlPattern: "*", requestStage: "Response" }] });
  const { errorText, isDownload } = await within(waitMs, signal, last, () =>
    cdp.send("Page.navigate", { url }),
  );
  if (isDownload === true) return;
  throw problemOf({ url: last, status, errorText, unreached });
}

type Outcome = Pick<LoadNeeds, "unreached"> & {
  url: string;
  status: number;
  errorText: string | undefined;
};

function problemOf({ url, status, errorText = "", unreached }: Outcome): AetheriaError {
  const known = status === 0 || status >= 400 ? unreached(url) : null;
  if (known) return known;
  const shown = url.slice(0, 200);
  if (status >= 400)
    return new AetheriaError("not_found", `${shown} answers with the error ${status}.`);
  if (errorText === "" || errorText === "net::ERR_ABORTED")
    return new AetheriaError("not_found", `There is no file at ${shown}.`, {
      hint: "Open the address to see what is there.",
    });
  return navigationError(errorText.replace("net::", ""), url);
}

type Header = { name: string; value: string };

/** As the site sends it, but to be kept and not shown. */
function asFile(headers: Header[]): Header[] {
  const isDisposition = ({ name }: Header) => name.toLowerCase() === "content-disposition";
  const named = (headers.find(isDisposition)?.value ?? "").replace(/^[^;]*/, "");
  const others = headers.filter((header) => !isDisposition(header));
  return [...others, { name: "Content-Disposition", value: `attachment${named}` }];
}

async function within<T>(
  waitMs: number,
  signal: AbortSignal,
  url: string,
  work: () => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(signal.reason as Error);
  const timer = setTimeout(() => left.reject(tooSlow(url, waitMs)), waitMs);
  signal.addEventListener("abort", leave, { once: true });
  const working = work();
  working.catch(() => undefined);
  try {
    return await Promise.race([working, left.promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", leave);
  }
}

const tooSlow = (url: string, waitMs: number) =>
  new AetheriaError(
    "timeout",
    `Nothing came from ${url.slice(0, 200)} within ${Math.round(waitMs / 1000)} seconds.`,
    { hint: "Try again, or fetch another file.", retryable: true },
  );
