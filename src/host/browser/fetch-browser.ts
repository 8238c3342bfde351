// Playwright's own Chromium, fetched when somebody asks for it: the version that this Playwright was made
// for, over the way out it is given, checked and whole before it stands in its place.
import { createWriteStream } from "node:fs";
import { access, mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as z from "zod/mini";
import { AetheriaError } from "../../contract/errors.ts";
import { unpackArchive } from "./unpack-archive.ts";

export type FetchProgress = { doneBytes: number; totalBytes: number | null };

export type FetchedOptions = {
  /** Of ours; what is fetched lies here. */
  folder: string;
  platform: NodeJS.Platform;
  arch?: NodeJS.Architecture;
  fetch: typeof globalThis.fetch;
  /** Where the archives are. */
  from?: string | undefined;
  changed(): void;
};

/** As Playwright's own installer. */
const archives = "https://cdn.playwright.dev/builds/cft";
const maxBytes = 1_000_000_000;
const progressEveryMs = 200;

const BrowsersJson = z.object({
  browsers: z.array(
    z.object({ name: z.string(), revision: z.string(), browserVersion: z.optional(z.string()) }),
  ),
});

export type Fetched = ReturnType<typeof createFetched>;

export function createFetched(options: FetchedOptions) {
  const { folder, changed } = options;
  const build = buildFor(options.platform, options.arch ?? process.arch);
  let running: { done: Promise<void>; stop: AbortController } | null = null;
  let progress: FetchProgress | null = null;
  let toldMs = 0;

  const place = async () => {
    const { revision, version } = await wanted();
    return { version, folder: join(folder, `chromium-${revision}`) };
  };

  function tell(now: FetchProgress): void {
    progress = now;
    if (performance.now() - toldMs < progressEveryMs) return;
    toldMs = performance.now();
    changed();
  }

  async function work(signal: AbortSignal): Promise<void> {
    if (build === null) throw noBuild();
    const { version, folder: target } = await place();
    await mkdir(folder, { recursive: true });
    const workFolder = await mkdtemp(join(folder, "work-"));
    try {
      const url = `${options.from ?? archives}/${version}/${build.archive}`;
      const archive = join(workFolder, "archive.zip");
      await download(options.fetch, url, archive, tell, signal);
      const unpacked = join(workFolder, "unpacked");
      await unpackArchive(archive, unpacked, signal);
      await access(join(unpacked, ...build.program)).catch((cause: unknown) => {
        throw notWhole("The program is not in it", cause);
      });
      await rm(target, { recursive: true, force: true });
      await rename(unpacked, target);
    } finally {
      await rm(workFolder, { recursive: true, force: true });
    }
  }

  return {
    progress: () => progress,
    /** The program's path; null: it is not here. */
    async path(): Promise<string | null> {
      if (build === null) return null;
      const path = join((await place()).folder, ...build.program);
      return access(path).then(
        () => path,
        () => null,
      );
    },
    /** Resolves when it is there. All who ask wait for the one that runs. */
    fetch(): Promise<void> {
      if (running) return running.done;
      const stop = new AbortController();
      progress = { doneBytes: 0, totalBytes: null };
      changed();
      const done = work(stop.signal)
        .catch((error: unknown) => {
          throw stop.signal.aborted ? stopped() : told(error);
        })
        .finally(() => {
          running = null;
          progress = null;
          changed();
        });
      running = { done, stop };
      return done;
    },
    stop: () => running?.stop.abort(),
  };
}

async function wanted(): Promise<{ revision: string; version: string }> {
  const folder = dirname(createRequire(import.meta.url).resolve("playwright-core"));
  const text = await readFile(join(folder, "browsers.json"), "utf8");
  const { browsers } = BrowsersJson.parse(JSON.parse(text));
  const found = browsers.find(({ name }) => name === "chromium");
  if (found?.browserVersion === undefined) throw noBuild();
  return { revision: found.revision, version: found.browserVersion };
}

async function download(
  fetch: typeof globalThis.fetch,
  url: string,
  path: string,
  tell: (progress: FetchProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(url, { signal });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw new AetheriaError("not_found", `The browser could not be fetched: ${response.status}.`, {
      hint: "Try again later, or install Chrome, Edge or Chromium.",
      retryable: true,
    });
  }
  const length = Number(response.headers.get("content-length") ?? 0);
  const totalBytes = length > 0 ? length : null;
  let doneBytes = 0;
  const counted = async function* (source: AsyncIterable<Uint8Array>) {
    for await (const piece of source) {
      doneBytes += piece.length;
      if (doneBytes > maxBytes) throw notWhole("It is far too large");
      tell({ doneBytes, totalBytes });
      yield piece;
    }
  };
  const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
  await pipeline(body, counted, createWriteStream(path, { mode: 0o600 }), { signal });
  if (totalBytes !== null && doneBytes !== totalBytes) throw notWhole("It ended too early");
}

type Build = { archive: string; program: string[] };

function buildFor(platform: NodeJS.Platform, arch: NodeJS.Architecture): Build | null {
  if (arch !== "x64" && arch !== "arm64") return null;
  if (platform === "linux") {
    const name = arch === "x64" ? "linux64" : "linux-arm64";
    return { archive: `${name}/chrome-${name}.zip`, program: [`chrome-${name}`, "chrome"] };
  }
  if (platform === "darwin") {
    const [name, app] = [`mac-${arch}`, "Google Chrome for Testing"];
    const program = [`chrome-${name}`, `${app}.app`, "Contents", "MacOS", app];
    return { archive: `${name}/chrome-${name}.zip`, program };
  }
  if (platform !== "win32") return null;
  return { archive: "win64/chrome-win64.zip", program: ["chrome-win64", "chrome.exe"] };
}

const told = (error: unknown): AetheriaError =>
  error instanceof AetheriaError
    ? error
    : new AetheriaError("not_found", "The browser could not be fetched.", {
        hint: "Check the connection and the free space on the disk, then try again.",
        ...{ retryable: true, cause: error },
      });

const notWhole = (why: string, cause?: unknown) =>
  new AetheriaError("not_found", `What came is not the browser that was asked for. ${why}.`, {
    hint: "Try again later.",
    ...{ retryable: true, cause },
  });

const noBuild = () =>
  new AetheriaError("part_missing", "There is no browser to fetch for this system.", {
    hint: "Install Chromium with the system's own packages.",
  });

const stopped = () =>
  new AetheriaError("cancelled", "Fetching the browser was stopped.", { retryable: true });
