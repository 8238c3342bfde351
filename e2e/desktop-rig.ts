// What the desktop's tests stand on: the real Electron app on a screen of its own, with the same stage
// as the page's tests. Owns their beginning and end, nothing of what is tested.
import type { ChildProcess } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { _electron, type ElectronApplication, type Page } from "playwright-core";
import { findElectron } from "../scripts/electron.ts";
import { desktop } from "./page-rig.ts";
import { pictures } from "./show.ts";
import { Stage } from "./stage.ts";
import { openDisplay, type Display } from "./virtual-display.ts";

const root = resolve(import.meta.dirname, "..");
/** Holds the app until Playwright listens; Playwright itself adds it only where it finds Electron. */
const playwrightLoader = join(
  dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")),
  "lib/server/electron/loader.js",
);
const heldHost = resolve(import.meta.dirname, "held-host.cjs");
/** How long the app may take to end by itself. */
const closeLimitMs = 15_000;

export interface Launched {
  app: ElectronApplication;
  /** The main window's. */
  page: Page;
  dataDir: string;
  /** The host's process; null: there is none now. */
  hostPid(): Promise<number | null>;
  /** Where it was held. */
  letHostGo(): Promise<void>;
  /** As the person quits it. */
  close(): Promise<void>;
}

export type LaunchOptions = {
  env?: Record<string, string>;
  args?: string[];
  /** Size of the page; null: as the app makes it. */
  size?: { width: number; height: number } | null;
  /** false: the guide of the first run, or whatever the app begins with, is left as it is. */
  guided?: boolean;
  /** true: the host begins only once the test lets it. */
  held?: boolean;
};

export class DesktopRig {
  readonly #stage: Stage;
  readonly #display: Display;
  readonly #executablePath: string;
  readonly #launched = new Set<Launched>();

  private constructor(stage: Stage, display: Display, executablePath: string) {
    this.#stage = stage;
    this.#display = display;
    this.#executablePath = executablePath;
  }

  static async open(): Promise<DesktopRig> {
    const executablePath = findElectron();
    if (!executablePath) throw new Error("No Electron found: run `npm run provision`.");
    await mkdir(pictures, { recursive: true });
    return new DesktopRig(await Stage.open(), await openDisplay(), executablePath);
  }

  get model(): Stage["model"] {
    return this.#stage.model;
  }

  get workspace(): string {
    return this.#stage.workspace;
  }

  get withModel(): Record<string, string> {
    return this.#stage.withModel;
  }

  get home(): string {
    return this.#stage.home;
  }

  /** The folder that a name stands for; the same name goes on where the last one ended. */
  dataDir(data: string): string {
    return join(this.home, data);
  }

  /** Nothing of the machine's own but PATH: no keys, no models, no settings. */
  environment(data: string, env: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: process.env["PATH"] ?? "",
      HOME: this.home,
      XDG_CONFIG_HOME: join(this.home, "config"),
      XDG_DATA_HOME: this.home,
      XDG_CACHE_HOME: join(this.home, "cache"),
      OLLAMA_HOST: "http://127.0.0.1:1",
      AETHERIA_DATA: this.dataDir(data),
      ...this.#display.env,
      ...env,
    };
  }

  /** Program and arguments that start the app; `more` are the app's own. */
  command(more: string[] = []): { program: string; args: string[] } {
    const quiet = ["--no-sandbox", "--disable-gpu", "--password-store=basic"];
    return { program: this.#executablePath, args: [...quiet, root, ...more] };
  }

  async launch(data: string, options: LaunchOptions = {}): Promise<Launched> {
    const { env, args, size = desktop, guided = true, held = false } = options;
    const { program, args: all } = this.command(args);
    const app = await _electron.launch({
      executablePath: program,
      args: ["-r", playwrightLoader, ...(held ? ["-r", heldHost] : []), ...all],
      env: this.environment(data, env),
    });
    const child = app.process();
    const page = await mainPage(app);
    page.setDefaultTimeout(20_000);
    await page.emulateMedia({ reducedMotion: "reduce", colorScheme: "light" });
    if (size) await resizePage(app, size);
    if (guided) await skipGuide(page);
    const launched: Launched = {
      app,
      page,
      dataDir: this.dataDir(data),
      hostPid: () => hostPid(app),
      letHostGo: () => app.evaluate(() => (globalThis as { letHostGo?(): void }).letHostGo?.()),
      close: async () => {
        this.#launched.delete(launched);
        await closeApp(app, child);
      },
    };
    this.#launched.add(launched);
    // It may end by itself as well.
    app.once("close", () => this.#launched.delete(launched));
    return launched;
  }

  async close(): Promise<void> {
    for (const launched of [...this.#launched]) await launched.close();
    await this.#display.close();
    await this.#stage.close();
  }
}

/** The quick-ask window has the same page with `?quick`. */
export const isQuickAsk = (page: Page): boolean => new URL(page.url()).search === "?quick";

async function mainPage(app: ElectronApplication): Promise<Page> {
  const known = app.windows().find((page) => !isQuickAsk(page));
  if (known) return known;
  const page = await app.waitForEvent("window");
  await page.waitForURL("app://aetheria/**");
  return isQuickAsk(page) ? mainPage(app) : page;
}

async function skipGuide(page: Page): Promise<void> {
  const skip = page.getByRole("button", { name: "Skip the guide" });
  await skip
    .or(page.getByRole("textbox", { name: "Message" }))
    .first()
    .waitFor();
  if (await skip.isVisible()) await skip.click();
}

const resizePage = (app: ElectronApplication, size: { width: number; height: number }) =>
  app.evaluate(({ BrowserWindow }, { width, height }) => {
    for (const window of BrowserWindow.getAllWindows())
      if (!window.webContents.getURL().includes("?quick")) window.setContentSize(width, height);
  }, size);

const hostPid = (app: ElectronApplication): Promise<number | null> =>
  app.evaluate(
    (electron) =>
      electron.app.getAppMetrics().find(({ name }) => name === "Aetheria host")?.pid ?? null,
  );

async function closeApp(app: ElectronApplication, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const limit = setTimeout(() => child.kill("SIGKILL"), closeLimitMs);
  await app.close();
  clearTimeout(limit);
}
