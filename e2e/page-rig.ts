// What the page's tests stand on: a model that answers as told, the real `aetheria serve`, and a
// real browser. Owns their beginning and end, nothing of what is tested.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { spawnCli, type SpawnedCli } from "../src/testing/spawned-cli.ts";
import { Stage } from "./stage.ts";

export const desktop = { width: 1440, height: 900 };
export const laptop = { width: 1024, height: 700 };
export const phone = { width: 390, height: 844 };

export const pictures = join(import.meta.dirname, "pictures");

export interface Served {
  url: string;
  /** With its token. */
  address: string;
  cli: SpawnedCli;
}

export class PageRig {
  readonly #stage: Stage;
  readonly #browser: Browser;
  readonly #served: SpawnedCli[] = [];

  constructor(stage: Stage, browser: Browser) {
    this.#stage = stage;
    this.#browser = browser;
  }

  static async open(): Promise<PageRig> {
    const executablePath = findChromium();
    if (!executablePath) throw new Error("No Chromium found: install one or set CHROMIUM_PATH.");
    await mkdir(pictures, { recursive: true });
    const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
    return new PageRig(await Stage.open(), browser);
  }

  /** The folder that the agent works in. */
  get workspace(): string {
    return this.#stage.workspace;
  }

  get model(): Stage["model"] {
    return this.#stage.model;
  }

  get withModel(): Record<string, string> {
    return this.#stage.withModel;
  }

  /** `data` names the data folder: the same name goes on where the last one ended. Its person has seen
   * the guide of the first run, unless `isNew`. */
  async serve(
    data: string,
    env: Record<string, string> = {},
    port = 0,
    { isNew = false } = {},
  ): Promise<Served> {
    const { home } = this.#stage;
    const args = ["serve", "--json", "--port", String(port), "--data", join(home, data)];
    const cli = spawnCli(args, { home, env });
    this.#served.push(cli);
    await cli.said('"ready"');
    const ready = cli.lines().find((line) => line["type"] === "ready");
    const url = String(ready?.["url"]);
    if (!isNew) await skipGuide(url, String(ready?.["token"]));
    return { url, address: `${url}/#token=${String(ready?.["token"])}`, cli };
  }

  async page(address: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.#browser.newContext({
      viewport: desktop,
      reducedMotion: "reduce",
      colorScheme: "light",
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(address);
    return page;
  }

  async close(): Promise<void> {
    await this.#browser.close();
    for (const { child, ended } of this.#served) {
      child.kill("SIGKILL");
      await ended;
    }
    await this.#stage.close();
  }
}

/** Pages of this host land on the shell from now on. */
export async function skipGuide(url: string, token: string): Promise<void> {
  const client = await connectSocket(url, token);
  await client.call("settings.set", { guided: true });
  client.close();
}

/** What axe finds, as lines one can read; `rules` names the only ones to look at. */
export async function findings(page: Page, rules?: string[]): Promise<string[]> {
  // Electron cannot open the empty page that axe would finish its run on.
  const axe = new AxeBuilder({ page }).setLegacyMode(page.url().startsWith("app:"));
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`,
  );
}

/** A picture of this screen as it is now. */
export async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate("document.fonts.ready");
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** How far the page is wider than the screen, or than what its own scroll bar leaves of it: 0. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - Math.min(innerWidth, clientWidth));
  })()`);
