// What the host says of the mirror and of phones on the network, kept true by its pushes.
import { getContext, setContext } from "svelte";
import type { CallInput, CallName, CallOutput } from "../../../contract/calls.ts";
import type { LanStatus } from "../../../contract/lan.ts";
import type { MirrorDevice, MirrorStatus } from "../../../contract/mirror.ts";
import type { AppState } from "../../client/app-state.svelte.ts";

export class ConnectionsState {
  readonly #app: AppState;
  readonly #stop: () => void;
  #mirror = $state.raw<MirrorStatus | null>(null);
  #lan = $state.raw<LanStatus | null>(null);
  #devices = $state.raw<readonly MirrorDevice[]>([]);

  constructor(app: AppState) {
    this.#app = app;
    this.#stop = app.connection.onPush((push) => {
      if (push.type === "lan.changed") this.#lan = push.status;
      // What the account holds is told to who asks only.
      if (push.type === "mirror.changed")
        this.#mirror = { ...push.status, usage: push.status.usage ?? this.#mirror?.usage ?? null };
    });
  }

  get mirror(): MirrorStatus | null {
    return this.#mirror;
  }
  get lan(): LanStatus | null {
    return this.#lan;
  }
  get devices(): readonly MirrorDevice[] {
    return this.#devices;
  }

  async load(): Promise<void> {
    await Promise.all([
      this.#app.attempt(async () => (this.#lan = await this.#call("lan.status", {}))),
      this.#app.attempt(async () => (this.#mirror = await this.#call("mirror.status", {}))),
    ]);
  }

  async loadDevices(): Promise<void> {
    const found = await this.do("mirror.devices", {});
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
    if (status) this.#mirror = status as MirrorStatus;
    return status !== undefined;
  }

  close(): void {
    this.#stop();
  }
}

const key = Symbol("connections");
export const provideConnections = (state: ConnectionsState): ConnectionsState =>
  setContext(key, state);
export const connectionsState = (): ConnectionsState => getContext<ConnectionsState>(key);
