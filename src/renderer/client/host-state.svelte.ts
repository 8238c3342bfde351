// What the page knows of the host as a whole: settings, models, money, tools, downloads. Each is
// asked once per connection and kept true by pushes. Until the host answers, the settings are those
// that this device remembers.
import type { BrowserFetch } from "../../contract/browser.ts";
import { defaultSettings, type Settings, type SettingsPatch } from "../../contract/settings.ts";
import type { Account, ModelCatalog, PullProgress, Spending } from "../../contract/system.ts";
import type { ToolDescription } from "../../contract/tool.ts";
import type { Connection } from "./connection.svelte.ts";
import { markStart } from "./first-frame.ts";
import type { SettingsMemory } from "./settings-memory.ts";

const noModels: ModelCatalog = { providers: [], models: [], chosen: null, why: "" };

export class HostState {
  readonly #connection: Connection;
  readonly #memory: SettingsMemory | null;
  #settings = $state.raw<Settings>(defaultSettings);
  #models = $state.raw<ModelCatalog>(noModels);
  #spending = $state.raw<Spending>({ todayUsd: 0, todayTokens: 0, budgetUsd: 0 });
  #tools = $state.raw<readonly ToolDescription[]>([]);
  #accounts = $state.raw<readonly Account[]>([]);
  #pulls = $state.raw<Readonly<Record<string, PullProgress>>>({});
  #browserFetch = $state.raw<BrowserFetch | null>(null);
  #known = $state(false);
  #loaded = $state(false);
  #modelsLoaded = $state(false);

  /** `memory` null: nothing is remembered here. */
  constructor(connection: Connection, memory: SettingsMemory | null) {
    this.#connection = connection;
    this.#memory = memory;
    const remembered = memory?.load() ?? null;
    this.#known = remembered !== null;
    if (remembered) this.#settings = remembered;
    connection.onPush((push) => {
      if (push.type === "settings.changed") this.#take(push.settings);
      if (push.type === "spending.changed") this.#spending = push.spending;
      if (push.type === "models.changed") void this.loadModels(false);
      if (push.type === "browser.fetching") this.#browserFetch = push.fetch;
      if (push.type === "model.progress") this.#progress(push.progress);
    });
  }

  get settings(): Settings {
    return this.#settings;
  }
  get models(): ModelCatalog {
    return this.#models;
  }
  get spending(): Spending {
    return this.#spending;
  }
  get tools(): readonly ToolDescription[] {
    return this.#tools;
  }
  get accounts(): readonly Account[] {
    return this.#accounts;
  }
  get pulls(): Readonly<Record<string, PullProgress>> {
    return this.#pulls;
  }
  /** A browser is being fetched, whoever asked for it. */
  get browserFetch(): BrowserFetch | null {
    return this.#browserFetch;
  }
  /** The settings are the host's: of now or, until it answers, of the last time. */
  get known(): boolean {
    return this.#known;
  }
  /** The host has answered. */
  get loaded(): boolean {
    return this.#loaded;
  }
  get modelsLoaded(): boolean {
    return this.#modelsLoaded;
  }

  /** First what the first screen shows. Models last: they may ask the network. */
  async load(): Promise<void> {
    const call = this.#connection.call.bind(this.#connection);
    const [settings, spending] = await Promise.all([
      call("settings.get", {}),
      call("system.spending", {}),
    ]);
    this.#take(settings);
    this.#spending = spending;
    this.#loaded = true;
    markStart("host");
    this.#tools = (await call("tool.list", {})).tools;
    await this.loadModels(false);
  }

  async loadModels(refresh: boolean): Promise<void> {
    const [models, { accounts }] = await Promise.all([
      this.#connection.call("model.list", { refresh }),
      this.#connection.call("account.list", {}),
    ]);
    this.#models = models;
    this.#accounts = accounts;
    this.#modelsLoaded = true;
  }

  async set(patch: SettingsPatch): Promise<void> {
    this.#take(await this.#connection.call("settings.set", patch));
  }

  #take(settings: Settings): void {
    this.#settings = settings;
    this.#known = true;
    this.#memory?.save(settings);
  }

  #progress(progress: PullProgress): void {
    const { [progress.name]: _gone, ...others } = this.#pulls;
    const done = progress.finished && progress.error === undefined;
    this.#pulls = done ? others : { ...others, [progress.name]: progress };
    if (done) void this.loadModels(true);
  }
}
