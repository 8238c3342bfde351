// What the Sandbox app knows of one session's sandbox: asked when the host says that it changed, and
// again and again for what it uses, both only while somebody looks.
import { getContext, setContext } from "svelte";
import type { CallInput, CallName } from "../../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../../contract/errors.ts";
import type { SandboxLanguage, SandboxStatus } from "../../../contract/sandbox.ts";
import type { AppState } from "../../client/app-state.svelte.ts";
import type { OpenSession } from "../../shared/open-session.svelte.ts";

const usageEveryMs = 2_000;

/** What it needs of the page. */
export type SandboxPage = Pick<AppState, "attempt"> & {
  connection: Pick<AppState["connection"], "call" | "onPush">;
};

export class SandboxState {
  readonly session: Pick<OpenSession, "sessionId">;
  readonly #page: SandboxPage;
  readonly #stop: () => void;
  #status = $state.raw<SandboxStatus | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #isShown = $state(false);
  #isStale = true;
  #reading: Promise<void> | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(page: SandboxPage, session: Pick<OpenSession, "sessionId">) {
    this.#page = page;
    this.session = session;
    this.#stop = page.connection.onPush((push) => {
      if (push.type === "sandbox.changed" && push.sessionId === session.sessionId) this.look();
    });
  }

  /** null: not known yet. */
  get status(): SandboxStatus | null {
    return this.#status;
  }
  /** Why nothing is known. */
  get error(): ErrorData | null {
    return this.#error;
  }

  get isShown(): boolean {
    return this.#isShown;
  }
  set isShown(isShown: boolean) {
    if (isShown === this.#isShown) return;
    this.#isShown = isShown;
    if (isShown) this.look();
    else clearTimeout(this.#timer);
  }

  /** Of many changes at once only the last is asked for. */
  look(): void {
    this.#isStale = true;
    if (!this.#isShown || this.#reading) return;
    this.#reading = this.#readUntilFresh().finally(() => (this.#reading = null));
  }

  async #readUntilFresh(): Promise<void> {
    while (this.#isStale && this.#isShown) await this.#read();
  }

  async #read(): Promise<void> {
    this.#isStale = false;
    clearTimeout(this.#timer);
    const { sessionId } = this.session;
    try {
      this.#status = await this.#page.connection.call("sandbox.status", { sessionId });
      this.#error = null;
    } catch (error) {
      this.#error = AetheriaError.toData(error);
    }
    // What it uses changes without a word.
    if (this.#isShown && this.#status?.phase === "ready")
      this.#timer = setTimeout(() => this.look(), usageEveryMs);
  }

  close(): void {
    this.isShown = false;
    this.#stop();
  }

  /** False: it could not be done, and was told. */
  async #do<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<boolean> {
    const done = await this.#page.attempt(() => this.#page.connection.call(name, input));
    this.look();
    return done !== undefined;
  }

  allow(host: string, allowed: boolean): Promise<boolean> {
    return this.#do("sandbox.host", { ...this.#ofSession, host, allowed });
  }
  restart(): Promise<boolean> {
    return this.#do("sandbox.restart", this.#ofSession);
  }
  reset(language: SandboxLanguage): Promise<boolean> {
    return this.#do("sandbox.reset", { ...this.#ofSession, language });
  }
  stopProcess(processId: string): Promise<boolean> {
    return this.#do("sandbox.stopProcess", { ...this.#ofSession, processId });
  }
  consent(machine: boolean): Promise<boolean> {
    return this.#do("sandbox.consent", { ...this.#ofSession, machine });
  }
  stopBuild(): Promise<boolean> {
    return this.#do("sandbox.stopBuild", {});
  }
  /** A run belongs to what the agent or the person does: that is stopped, and it with it. */
  stopRuns(): Promise<boolean> {
    return this.#do("session.stop", this.#ofSession);
  }

  get #ofSession(): { sessionId: OpenSession["sessionId"] } {
    return { sessionId: this.session.sessionId };
  }
}

const key = Symbol("sandbox state");

export const provideSandboxState = (state: SandboxState): SandboxState => setContext(key, state);
export const sandboxState = (): SandboxState => getContext<SandboxState>(key);
