// The session on the screen: its view, folded from the feed, at most once per animation frame.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import { viewOf } from "../../core/session/from-snapshot.ts";
import { fold, foldEarlier, foldLive } from "../../core/session/reducer.ts";
import { emptyView, type SessionView } from "../../core/session/view.ts";
import type { SessionFeedListener } from "../../rpc/session-feed.ts";

const pageEvents = 300;

/** Where a session's events come from: a host, or the mirror. */
export interface SessionSource {
  watch(sessionId: SessionId, listener: SessionFeedListener): () => void;
  history(
    sessionId: SessionId,
    before: number,
    limit: number,
  ): Promise<{ events: SessionEvent[]; hasEarlier: boolean }>;
}

export class OpenSession {
  readonly sessionId: SessionId;
  readonly #source: SessionSource;
  readonly #stop: () => void;
  #view = $state.raw<SessionView>(emptyView);
  #loaded = $state(false);
  #hasEarlier = $state(false);
  #loadingEarlier = $state(false);
  #loading: Promise<void> | null = null;
  #error = $state.raw<ErrorData | null>(null);
  #gone = $state.raw<ErrorData | null>(null);
  #firstSeq = $state(1);
  /** Folded, not yet on the screen. */
  #next: SessionView = emptyView;
  #frame = 0;

  constructor(source: SessionSource, sessionId: SessionId) {
    this.sessionId = sessionId;
    this.#source = source;
    this.#stop = source.watch(sessionId, {
      reset: (snapshot) => {
        this.#firstSeq = snapshot.events[0]?.seq ?? 1;
        this.#hasEarlier = snapshot.hasEarlier;
        this.#next = viewOf(snapshot);
        this.#show();
        this.#loaded = true;
      },
      events: (events) => this.#take((view) => events.reduce<SessionView>(foldOne, view)),
      live: (events) => this.#take((view) => events.reduce<SessionView>(foldLiveOne, view)),
      failed: (error) => (this.#gone = error),
    });
  }

  get view(): SessionView {
    return this.#view;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get hasEarlier(): boolean {
    return this.#hasEarlier;
  }
  get loadingEarlier(): boolean {
    return this.#loadingEarlier;
  }
  /** Where what is loaded begins. */
  get firstSeq(): number {
    return this.#firstSeq;
  }
  /** Why earlier history could not be fetched. */
  get error(): ErrorData | null {
    return this.#error;
  }
  /** Why there is nothing to show: the session is gone, or cannot be read. */
  get gone(): ErrorData | null {
    return this.#gone;
  }

  #take(change: (view: SessionView) => SessionView): void {
    this.#next = change(this.#next);
    if (this.#frame !== 0) return;
    // A hidden page gets no frames; it must not fall behind for ever.
    if (document.hidden) return this.#show();
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#show();
    });
  }

  #show(): void {
    this.#view = this.#next;
  }

  /** One more page of history; whoever asks while one is on its way waits for that one. */
  loadEarlier(): Promise<void> {
    if (!this.#hasEarlier) return Promise.resolve();
    this.#loading ??= this.#fetchEarlier().finally(() => (this.#loading = null));
    return this.#loading;
  }

  async #fetchEarlier(): Promise<void> {
    this.#loadingEarlier = true;
    this.#error = null;
    try {
      const page = await this.#source.history(this.sessionId, this.#firstSeq, pageEvents);
      this.#firstSeq = page.events[0]?.seq ?? 1;
      this.#hasEarlier = page.hasEarlier;
      // Shown at once: whoever waits for this page looks for something in it.
      this.#next = foldEarlier(this.#next, page.events);
      this.#show();
    } catch (error) {
      this.#error = AetheriaError.toData(error);
    } finally {
      this.#loadingEarlier = false;
    }
  }

  /** Fetches earlier history until this event is there. */
  async loadBackTo(seq: number): Promise<void> {
    while (this.#firstSeq > seq && this.#hasEarlier && !this.#error) await this.loadEarlier();
  }

  close(): void {
    this.#stop();
    cancelAnimationFrame(this.#frame);
  }
}

const foldOne = (view: SessionView, event: SessionEvent): SessionView => fold(view, event);
const foldLiveOne = (view: SessionView, event: LiveEvent): SessionView => foldLive(view, event);
