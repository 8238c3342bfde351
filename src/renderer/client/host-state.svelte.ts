// What the page knows of the host as a whole: settings, models, money, tools, downloads. Each is
// asked once per connection and kept true by pushes.
import { defaultSettings, type Settings, type SettingsPatch } from "../../contract/settings.ts";
import type { Account, ModelCatalog, PullProgress, Spending } from "../../contract/system.ts";
import type { ToolDescription } from "../../contract/tool.ts";
import type { Connection } from "./connection.svelte.ts";

const noModels: ModelCatalog = { providers: [], models: [], chosen: null, why: "" };

export class HostState {
  readonly #connection: Connection;
  #settings = $state.raw<Settings>(defaultSettings);
  #models = $state.raw<ModelCatalog>(noModels);
  #spending = $state.raw<Spending>({ todayUsd: 0, todayTokens: 0, budgetUsd: 0 });
  #tools = $state.raw<readonly ToolDescription[]>([]);
  #accounts = $state.raw<readonly Account[]>([]);
  #pulls = $state.raw<Readonly<Record<string, PullProgress>>>({});
  #loaded = $state(false);
  #modelsLoaded = $state(false);

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onPush((push) => {
      if (push.type === "settings.changed") this.#settings = push.settings;
      if (push.type === "spending.changed") this.#spending = push.spending;
      if (push.type === "models.changed") void this.loadModels(false);
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
    this.#settings = settings;
    this.#spending = spending;
    this.#loaded = true;
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
    this.#settings = await this.#connection.call("settings.set", patch);
  }

  #progress(progress: PullProgress): void {
    const { [progress.name]: _gone, ...others } = this.#pulls;
    const done = progress.finished && progress.error === undefined;
    this.#pulls = done ? others : { ...others, [progress.name]: progress };
    if (done) void this.loadModels(true);
  }
}
