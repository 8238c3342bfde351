// What the page knows of the desktop app around it: how the host is, updates, the keychain. Fed by
// what main tells; places that main wants shown wait here for the shell.
import type {
  Destination,
  DesktopBridge,
  DesktopEvent,
  DesktopVerb,
  HostState,
  UpdateState,
  VerbInput,
  VerbOutput,
} from "../../contract/desktop.ts";
import { desktopError } from "./desktop.ts";

export type Trouble = HostState & { phase: "failed" };

/** A host that is started again sooner needs no words: the connection comes back by itself. */
const blinkMs = 1_500;

function troubleOf(host: HostState): Trouble | null {
  if (host.phase !== "failed") return null;
  const isBlink = host.retryAt !== null && host.retryAt - Date.now() < blinkMs;
  return isBlink ? null : host;
}

const unknown: VerbOutput<"state"> = {
  host: { phase: "starting" },
  keychain: "none",
  update: { phase: "idle", checkedAt: null },
  logPath: "",
};

export class DesktopState {
  readonly #bridge: DesktopBridge;
  #known = $state.raw(unknown);
  #trouble = $state.raw<Trouble | null>(null);
  #onGo: ((to: Destination) => void) | null = null;
  #waiting: Destination[] = [];

  /** One per page: the bridge's listeners stay for good. */
  constructor(bridge: DesktopBridge) {
    this.#bridge = bridge;
    bridge.onEvent((event) => this.#hear(event));
    // Asked after listening, so that nothing falls between; main lets waiting places through then.
    void this.call("state", {}).then(
      (known) => {
        this.#known = known;
        this.#trouble = troubleOf(known.host);
      },
      () => undefined, // main is gone, and this window with it
    );
  }

  get platform(): string {
    return this.#bridge.platform;
  }
  get host(): HostState {
    return this.#known.host;
  }
  /** The host is away for longer than a blink; what a person should read of it. */
  get trouble(): Trouble | null {
    return this.#trouble;
  }
  get update(): UpdateState {
    return this.#known.update;
  }
  get keychain(): VerbOutput<"state">["keychain"] {
    return this.#known.keychain;
  }
  get logPath(): string {
    return this.#known.logPath;
  }

  /** Rejects with an AetheriaError. */
  async call<Name extends DesktopVerb>(
    name: Name,
    input: VerbInput<Name>,
  ): Promise<VerbOutput<Name>> {
    try {
      return await this.#bridge.call(name, input);
    } catch (reason) {
      throw desktopError(reason);
    }
  }

  /** Where a menu, a link or a notification leads; what came before the first listener comes now. */
  onGo(listener: (to: Destination) => void): void {
    this.#onGo = listener;
    for (const to of this.#waiting.splice(0)) listener(to);
  }

  #hear(event: DesktopEvent): void {
    if (event.type === "host") {
      this.#known = { ...this.#known, host: event.host };
      // A new try is no end of the trouble yet.
      if (event.host.phase !== "starting") this.#trouble = troubleOf(event.host);
    }
    if (event.type === "update") this.#known = { ...this.#known, update: event.update };
    if (event.type !== "go") return;
    if (this.#onGo) this.#onGo(event.to);
    else this.#waiting.push(event.to);
  }
}
