// Fetches what lies at an address as the browser itself would, with its cookies and through its way out.
import { open, rm } from "node:fs/promises";
import type { CDPSession } from "playwright-core";
import { AetheriaError } from "../../contract/errors.ts";
import { fileName, tooLarge } from "./held-downloads.ts";
import { navigationError } from "./navigation-error.ts";

export type Resource = { name: string; mime: string; sizeBytes: number };

const defaultWaitMs = 120_000;
const pieceBytes = 1_000_000;

/** Writes it to `path`. Throws not_found, too_large; then nothing is left there. */
export async function loadResource(
  cdp: CDPSession,
  url: string,
  path: string,
  options: { maxBytes: number; signal: AbortSignal; waitMs?: number },
): Promise<Resource> {
  const { frameTree } = await cdp.send("Page.getFrameTree");
  // It answers when the last byte is there.
  const { resource } = await within(
    options.waitMs ?? defaultWaitMs,
    options.signal,
    cdp.send("Network.loadNetworkResource", {
      frameId: frameTree.frame.id,
      url,
      options: { disableCache: false, includeCredentials: true },
    }),
  );
  const status = resource.httpStatusCode ?? 0;
  const stream = resource.stream;
  if (!resource.success || stream === undefined)
    throw status >= 400
      ? new AetheriaError("not_found", `${url.slice(0, 200)} answers with the error ${status}.`)
      : navigationError((resource.netErrorName ?? "ERR_FAILED").replace("net::", ""), url);
  const headers = lowerCased(resource.headers);
  const name = nameFrom(headers, url);
  try {
    const sizeBytes = await write(cdp, stream, path, { ...options, name });
    return { name, mime: (headers["content-type"] ?? "").split(";")[0] ?? "", sizeBytes };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    cdp.send("IO.close", { handle: stream }).catch(() => undefined);
  }
}

async function write(
  cdp: CDPSession,
  handle: string,
  path: string,
  { maxBytes, signal, name }: { maxBytes: number; signal: AbortSignal; name: string },
): Promise<number> {
  const file = await open(path, "w", 0o600);
  try {
    for (let total = 0; ;) {
      signal.throwIfAborted();
      const piece = await cdp.send("IO.read", { handle, size: pieceBytes });
      const bytes = Buffer.from(piece.data, piece.base64Encoded === true ? "base64" : "utf8");
      total += bytes.length;
      if (total > maxBytes) throw tooLarge(name, maxBytes);
      await file.write(bytes);
      if (piece.eof) return total;
    }
  } finally {
    await file.close();
  }
}

function lowerCased(headers: Record<string, unknown> | undefined): Record<string, string> {
  const all = Object.entries(headers ?? {});
  return Object.fromEntries(all.map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function nameFrom(headers: Record<string, string>, url: string): string {
  const disposition = headers["content-disposition"] ?? "";
  const encoded = /filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(disposition)?.[1];
  const plain = /filename="?([^";]+)"?/.exec(disposition)?.[1];
  const path = URL.canParse(url) ? new URL(url).pathname.split("/").at(-1) : undefined;
  return fileName(decoded(encoded) ?? plain ?? decoded(path) ?? "");
}

function decoded(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function within<T>(waitMs: number, signal: AbortSignal, work: Promise<T>): Promise<T> {
  const late = AbortSignal.timeout(waitMs);
  const either = AbortSignal.any([signal, late]);
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(late.aborted ? tooSlow() : (signal.reason as Error));
  either.addEventListener("abort", leave, { once: true });
  try {
    return await Promise.race([work, left.promise]);
  } finally {
    either.removeEventListener("abort", leave);
  }
}

const tooSlow = () =>
  new AetheriaError("timeout", "The file did not come to its end in time.", {
    hint: "Press the link that leads to it instead: its size is watched then.",
  });
