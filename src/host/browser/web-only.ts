// Keeps pages on the web: what they open may not start another program of this machine (mail, phone,
// whatever registered a scheme) nor show files or the browser's own pages. A rule in the profile is the
// wall; a listener in each page keeps the page in place where that can be had.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserContext } from "playwright-core";
import * as z from "zod/mini";

/** Chromium's own viewer of PDF. */
const pdfViewer = "chrome-extension://mhjfbmdgcfjbbpaeojofohoefgiehjai/*";

const policy = {
  url_blocklist: ["*"],
  url_allowlist: ["http://*", "https://*", "about:*", "blob:*", "data:*", pdfViewer],
};

const Preferences = z.record(z.string(), z.unknown());

/** Before the browser starts: it reads them then, and writes them over while it runs. */
export async function allowWebOnly(profileFolder: string): Promise<void> {
  const folder = join(profileFolder, "Default");
  const file = join(folder, "Preferences");
  const text = await readFile(file, "utf8").catch(() => "{}");
  const before = Preferences.safeParse(parsed(text));
  const preferences = { ...(before.success ? before.data : {}), policy };
  await mkdir(folder, { recursive: true });
  await writeFile(file, JSON.stringify(preferences), { mode: 0o600 });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Chromium starts anew with such a file too.
    return {};
  }
}

/** Runs in each document before the page's own scripts. */
const stay = `globalThis.navigation?.addEventListener("navigate", (event) => {
  if (!/^(https?|blob|about|data|javascript):/.test(event.destination.url)) event.preventDefault();
});`;

export const stayOnWeb = async (context: BrowserContext): Promise<void> => {
  await context.addInitScript(stay);
};
