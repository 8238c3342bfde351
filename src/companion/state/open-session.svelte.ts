// The session on the screen: its view, folded from the feed, at most once per animation frame.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { LiveEvent, SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import { viewOf } from "../../core/session/from-snapshot.ts";
import { fold, foldEarlier, foldLive } from "../../core/session/reducer.ts";
import { emptyView, type SessionView } from "../../core/session/view.ts";
import type { Source } from "../source/source.ts";

const pageEvents = 300;

export class OpenSession {
  readonly sessionId: SessionId;
  readonly #source: Pick<Source, "watch" | "history">;
  readonly #stop: () => void;
  #view = $state.raw<SessionView>(emptyView);
  #loaded = $state(false);
  #hasEarlier = $state(false);
  #loadingEarlier = $state(false);
  #error = $state.raw<ErrorData | null>(null);
  #gone = $state.raw<ErrorData | null>(null);
  #firstSeq = 1;
  /** Folded, not yet on the screen. */
  #next: SessionView = emptyView;
  #frame = 0;

  constructor(source: Pick<Source, "watch" | "history">, sessionId: SessionId) {
    this.sessionId = sessionId;
    this.#source = source;
    this.#stop = source.watch(sessionId, {
      reset: (snapshot) => {
        this.#firstSeq = snapshot.events[0]?.seq ?? 1;
        this.#hasEarlier = snapshot.hasEarlier;
        this.#next = viewOf(snapshot);
        this.#view = this.#next;
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
    if (document.hidden) {
      this.#view = this.#next;
      return;
    }
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#view = this.#next;
    });
  }

  async loadEarlier(): Promise<void> {
    if (!this.#hasEarlier || this.#loadingEarlier) return;
    this.#loadingEarlier = true;
    this.#error = null;
    try {
      const page = await this.#source.history(this.sessionId, this.#firstSeq, pageEvents);
      this.#firstSeq = page.events[0]?.seq ?? 1;
      this.#hasEarlier = page.hasEarlier;
      this.#next = foldEarlier(this.#next, page.events);
      this.#view = this.#next;
    } catch (error) {
      this.#error = AetheriaError.toData(error);
    } finally {
      this.#loadingEarlier = false;
    }
  }

  close(): void {
    this.#stop();
    cancelAnimationFrame(this.#frame);
  }
}

const foldOne = (view: SessionView, event: SessionEvent): SessionView => fold(view, event);
const foldLiveOne = (view: SessionView, event: LiveEvent): SessionView => foldLive(view, event);
