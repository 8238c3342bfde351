// What the page's tests stand on: a model that answers as told, the real `aetheria serve`, and a
// real browser. Owns their beginning and end, nothing of what is tested.
import { join } from "node:path";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { connectSocket } from "../src/cli/connect-socket.ts";
import { spawnCli, type SpawnedCli } from "../src/testing/spawned-cli.ts";
import { Stage } from "./stage.ts";

export const desktop = { width: 1440, height: 900 };
export const laptop = { width: 1024, height: 700 };
export const phone = { width: 390, height: 844 };

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
    const browser = await chromium.launch({ executablePath, args: [...quietChromiumArgs] });
    return new PageRig(await Stage.open(), browser);
  }

  /** The folder that the agent works in. */
  get workspace(): string {
    return this.#stage.workspace;
  }

  /** Where the data folders of `serve` are. */
  get home(): string {
    return this.#stage.home;
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
