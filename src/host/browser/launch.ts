// Starts a browser on a profile: quiet, on our way out only, and ending when this process ends, since it
// is driven over a pipe.
import { mkdir } from "node:fs/promises";
import type { BrowserContext } from "playwright-core";
import { AetheriaError } from "../../contract/errors.ts";
import { browserArgs } from "./quiet-flags.ts";
import { allowWebOnly, stayOnWeb } from "./web-only.ts";

export const viewport = { width: 1280, height: 800 };

export type LaunchOptions = {
  path: string;
  /** Known: the user agent does not say that nobody looks. */
  version: string | null;
  profileFolder: string;
  downloadsFolder: string;
  artifactsFolder: string;
  /** `http://127.0.0.1:4000` */
  proxyServer: string;
  /** Chromium refuses its own sandbox to root. */
  isRoot: boolean;
};

const startMs = 30_000;

/** Throws part_missing when it does not start, conflict when another browser has the profile. */
export async function launchBrowser(options: LaunchOptions): Promise<BrowserContext> {
  const { path, profileFolder, downloadsFolder, artifactsFolder } = options;
  const [{ chromium }] = await Promise.all([
    import("playwright-core"),
    allowWebOnly(profileFolder),
    ...[downloadsFolder, artifactsFolder].map((folder) => mkdir(folder, { recursive: true })),
  ]);
  try {
    const context = await chromium.launchPersistentContext(profileFolder, {
      ...{ executablePath: path, headless: true, viewport, chromiumSandbox: true },
      ...{ acceptDownloads: true, downloadsPath: downloadsFolder, artifactsDir: artifactsFolder },
      args: [...browserArgs(options), ...userAgent(options.version)],
      // The host ends it; a signal to the host is the host's.
      ...{ handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false },
      timeout: startMs,
    });
    // What is asked of the context after this is done after it.
    stayOnWeb(context).catch(() => undefined);
    return context;
  } catch (error) {
    throw didNotStart(path, error);
  }
}

const systems: Partial<Record<NodeJS.Platform, string>> = {
  darwin: "Macintosh; Intel Mac OS X 10_15_7",
  win32: "Windows NT 10.0; Win64; x64",
};

/** As the same browser would say with a window; Chromium has long frozen all but the first number. */
export function userAgent(version: string | null, platform = process.platform): string[] {
  const major = version?.split(".")[0];
  if (major === undefined) return [];
  const system = systems[platform] ?? "X11; Linux x86_64";
  return [
    `--user-agent=Mozilla/5.0 (${system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${major}.0.0.0 Safari/537.36`,
  ];
}

function didNotStart(path: string, cause: unknown): AetheriaError {
  const text = cause instanceof Error ? cause.message : String(cause);
  if (/ProcessSingleton|profile.{0,40}in use|SingletonLock/i.test(text))
    return new AetheriaError("conflict", "Another browser uses this profile.", {
      hint: "Close it, or choose another profile.",
      ...{ retryable: true, cause },
    });
  const noSandbox = /No usable sandbox|sandbox.*(namespace|setuid)/i.test(text);
  return new AetheriaError("part_missing", `The browser ${path} did not start.`, {
    hint: noSandbox
      ? "This system does not let it build its own sandbox: allow user namespaces, or choose another browser in Settings."
      : "Start it once by hand to see what it says, or choose another browser in Settings.",
    ...{ retryable: true, cause },
  });
}
