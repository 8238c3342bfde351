// Looks for messages while one types: one question at a time, the newest one counts.
import { AetheriaError, type ErrorData } from "../../../contract/errors.ts";
import type { SessionId } from "../../../contract/ids.ts";
import type { SearchHit } from "../../../contract/session.ts";
import type { Connection } from "../../client/connection.svelte.ts";

const pauseMs = 120;
const maxHits = 30;

export class MessageSearch {
  readonly #connection: Connection;
  #hits = $state.raw<readonly SearchHit[]>([]);
  #isComplete = $state(true);
  #isSearching = $state(false);
  #error = $state.raw<ErrorData | null>(null);
  #newest = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get hits(): readonly SearchHit[] {
    return this.#hits;
  }
  get isComplete(): boolean {
    return this.#isComplete;
  }
  get isSearching(): boolean {
    return this.#isSearching;
  }
  get error(): ErrorData | null {
    return this.#error;
  }

  /** sessionId null: in all sessions. */
  look(query: string, sessionId: SessionId | null): void {
    clearTimeout(this.#timer);
    const mine = ++this.#newest;
    if (query.trim() === "") {
      this.#hits = [];
      this.#isSearching = false;
      return;
    }
    this.#isSearching = true;
    this.#timer = setTimeout(() => void this.#ask(mine, query, sessionId), pauseMs);
  }

  async #ask(mine: number, query: string, sessionId: SessionId | null): Promise<void> {
    try {
      const where = sessionId === null ? {} : { sessionId };
      const input = { query, limit: maxHits, ...where };
      const { hits, complete } = await this.#connection.call("session.search", input);
      if (mine !== this.#newest) return;
      this.#hits = hits;
      this.#isComplete = complete;
      this.#error = null;
    } catch (error) {
      if (mine === this.#newest) this.#error = AetheriaError.toData(error);
    } finally {
      if (mine === this.#newest) this.#isSearching = false;
    }
  }

  stop(): void {
    this.#newest += 1;
    clearTimeout(this.#timer);
  }
}
