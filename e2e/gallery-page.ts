// The gallery of the design system, built and opened in a real browser. Owns its server and browser.
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { build, preview, type PreviewServer } from "vite";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { findings } from "./show.ts";

export const galleryPictures = join(import.meta.dirname, "../test-results/gallery");

export class Gallery {
  readonly #folder: string;
  readonly #server: PreviewServer;
  readonly #browser: Browser;

  constructor(folder: string, server: PreviewServer, browser: Browser) {
    this.#folder = folder;
    this.#server = server;
    this.#browser = browser;
  }

  static async open(): Promise<Gallery> {
    const executablePath = findChromium();
    if (!executablePath) throw new Error("No Chromium found: install one or set CHROMIUM_PATH.");
    await mkdir(galleryPictures, { recursive: true });
    const folder = await mkdtemp(join(tmpdir(), "aetheria-gallery-"));
    const root = join(import.meta.dirname, "gallery");
    const outDir = join(folder, "out");
    const shared = { root, configFile: false as const, logLevel: "error" as const };
    const plugins = [svelte({ configFile: false })];
    await build({ ...shared, plugins, build: { outDir, assetsInlineLimit: 0, emptyOutDir: true } });
    const server = await preview({
      ...shared,
      build: { outDir },
      preview: { host: "127.0.0.1", port: 0, strictPort: true },
    });
    const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
    return new Gallery(folder, server, browser);
  }

  get address(): string {
    const bound = this.#server.httpServer.address();
    if (bound === null || typeof bound === "string") throw new Error("The preview has no port.");
    return `http://127.0.0.1:${bound.port}`;
  }

  /** With nothing in it. */
  emptyPage(): Promise<Page> {
    return this.#browser.newPage();
  }

  async page(
    query: Record<string, string>,
    options: Parameters<Browser["newContext"]>[0] = {},
  ): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: { width: 1440, height: 900 },
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    await page.goto(`${this.address}/?${new URLSearchParams(query).toString()}`);
    await page.evaluate("document.fonts.ready");
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** What axe finds in a scene: it has no whole page around it. */
export const sceneFindings = (page: Page): Promise<string[]> =>
  findings(page, { without: ["page-has-heading-one", "region", "heading-order"] });
