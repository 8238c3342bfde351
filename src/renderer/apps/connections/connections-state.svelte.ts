// What Connections knows beside the mirror's state: phones on the network, the account's devices.
import { getContext, setContext } from "svelte";
import type { CallInput, CallName, CallOutput } from "../../../contract/calls.ts";
import type { LanStatus } from "../../../contract/lan.ts";
import type { MirrorDevice, MirrorStatus } from "../../../contract/mirror.ts";
import type { AppState } from "../../client/app-state.svelte.ts";

const askAgainMs = 5_000;

export class ConnectionsState {
  readonly #app: AppState;
  readonly #stop: () => void;
  #lan = $state.raw<LanStatus | null>(null);
  #devices = $state.raw<readonly MirrorDevice[] | null>(null);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #askedAt = -Infinity;

  constructor(app: AppState) {
    this.#app = app;
    this.#stop = app.connection.onPush((push) => {
      if (push.type === "lan.changed") this.#lan = push.status;
      // A device that joins is told with nothing else.
      if (push.type === "mirror.changed" && push.status.key === "ready") this.#followDevices();
    });
  }

  get mirror(): MirrorStatus | null {
    return this.#app.mirror.current;
  }
  get lan(): LanStatus | null {
    return this.#lan;
  }
  /** null: not known yet. */
  get devices(): readonly MirrorDevice[] | null {
    return this.#devices;
  }

  async load(): Promise<void> {
    await Promise.all([
      this.#app.attempt(async () => (this.#lan = await this.#call("lan.status", {}))),
      this.#app.attempt(() => this.#app.mirror.load()),
    ]);
    if (this.#app.mirror.isAtWork) this.#followDevices();
  }

  /** Asks for them, with what is stored; soon, and not again before a while has passed. What cannot be
   * asked now stays as it was: the mirror's own state tells why. */
  #followDevices(): void {
    this.#timer ??= setTimeout(
      () => {
        this.#askedAt = Date.now();
        void Promise.all([this.#loadDevices(), this.#app.mirror.load().catch(() => undefined)]);
        this.#timer = undefined;
      },
      Math.max(0, this.#askedAt + askAgainMs - Date.now()),
    );
  }

  async #loadDevices(): Promise<void> {
    const found = await this.#call("mirror.devices", {}).catch(() => null);
    if (found) this.#devices = found.devices;
  }

  #call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
    return this.#app.connection.call(name, input);
  }

  /** undefined: it could not be done, and was told. */
  async do<Name extends CallName>(
    name: Name,
    input: CallInput<Name>,
  ): Promise<CallOutput<Name> | undefined> {
    return this.#app.attempt(() => this.#call(name, input));
  }

  /** A call that answers with the mirror's status. False: it failed, and was told. */
  async change(
    name:
      | "mirror.signIn"
      | "mirror.signOut"
      | "mirror.deleteCloud"
      | "mirror.unlock"
      | "mirror.rotateKey",
    input: CallInput<typeof name>,
  ): Promise<boolean> {
    const status = await this.do(name, input as never);
    if (status) this.#app.mirror.take(status as MirrorStatus);
    return status !== undefined;
  }

  close(): void {
    this.#stop();
    clearTimeout(this.#timer);
  }
}

const key = Symbol("connections");
export const provideConnections = (state: ConnectionsState): ConnectionsState =>
  setContext(key, state);
export const connectionsState = (): ConnectionsState => getContext<ConnectionsState>(key);
