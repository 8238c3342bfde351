// Updates of the packaged app: looks, downloads, and installs once nothing runs any more. Owns the
// state that people see; what an update is and where it comes from is the updater's.
import type { UpdateState } from "../contract/desktop.ts";
import { AetheriaError, type ErrorData } from "../contract/errors.ts";
import type { Settings } from "../contract/settings.ts";

/** The part of electron-updater that is used; tests have their own. */
export interface Updater {
  /** The version that is newer than this one; null: there is none. */
  look(): Promise<string | null>;
  download(onPercent: (percent: number) => void): Promise<void>;
  /** Ends the app and starts the new one. */
  install(): void;
}

export type UpdatesParts = {
  /** null: this copy cannot update itself. */
  openUpdater: (() => Promise<Updater>) | null;
  policy: () => Settings["updates"];
  /** On: nothing leaves this machine, a question for a version neither. */
  isOffline: () => boolean;
  now: () => number;
  onState: (state: UpdateState) => void;
};

const unsupported: UpdateState = {
  phase: "unsupported",
  why: "This copy of Aetheria was not installed from a package, so it cannot update itself.",
};

const offline: ErrorData = {
  code: "offline",
  message: "You are working offline, so Aetheria did not look for an update.",
  hint: "Go online, then look again.",
  retryable: true,
};

/** Starting comes first. */
const firstLookMs = 30_000;
const lookEveryMs = 6 * 60 * 60 * 1000;

export class Updates {
  readonly #parts: UpdatesParts;
  #state: UpdateState;
  #running = 0;
  #wanted = false;
  #updater: Promise<Updater> | null = null;

  constructor(parts: UpdatesParts) {
    this.#parts = parts;
    this.#state = parts.openUpdater ? { phase: "idle", checkedAt: null } : unsupported;
  }

  get state(): UpdateState {
    return this.#state;
  }

  /** How many runs work or wait: an update never ends them. */
  set running(count: number) {
    this.#running = count;
    if (count === 0 && this.#wanted) void this.install();
  }

  /** Looks now and then from here on, for as long as the app lives. */
  lookRegularly(): void {
    if (!this.#parts.openUpdater) return;
    const look = () => void this.lookQuietly();
    setTimeout(look, firstLookMs).unref();
    setInterval(look, lookEveryMs).unref();
  }

  /** A look nobody asked for; with `automatic` the update is fetched too. */
  async lookQuietly(): Promise<void> {
    if (this.#parts.policy() === "off" || this.#parts.isOffline()) return;
    await this.check();
    if (this.#state.phase === "failed") this.#show({ phase: "idle", checkedAt: null });
    if (this.#state.phase === "available" && this.#parts.policy() === "automatic")
      await this.#download(this.#state.version);
  }

  async check(): Promise<void> {
    if (!this.#parts.openUpdater || this.#isBusy()) return;
    if (this.#parts.isOffline()) return this.#show({ phase: "failed", error: offline });
    this.#show({ phase: "checking" });
    await this.#guarded(async () => {
      const version = await (await this.#open()).look();
      if (version === null) this.#show({ phase: "idle", checkedAt: this.#parts.now() });
      else this.#show({ phase: "available", version });
    });
  }

  /** What the button does: fetches what is available, installs what is there, waits for runs. */
  async install(): Promise<void> {
    if (this.#state.phase === "available") await this.#download(this.#state.version);
    if (this.#state.phase !== "ready") return;
    this.#wanted = this.#running > 0;
    if (this.#wanted) return this.#show({ ...this.#state, waitsForRuns: true });
    await this.#guarded(async () => (await this.#open()).install());
  }

  #isBusy(): boolean {
    return ["checking", "downloading", "ready"].includes(this.#state.phase);
  }

  async #download(version: string): Promise<void> {
    this.#show({ phase: "downloading", version, percent: 0 });
    await this.#guarded(async () => {
      const updater = await this.#open();
      await updater.download((percent) => this.#show({ phase: "downloading", version, percent }));
      this.#show({ phase: "ready", version, waitsForRuns: false });
    });
  }

  #open(): Promise<Updater> {
    const { openUpdater } = this.#parts;
    if (!openUpdater) return Promise.reject(new Error("no updater"));
    return (this.#updater ??= openUpdater());
  }

  async #guarded(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (cause) {
      this.#updater = null;
      const error = new AetheriaError("disconnected", "The update could not be fetched.", {
        hint: "Is this machine online? Try again later.",
        retryable: true,
        cause,
      });
      this.#show({ phase: "failed", error: AetheriaError.toData(error) });
    }
  }

  #show(state: UpdateState): void {
    this.#state = state;
    this.#parts.onState(state);
  }
}
