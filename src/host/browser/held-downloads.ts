// Files that come while somebody browses. They are held outside the workspace, at most so large and so
// many, until somebody wants one there. They are never opened.
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { CDPSession } from "playwright-core";
import type { BrowserDownload } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { HeldFile } from "../../core/browser-ports.ts";
import { fileName, noneCame, notHeld, tooLarge } from "./download-words.ts";
import { browserGone } from "./navigation-error.ts";

const mostHeld = 50;

type Held = BrowserDownload & {
  path: string;
  ended: PromiseWithResolvers<void>;
  maxBytes: number;
  /** Whoever asked for it is told how it ended; others need not be. */
  asked: Asked | null;
  stalled: NodeJS.Timeout | undefined;
};

/** A file that somebody waits for. */
export type Asked = {
  /** Where it comes to. */
  frameId: string;
  maxBytes?: number;
  /** It is no download to anybody but who asked. */
  unlisted?: boolean;
};

export type DownloadsNeeds = {
  /** The browser's own: it hears of the downloads of all tabs. */
  cdp: Promise<CDPSession>;
  folder: string;
  maxBytes: number;
  /** Nothing more came of a file for so long: it is given up. */
  stalledMs: number;
  note(sentence: string): void;
  changed(): void;
  began(): void;
};

export type Downloads = ReturnType<typeof createDownloads>;

export function createDownloads(needs: DownloadsNeeds) {
  const { cdp, folder, note, changed, began } = needs;
  const files = new Map<string, Held>();
  const beginnings = new Set<(file: Held) => void>();
  /** By the frame that the file comes to. */
  const awaited = new Map<string, { asked: Asked; begun: PromiseWithResolvers<Held> }>();

  const cancel = (guid: string) =>
    void cdp
      .then((session) => session.send("Browser.cancelDownload", { guid }))
      .catch(() => undefined);

  function fail(file: Held, why: string): void {
    if (file.state !== "coming") return;
    file.state = "failed";
    file.why = why;
    if (file.asked === null) note(why);
    end(file);
    rm(file.path, { force: true }).catch(() => undefined);
  }

  function end(file: Held): void {
    clearTimeout(file.stalled);
    file.ended.resolve();
    changed();
  }

  function drop(file: Held, why: string): void {
    fail(file, why);
    cancel(file.downloadId);
  }

  function hold(downloadId: string, suggested: string, asked: Asked | null): Held {
    const ended = Promise.withResolvers<void>();
    const file: Held = {
      ...{ downloadId, name: fileName(suggested), sizeBytes: 0, state: "coming", ended, asked },
      ...{ path: join(folder, downloadId), maxBytes: asked?.maxBytes ?? needs.maxBytes },
      stalled: undefined,
    };
    files.set(downloadId, file);
    watch(file);
    began();
    changed();
    return file;
  }

  /** Begins to count anew. */
  function watch(file: Held): void {
    clearTimeout(file.stalled);
    const giveUp = () => drop(file, `${file.name} stopped coming, so it was given up.`);
    file.stalled = setTimeout(giveUp, needs.stalledMs).unref();
  }

  function begin(guid: string, suggested: string): void {
    const held = [...files.values()].filter(({ state }) => state !== "failed").length;
    if (held >= mostHeld) {
      note(`More than ${mostHeld} files came; the further ones were not taken.`);
      return cancel(guid);
    }
    const file = hold(guid, suggested, null);
    for (const listener of [...beginnings]) listener(file);
    note(`A file is coming: ${file.name}. It is held outside the workspace (download ${guid}).`);
  }

  function listen(session: CDPSession): void {
    session.on("Browser.downloadWillBegin", ({ guid, frameId, suggestedFilename }) => {
      const wanted = awaited.get(frameId);
      if (wanted) wanted.begun.resolve(hold(guid, suggestedFilename, wanted.asked));
      else begin(guid, suggestedFilename);
    });
    session.on("Browser.downloadProgress", ({ guid, receivedBytes, totalBytes, state }) => {
      const file = files.get(guid);
      if (!file || file.state !== "coming") return;
      if (receivedBytes > file.sizeBytes) watch(file);
      file.sizeBytes = receivedBytes;
      if (receivedBytes > file.maxBytes || totalBytes > file.maxBytes)
        return drop(file, tooLarge(file.name, file.maxBytes).message);
      if (state === "canceled") return fail(file, `${file.name} did not come whole.`);
      if (state === "inProgress") return changed();
      file.state = "held";
      end(file);
    });
  }
  // A browser that ended at once tells nothing.
  cdp.then(listen).catch(() => undefined);

  const taken = async (file: Held, signal: AbortSignal): Promise<HeldFile> => {
    await untilEnded(file, signal);
    if (file.state === "failed")
      throw (file.why ?? "").includes("larger")
        ? tooLarge(file.name, file.maxBytes)
        : new AetheriaError("not_found", file.why ?? "The file did not come.", { retryable: true });
    const { sizeBytes } = await stat(file.path).then(
      ({ size }) => ({ sizeBytes: size }),
      () => Promise.reject(notHeld(file.downloadId)),
    );
    return { downloadId: file.downloadId, path: file.path, name: file.name, sizeBytes };
  };

  return {
    list: (): BrowserDownload[] =>
      [...files.values()].filter(isListed).map(({ downloadId, name, sizeBytes, state, why }) => ({
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
    /** The file that the deed brings to a frame of its own. Whoever stops waiting stops the file.
     * Throws too_large, not_found. */
    async into(asked: Asked, deed: () => Promise<unknown>, signal: AbortSignal): Promise<HeldFile> {
      const begun = Promise.withResolvers<Held>();
      const { frameId } = asked;
      begun.promise.catch(() => undefined);
      awaited.set(frameId, { asked, begun });
      let file: Held | null = null;
      try {
        await deed();
        file = await begun.promise;
        return await taken(file, signal);
      } catch (error) {
        if (file) drop(file, `${file.name} was not waited for.`);
        throw error;
      } finally {
        awaited.delete(frameId);
      }
    },
    async saved(downloadId: string): Promise<void> {
      const file = files.get(downloadId);
      if (!file) return;
      file.state = "saved";
      if (!isListed(file)) files.delete(downloadId);
      await rm(file.path, { force: true });
      changed();
    },
    isComing: () => [...files.values()].some(({ state }) => state === "coming"),
    /** The browser is gone: nothing comes any more. */
    end(): void {
      for (const { begun } of awaited.values()) begun.reject(browserGone());
      for (const file of files.values()) fail(file, `${file.name} did not come whole.`);
    },
  };
}

const isListed = ({ asked }: Held) => asked?.unlisted !== true;

function untilEnded(file: Held, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const leave = () => aborted.reject(signal.reason as Error);
  if (signal.aborted) leave();
  signal.addEventListener("abort", leave, { once: true });
  return Promise.race([file.ended.promise, aborted.promise]).finally(() =>
    signal.removeEventListener("abort", leave),
  );
}
