// Files that come while somebody browses. They are held outside the workspace, at most so large and so
// many, until somebody wants one there. They are never opened.
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CDPSession } from "playwright-core";
import type { BrowserDownload } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { HeldFile } from "../../core/browser-ports.ts";

const mostHeld = 50;

type Held = BrowserDownload & { path: string; ended: PromiseWithResolvers<void> };

export type DownloadsNeeds = {
  /** The browser's own: it hears of the downloads of all tabs. */
  cdp: Promise<CDPSession>;
  folder: string;
  maxBytes: number;
  note(sentence: string): void;
  changed(): void;
  began(): void;
};

export type Downloads = ReturnType<typeof createDownloads>;

export function createDownloads({ cdp, folder, maxBytes, note, changed, began }: DownloadsNeeds) {
  const files = new Map<string, Held>();
  const beginnings = new Set<(file: Held) => void>();

  const cancel = (guid: string) =>
    void cdp
      .then((session) => session.send("Browser.cancelDownload", { guid }))
      .catch(() => undefined);

  function fail(file: Held, why: string): void {
    if (file.state !== "coming") return;
    file.state = "failed";
    file.why = why;
    note(why);
    file.ended.resolve();
    rm(file.path, { force: true }).catch(() => undefined);
    changed();
  }

  function hold(downloadId: string, suggested: string): Held {
    const path = join(folder, downloadId);
    const ended = Promise.withResolvers<void>();
    const name = fileName(suggested);
    const file: Held = { downloadId, name, sizeBytes: 0, state: "coming", path, ended };
    files.set(downloadId, file);
    for (const listener of [...beginnings]) listener(file);
    began();
    changed();
    return file;
  }

  function listen(session: CDPSession): void {
    session.on("Browser.downloadWillBegin", ({ guid, suggestedFilename }) => {
      const coming = [...files.values()].filter(({ state }) => state !== "failed").length;
      if (coming >= mostHeld) {
        note(`More than ${mostHeld} files came; the further ones were not taken.`);
        return cancel(guid);
      }
      const { name } = hold(guid, suggestedFilename);
      note(`A file is coming: ${name}. It is held outside the workspace (download ${guid}).`);
    });
    session.on("Browser.downloadProgress", ({ guid, receivedBytes, totalBytes, state }) => {
      const file = files.get(guid);
      if (!file || file.state !== "coming") return;
      file.sizeBytes = receivedBytes;
      if (receivedBytes > maxBytes || totalBytes > maxBytes) {
        fail(file, tooLarge(file.name, maxBytes).message);
        return cancel(guid);
      }
      if (state === "canceled") return fail(file, `${file.name} did not come whole.`);
      if (state === "completed") {
        file.state = "held";
        file.ended.resolve();
      }
      changed();
    });
  }
  // A browser that ended at once tells nothing.
  cdp.then(listen).catch(() => undefined);

  const taken = async (file: Held, signal: AbortSignal): Promise<HeldFile> => {
    await untilEnded(file, signal);
    if (file.state === "failed")
      throw (file.why ?? "").includes("larger")
        ? tooLarge(file.name, maxBytes)
        : new AetheriaError("not_found", file.why ?? "The file did not come.", { retryable: true });
    const { sizeBytes } = await stat(file.path).then(
      ({ size }) => ({ sizeBytes: size }),
      () => Promise.reject(notHeld(file.downloadId)),
    );
    return { downloadId: file.downloadId, path: file.path, name: file.name, sizeBytes };
  };

  return {
    list: (): BrowserDownload[] =>
      [...files.values()].map(({ downloadId, name, sizeBytes, state, why }) => ({
        ...{ downloadId, name, sizeBytes, state },
        ...(why === undefined ? {} : { why }),
      })),
    /** Throws not_found, too_large. */
    async take(downloadId: string, signal: AbortSignal): Promise<HeldFile> {
      const file = files.get(downloadId);
      if (!file || file.state === "saved") throw notHeld(downloadId);
      return taken(file, signal);
    },
    /** The file that the deed brings. Throws timeout when none begins to come. */
    async next(
      deed: () => Promise<unknown>,
      signal: AbortSignal,
      waitMs: number,
    ): Promise<HeldFile> {
      const begun = Promise.withResolvers<Held>();
      beginnings.add(begun.resolve);
      const timer = setTimeout(() => begun.reject(noneCame()), waitMs);
      try {
        begun.promise.catch(() => undefined);
        await deed();
        return await taken(await begun.promise, signal);
      } finally {
        clearTimeout(timer);
        beginnings.delete(begun.resolve);
      }
    },
    /** A file that was fetched otherwise, whole. */
    put(downloadId: string, name: string, sizeBytes: number): HeldFile {
      const file = hold(downloadId, name);
      file.sizeBytes = sizeBytes;
      file.state = "held";
      file.ended.resolve();
      changed();
      return { downloadId, path: file.path, name: file.name, sizeBytes };
    },
    pathFor: (downloadId: string) => join(folder, downloadId),
    async saved(downloadId: string): Promise<void> {
      const file = files.get(downloadId);
      if (!file) return;
      file.state = "saved";
      await rm(file.path, { force: true });
      changed();
    },
    isComing: () => [...files.values()].some(({ state }) => state === "coming"),
    /** The browser is gone: nothing comes any more. */
    end: () =>
      [...files.values()].forEach((file) => fail(file, `${file.name} did not come whole.`)),
  };
}

function untilEnded(file: Held, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const leave = () => aborted.reject(signal.reason as Error);
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  return Promise.race([file.ended.promise, aborted.promise]).finally(() =>
    signal.removeEventListener("abort", leave),
  );
}

/** What a site calls a file names nothing but a file. */
export function fileName(suggested: string): string {
  const last = suggested.split(/[/\\]/).at(-1) ?? "";
  const plain = last.replace(/[\u0000-\u001f\u007f<>:"|?*\u202a-\u202e\u2066-\u2069]/g, "_");
  const bare = plain.replace(/^[. ]+|[. ]+$/g, "").slice(-120);
  return bare === "" ? "download" : bare;
}

export const tooLarge = (name: string, maxBytes: number) =>
  new AetheriaError(
    "too_large",
    `${name} is larger than ${sizeText(maxBytes)}, so it was not taken.`,
    {
      hint: "The person can fetch it in a browser of their own.",
    },
  );

const sizeText = (bytes: number) =>
  bytes >= 1e9
    ? `${Math.round(bytes / 1e8) / 10} GB`
    : `${Math.max(1, Math.round(bytes / 1e6))} MB`;

const notHeld = (downloadId: string) =>
  new AetheriaError("not_found", `The download ${downloadId} is not held any more.`, {
    hint: "Fetch it again.",
  });

const noneCame = () =>
  new AetheriaError("timeout", "No file came.", {
    hint: "It may be shown as a page instead: look at it, or give the file's own address.",
  });
