// Which browsers are on this machine: Chrome, Edge, Chromium, or Playwright's own where it was fetched.
// Looks at files only: starts nothing, and a browser's version is asked for when somebody wants it.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { posix, win32 } from "node:path";
import type { BrowserKind } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";

export type FoundBrowser = { kind: BrowserKind; path: string };

export type BrowserPlaces = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
  /** Where Playwright's own was put; null: it was not fetched. */
  fetched(): Promise<string | null>;
  /** Whether this file can be started. */
  runnable?(path: string): Promise<boolean>;
};

/** In the order in which they are taken. */
const order: readonly BrowserKind[] = ["chrome", "edge", "chromium", "playwright"];

export const kindTitles: Record<BrowserKind, string> = {
  chrome: "Chrome",
  edge: "Edge",
  chromium: "Chromium",
  playwright: "Chromium for tests",
};

/** The one to drive: what AETHERIA_BROWSER names, the one that was chosen, else the first that is there.
 * Throws part_missing with what to do. */
export async function findBrowser(
  places: BrowserPlaces,
  chosen: BrowserKind | null,
): Promise<FoundBrowser> {
  const runnable = places.runnable ?? isRunnable;
  const named = places.env["AETHERIA_BROWSER"];
  if (named !== undefined && named !== "") {
    if (await runnable(named)) return { kind: kindOf(named), path: named };
    throw new AetheriaError(
      "part_missing",
      `AETHERIA_BROWSER names ${named}, which is no program.`,
      {
        hint: "Set it to the path of a Chrome, Edge or Chromium, or leave it out.",
      },
    );
  }
  for (const kind of chosen === null ? order : [chosen]) {
    const path = await firstOf(kind, places, runnable);
    if (path !== null) return { kind, path };
  }
  throw chosen === null ? noBrowser(places.platform) : notThere(chosen);
}

async function firstOf(
  kind: BrowserKind,
  places: BrowserPlaces,
  runnable: (path: string) => Promise<boolean>,
): Promise<string | null> {
  if (kind === "playwright") return places.fetched();
  for (const path of placesOf(kind, places)) if (await runnable(path)) return path;
  return null;
}

type Named = Exclude<BrowserKind, "playwright">;

export function placesOf(kind: Named, places: Omit<BrowserPlaces, "fetched">): string[] {
  if (places.platform === "darwin") return onMac(kind, places.home);
  if (places.platform === "win32") return onWindows(kind, places.env);
  return onLinux(kind, places);
}

const commands: Record<Named, readonly string[]> = {
  chrome: ["google-chrome", "google-chrome-stable", "chrome"],
  edge: ["microsoft-edge", "microsoft-edge-stable"],
  chromium: ["chromium", "chromium-browser", "ungoogled-chromium"],
};
const linuxPaths: Record<Named, readonly string[]> = {
  chrome: ["/opt/google/chrome/chrome"],
  edge: ["/opt/microsoft/msedge/msedge"],
  chromium: ["/usr/lib/chromium/chromium", "/usr/lib64/chromium-browser/chromium-browser"],
};
const flatpaks: Record<Named, string> = {
  chrome: "com.google.Chrome",
  edge: "com.microsoft.Edge",
  chromium: "org.chromium.Chromium",
};

/** Snaps and flatpaks last: what they start may not see the profile's folder. */
function onLinux(kind: Named, { env, home }: Pick<BrowserPlaces, "env" | "home">): string[] {
  const folders = (env["PATH"] ?? "").split(":").filter((folder) => folder !== "");
  const isConfined = (folder: string) => /(^|\/)(snap|flatpak)\//.test(`${folder}/`);
  const inFolders = (all: string[]) =>
    all.flatMap((folder) => commands[kind].map((name) => posix.join(folder, name)));
  return [
    ...inFolders(folders.filter((folder) => !isConfined(folder))),
    ...linuxPaths[kind],
    ...inFolders(folders.filter(isConfined)),
    ...(kind === "chromium" ? ["/snap/bin/chromium"] : []),
    `/var/lib/flatpak/exports/bin/${flatpaks[kind]}`,
    posix.join(home, ".local/share/flatpak/exports/bin", flatpaks[kind]),
  ];
}

const macNames: Record<Named, string> = {
  chrome: "Google Chrome",
  edge: "Microsoft Edge",
  chromium: "Chromium",
};

function onMac(kind: Named, home: string): string[] {
  const name = macNames[kind];
  return ["/Applications", posix.join(home, "Applications")].map((folder) =>
    posix.join(folder, `${name}.app`, "Contents", "MacOS", name),
  );
}

const windowsPaths: Record<Named, string[]> = {
  chrome: ["Google", "Chrome", "Application", "chrome.exe"],
  edge: ["Microsoft", "Edge", "Application", "msedge.exe"],
  chromium: ["Chromium", "Application", "chrome.exe"],
};

function onWindows(kind: Named, env: BrowserPlaces["env"]): string[] {
  return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"]
    .flatMap((name) => env[name] ?? [])
    .map((folder) => win32.join(folder, ...windowsPaths[kind]));
}

/** Of a program that was named by its path. */
export function kindOf(path: string): BrowserKind {
  if (/edge/i.test(path)) return "edge";
  if (/chromium/i.test(path)) return "chromium";
  return /chrome/i.test(path) ? "chrome" : "chromium";
}

const isRunnable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );

const noBrowser = (platform: NodeJS.Platform) =>
  new AetheriaError("part_missing", "There is no Chrome, Edge or Chromium on this machine.", {
    hint:
      platform === "linux"
        ? "Let Aetheria fetch one in the Browser window, or install one, for example: sudo apt install chromium."
        : "Let Aetheria fetch one in the Browser window, or install Chrome from https://www.google.com/chrome.",
    retryable: true,
  });

const notThere = (kind: BrowserKind) =>
  new AetheriaError("part_missing", `${kindTitles[kind]} is not on this machine.`, {
    hint:
      kind === "playwright"
        ? "Fetch it in the Browser window, or choose another browser in Settings."
        : "Choose another browser in Settings, or install it.",
    retryable: true,
  });
