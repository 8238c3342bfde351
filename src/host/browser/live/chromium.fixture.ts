// A real Chromium for the tests of this room, started as the product starts it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { findChromium } from "../../../../scripts/chromium.ts";
import { browserArgs } from "../quiet-flags.ts";

export type OpenedChromium = {
  context: BrowserContext;
  page: Page;
  close(): Promise<void>;
};

export async function openChromium(
  proxyServer = "http://127.0.0.1:9",
  more: { args?: string[]; env?: Record<string, string> } = {},
): Promise<OpenedChromium> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error("There is no Chromium here: set CHROMIUM_PATH.");
  const isRoot = process.getuid?.() === 0;
  const profile = await mkdtemp(join(tmpdir(), "aetheria-browser-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    chromiumSandbox: !isRoot,
    viewport: { width: 1280, height: 800 },
    ignoreHTTPSErrors: true,
    env: { ...process.env, ...more.env },
    args: [...browserArgs({ proxyServer, isRoot }), ...(more.args ?? [])],
  });
  const [page = await context.newPage()] = context.pages();
  return {
    context,
    page,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
