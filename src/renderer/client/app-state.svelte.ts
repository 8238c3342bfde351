// Everything the page knows, in one place: the connection, the host, the sessions, the open one.
// Made once at the root and handed down by context; it also owns what the address bar says and the
// short notes at the edge of the screen.
import { getContext, setContext, untrack } from "svelte";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import { BrowserState } from "./browser-state.svelte.ts";
import { Commands } from "./commands.svelte.ts";
import { Connection } from "./connection.svelte.ts";
import { desktopBridge } from "./desktop.ts";
import { DesktopState } from "./desktop-state.svelte.ts";
import { Toasts } from "../ui/toasts.svelte.ts";
import { Drafts } from "./drafts.ts";
import { endedSince, lastRunEnd, phasesOf, type Phases } from "./ended-runs.ts";
import { HostState } from "./host-state.svelte.ts";
import { MirrorState } from "./mirror-state.svelte.ts";
import { Notifications } from "./notifications.svelte.ts";
import { OpenSession } from "../shared/open-session.svelte.ts";
import { Place } from "./place.svelte.ts";
import { SessionList } from "./session-list.svelte.ts";
import { SessionMirror } from "./session-mirror.svelte.ts";
import { SettingsMemory } from "./settings-memory.ts";
import { Terminals } from "./terminals.svelte.ts";
import { takeToken } from "./token.ts";

export class AppState {
  readonly connection: Connection;
  readonly host: HostState;
  readonly sessions: SessionList;
  readonly place = new Place();
  readonly drafts = new Drafts();
  readonly toasts = new Toasts();
  readonly notifications = new Notifications();
  readonly commands: Commands;
  readonly terminals: Terminals;
  readonly mirror: MirrorState;
  /** The desktop app around this page; null: a browser shows it. */
  readonly desktop: DesktopState | null;
  #phases: Phases = phasesOf([]);
  #told: readonly string[] = [];
  #open = $state.raw<OpenSession | null>(null);
  #browser = $state.raw<BrowserState | null>(null);
  #sessionMirror = $state.raw<SessionMirror | null>(null);
  #sought = $state.raw<number | null>(null);

  constructor() {
    const bridge = desktopBridge();
    this.desktop = bridge && new DesktopState(bridge);
    this.connection = new Connection(takeToken);
    // A browser's page comes from a host that runs, and that may not let it in.
    this.host = new HostState(this.connection, this.desktop && new SettingsMemory());
    this.sessions = new SessionList(this.connection);
    this.terminals = new Terminals(this.connection);
    this.mirror = new MirrorState(this.connection);
    this.commands = new Commands(() => this.host.settings.shortcuts, isMac());
    this.connection.onPush((push) => {
      if (push.type === "notice") this.tell(push.notice, "notice");
      if (push.type !== "session.deleted") return;
      this.notifications.forget(push.sessionId);
      this.drafts.forget(push.sessionId);
      if (push.sessionId === this.#open?.sessionId) this.show(null);
    });
    addEventListener("hashchange", () => this.#followAddress());
    $effect.root(() => {
      $effect(() => {
        if (this.connection.state.phase === "connected") untrack(() => void this.#load());
        else untrack(() => this.terminals.lost());
      });
      $effect(() => this.#noticeEnds(this.sessions.current));
    });
    this.#followAddress();
  }

  get open(): OpenSession | null {
    return this.#open;
  }

  /** The browser of the open session. */
  get browser(): BrowserState | null {
    return this.#browser;
  }

  /** The open session in the mirror. */
  get sessionMirror(): SessionMirror | null {
    return this.#sessionMirror;
  }

  async #load(): Promise<void> {
    const { state } = this.connection;
    this.#browser?.look();
    if (state.phase === "connected")
      for (const notice of state.hello.notices) this.#tellOnce(notice);
    await this.attempt(() =>
      Promise.all([this.host.load(), this.sessions.load(), this.mirror.load()]),
    );
  }

  /** Runs that end where nobody looks are told of afterwards. */
  #noticeEnds(sessions: readonly SessionSummary[]): void {
    const ended = endedSince(this.#phases, sessions);
    this.#phases = phasesOf(sessions);
    for (const session of ended)
      if (!this.#isSeen(session.sessionId)) void this.attempt(() => this.#tellEnd(session));
  }

  #isSeen(sessionId: SessionId): boolean {
    return (
      untrack(() => this.#open?.sessionId === sessionId && this.place.app === "chat") &&
      !document.hidden
    );
  }

  async #tellEnd(session: SessionSummary): Promise<void> {
    const end = await lastRunEnd(this.connection, session);
    if (!end) return;
    const { outcome, error = null } = end;
    this.notifications.add({ kind: "run", sessionId: session.sessionId, outcome, error });
  }

  #followAddress(): void {
    const asked = SessionId.safeParse(location.hash.slice(1));
    if (asked.success && asked.data !== this.#open?.sessionId) this.#enter(asked.data);
  }

  /** The event that the open conversation is to bring into view; null: none. */
  get sought(): number | null {
    return this.#sought;
  }

  /** Opens a session at one of its events. */
  showAt(sessionId: SessionId, seq: number): void {
    this.show(sessionId);
    this.#sought = seq;
  }

  found(): void {
    this.#sought = null;
  }

  /** Puts a session on the screen, its chat in front; null: the start page. */
  show(sessionId: SessionId | null): void {
    this.#sought = null;
    if (sessionId !== (this.#open?.sessionId ?? null)) this.#enter(sessionId);
    this.place.goTo("chat");
  }

  /** The session with its desk as it was left. */
  #enter(sessionId: SessionId | null): void {
    this.#open?.close();
    this.#browser?.close();
    this.#sessionMirror?.close();
    this.#open = sessionId === null ? null : new OpenSession(this.connection, sessionId);
    this.#browser = sessionId === null ? null : new BrowserState(this, sessionId);
    this.#sessionMirror = sessionId === null ? null : new SessionMirror(this, sessionId);
    this.#browser?.look();
    this.place.desk.enter(sessionId);
    const address = sessionId === null ? location.pathname : `#${sessionId}`;
    history.replaceState(null, "", address);
  }

  async create(): Promise<SessionSummary> {
    const summary = await this.connection.call("session.create", {});
    this.show(summary.sessionId);
    return summary;
  }

  /** What the host said when the page connected; not again after each reconnection. */
  #tellOnce(notice: ErrorData): void {
    if (this.#told.includes(notice.message)) return;
    this.#told = [...this.#told, notice.message];
    this.tell(notice, "notice");
  }

  /** What went wrong or should be read, as a note. A lost connection has its own place. */
  tell({ code, message, hint }: ErrorData, kind: "error" | "notice" = "error"): void {
    if (code === "disconnected" || code === "cancelled") return;
    if (this.toasts.current.some((toast) => toast.text === message)) return;
    this.notifications.add({ kind, text: message, ...(hint === undefined ? {} : { hint }) });
    const tone = kind === "error" ? "red" : "yellow";
    this.toasts.show({ tone, text: message, ...(hint === undefined ? {} : { hint }) });
  }

  /** That something worked, where nothing else shows it. */
  say(text: string): void {
    this.notifications.add({ kind: "done", text });
    this.toasts.show({ tone: "mint", text });
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

const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.platform);

const key = Symbol("app state");

export const provideAppState = (state: AppState): AppState => setContext(key, state);
export const appState = (): AppState => getContext<AppState>(key);
