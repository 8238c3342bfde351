// What the host says of the mirror, kept true by its pushes.
import type { MirrorStatus } from "../../contract/mirror.ts";
import type { Connection } from "./connection.svelte.ts";

export class MirrorState {
  readonly #connection: Connection;
  #status = $state.raw<MirrorStatus | null>(null);
  #isAtWork = $derived(this.#status?.account != null && this.#status.key === "ready");

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onPush((push) => {
      if (push.type === "mirror.changed") this.take(push.status);
    });
  }

  /** null: not asked yet. */
  get current(): MirrorStatus | null {
    return this.#status;
  }

  /** Somebody is signed in, and the account's key is here. */
  get isAtWork(): boolean {
    return this.#isAtWork;
  }

  /** 1 when it goes on only once the person has done something; else 0. */
  get waiting(): number {
    const status = this.#status;
    if (!status?.account) return 0;
    const needsKey = status.key === "none" || status.key === "locked";
    return needsKey || status.phase === "blocked" ? 1 : 0;
  }

  take(status: MirrorStatus): void {
    this.#status = status;
  }

  async load(): Promise<void> {
    this.take(await this.#connection.call("mirror.status", {}));
  }
}
