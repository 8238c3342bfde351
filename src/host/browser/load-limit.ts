// Stops a document that is larger than anybody reads, and that would take the memory of the machine.
import type { CDPSession } from "playwright-core";

export const defaultDocumentBytes = 50_000_000;

/** Listens as long as the session lives. */
export async function limitDocuments(
  cdp: CDPSession,
  maxBytes: number,
  stopped: (url: string) => void,
): Promise<void> {
  let document: { requestId: string; url: string; bytes: number } | null = null;
  cdp.on("Network.requestWillBeSent", ({ requestId, loaderId, type, documentURL }) => {
    if (type === "Document" && requestId === loaderId)
      document = { requestId, url: documentURL, bytes: 0 };
  });
  cdp.on("Network.dataReceived", ({ requestId, dataLength }) => {
    if (document?.requestId !== requestId) return;
    document.bytes += dataLength;
    if (document.bytes <= maxBytes) return;
    const { url } = document;
    document = null;
    cdp.send("Page.stopLoading").catch(() => undefined);
    stopped(url);
  });
  await cdp.send("Network.enable");
}
