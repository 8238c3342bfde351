// All of the companion's state that outlives a screen, made once at the root and handed down by
// context: the source, what it tells, where the person is.
import { getContext, setContext } from "svelte";
import { uuidv7 } from "uuidv7";
import { AetheriaError } from "../../contract/errors.ts";
import { MessageId, type SessionId } from "../../contract/ids.ts";
import type { AttachmentRef, SessionSummary } from "../../contract/session.ts";
import { Toasts } from "../../renderer/ui/toasts.svelte.ts";
import type { Source, SourceState, WaitingWish, Wish } from "../source/source.ts";
import type { Shared } from "../worker/shares.ts";
import { OpenSession } from "../../renderer/shared/open-session.svelte.ts";
import type { Place } from "./place.svelte.ts";

export class Companion {
  readonly source: Source;
  readonly place: Place;
  readonly toasts = new Toasts();
  #state = $state.raw<SourceState>({ kind: "connecting" });
  #sessions = $state.raw<readonly SessionSummary[] | null>(null);
  #waiting = $state.raw<readonly WaitingWish[]>([]);
  #session = $state.raw<OpenSession | null>(null);
  #shared = $state.raw<Shared | null>(null);
  // Read when a composer is made, and not followed.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #drafts = new Map<SessionId, string>();
  readonly #stops: (() => void)[];

  constructor(source: Source, place: Place) {
    this.source = source;
    this.place = place;
    this.#stops = [
      source.onState((state) => (this.#state = state)),
      source.onSessions((sessions) => this.#list(sessions)),
      source.onWaiting((waiting) => this.#take(waiting)),
    ];
  }

  get state(): SourceState {
    return this.#state;
  }
  /** Newest first; null until anything is known. */
  get sessions(): readonly SessionSummary[] | null {
    return this.#sessions;
  }
  get waiting(): readonly WaitingWish[] {
    return this.#waiting;
  }
  /** The one on the screen. */
  get session(): OpenSession | null {
    return this.#session;
  }
  /** Decisions that wait, over all sessions. */
  get decisions(): number {
    return (this.#sessions ?? []).reduce((sum, one) => sum + one.pendingApprovals, 0);
  }

  /** What another app handed over and no session has yet. */
  get shared(): Shared | null {
    return this.#shared;
  }
  set shared(shared: Shared | null) {
    this.#shared = shared;
  }

  /** Arguments, results and files of this session stay on the desktop. */
  isTextOnly(sessionId: SessionId): boolean {
    // Told with the sessions, and so followed with them.
    return this.#sessions !== null && this.source.choice?.(sessionId) === "text";
  }

  summary(sessionId: SessionId): SessionSummary | undefined {
    return this.#sessions?.find((one) => one.sessionId === sessionId);
  }

  /** Follows this session; null: none. */
  show(sessionId: SessionId | null): void {
    if (this.#session?.sessionId === sessionId) return;
    this.#session?.close();
    this.#session = sessionId === null ? null : new OpenSession(this.source, sessionId);
  }

  /** One that was gone, and is mirrored again as something else, is opened anew. */
  #list(sessions: readonly SessionSummary[]): void {
    this.#sessions = sessions;
    const sessionId = this.#session?.gone?.code === "not_found" ? this.#session.sessionId : null;
    if (sessionId === null || !this.summary(sessionId)) return;
    this.show(null);
    this.show(sessionId);
  }

  /** A message that was refused stays where it was written; of anything else it is said once. */
  #take(waiting: readonly WaitingWish[]): void {
    this.#waiting = waiting;
    for (const { id, wish, error } of waiting) {
      if (!error || wish.kind === "send") continue;
      this.tell(AetheriaError.fromData(error));
      void this.source.dismiss(id);
    }
  }

  /** False when it will not happen; why is said. */
  async wish(wish: Wish): Promise<boolean> {
    try {
      await this.source.wish(wish);
      return true;
    } catch (error) {
      this.tell(error);
      return false;
    }
  }

  send(sessionId: SessionId, text: string, attachments: AttachmentRef[]): Promise<boolean> {
    const messageId = MessageId.parse(uuidv7());
    return this.wish({ kind: "send", sessionId, messageId, text, attachments, delivery: "auto" });
  }

  async create(): Promise<void> {
    const { create } = this.source;
    if (!create) return;
    try {
      this.place.open(await create());
    } catch (error) {
      this.tell(error);
    }
  }

  /** What was being written; "" for nothing. */
  takeDraft(sessionId: SessionId): string {
    const draft = this.#drafts.get(sessionId) ?? "";
    this.#drafts.delete(sessionId);
    return draft;
  }

  keepDraft(sessionId: SessionId, text: string): void {
    if (text !== "") this.#drafts.set(sessionId, text);
  }

  tell(error: unknown): void {
    const { message, hint } = AetheriaError.toData(error);
    this.toasts.show({ tone: "red", text: message, ...(hint === undefined ? {} : { hint }) });
  }

  /** Follows nothing any more; the source goes on. */
  close(): void {
    this.#session?.close();
    for (const stop of this.#stops) stop();
  }
}

const key = Symbol("companion");

export const provideCompanion = (companion: Companion): Companion => setContext(key, companion);
export const companion = (): Companion => getContext<Companion>(key);
