// Everything the page knows, in one place: the connection, the host, the sessions, the open one.
// Made once at the root and handed down by context; it also owns what the address bar says.
import { getContext, setContext } from "svelte";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { Connection } from "./connection.svelte.ts";
import { HostState } from "./host-state.svelte.ts";
import { OpenSession } from "./open-session.svelte.ts";
import { SessionList } from "./session-list.svelte.ts";
import { takeToken } from "./token.ts";

export class AppState {
  readonly connection: Connection;
  readonly host: HostState;
  readonly sessions: SessionList;
  #open = $state.raw<OpenSession | null>(null);
  #notices = $state.raw<readonly ErrorData[]>([]);

  constructor() {
    this.connection = new Connection(takeToken);
    this.host = new HostState(this.connection);
    this.sessions = new SessionList(this.connection);
    this.connection.onPush((push) => {
      if (push.type === "notice") this.tell(push.notice);
      if (push.type === "session.deleted" && push.sessionId === this.#open?.sessionId)
        this.show(null);
    });
    addEventListener("hashchange", () => this.#followAddress());
    $effect.root(() => {
      $effect(() => {
        if (this.connection.state.phase === "connected") void this.#load();
      });
    });
    this.#followAddress();
  }

  get open(): OpenSession | null {
    return this.#open;
  }

  /** What went wrong or should be read, until it is dismissed. */
  get notices(): readonly ErrorData[] {
    return this.#notices;
  }

  async #load(): Promise<void> {
    const { state } = this.connection;
    if (state.phase === "connected") this.#notices = state.hello.notices;
    await this.attempt(() => Promise.all([this.host.load(), this.sessions.load()]));
  }

  #followAddress(): void {
    const asked = SessionId.safeParse(location.hash.slice(1));
    if (asked.success && asked.data !== this.#open?.sessionId) this.show(asked.data);
  }

  /** Puts a session on the screen; null: the start page. */
  show(sessionId: SessionId | null): void {
    if (sessionId === (this.#open?.sessionId ?? null)) return;
    this.#open?.close();
    this.#open = sessionId === null ? null : new OpenSession(this.connection, sessionId);
    const address = sessionId === null ? location.pathname : `#${sessionId}`;
    history.replaceState(null, "", address);
  }

  async create(): Promise<SessionSummary> {
    const summary = await this.connection.call("session.create", {});
    this.show(summary.sessionId);
    return summary;
  }

  tell(notice: ErrorData): void {
    this.#notices = [...this.#notices.filter(({ message }) => message !== notice.message), notice];
  }

  dismiss(notice: ErrorData): void {
    this.#notices = this.#notices.filter((other) => other !== notice);
  }

  /** Runs a step; what fails is told to the person. */
  async attempt<T>(step: () => Promise<T>): Promise<T | undefined> {
    try {
      return await step();
    } catch (error) {
      this.tell(AetheriaError.toData(error));
      return undefined;
    }
  }
}

const key = Symbol("app state");

export const provideAppState = (state: AppState): AppState => setContext(key, state);
export const appState = (): AppState => getContext<AppState>(key);
