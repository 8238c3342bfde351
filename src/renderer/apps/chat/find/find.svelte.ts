// The search within the conversation on the screen: what is looked for, the matches, and which one the
// reader is at. What is loaded is searched here, earlier history by the host.
import type { SearchHit } from "../../../../contract/session.ts";
import type { Connection } from "../../../client/connection.svelte.ts";
import type { OpenSession } from "../../../shared/open-session.svelte.ts";
import { findMatches, nextMatch, type Match } from "./matches.ts";

const waitMs = 150;
const maxHits = 200;

export class Find {
  readonly #connection: Connection;
  readonly #session: OpenSession;
  #isOpen = $state(false);
  #query = $state("");
  #hits = $state.raw<readonly SearchHit[]>([]);
  #isComplete = $state(true);
  #current = $state.raw<Match | null>(null);
  /** The one on its way counts, older answers do not. */
  #asked = 0;
  /** By themselves: a piece of text that comes in changes the view, not these. */
  readonly #items = $derived.by(() => (this.#isOpen ? this.#session.view.items : []));
  readonly #matches = $derived.by(() =>
    findMatches(this.#items, this.#session.firstSeq, this.#hits, this.#query),
  );

  constructor(connection: Connection, session: OpenSession) {
    this.#connection = connection;
    this.#session = session;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }
  get query(): string {
    return this.#query;
  }
  get matches(): readonly Match[] {
    return this.#matches;
  }
  get current(): Match | null {
    return this.#current;
  }
  /** From 1; 0 when the reader is at none. */
  get place(): number {
    const at = this.#current;
    if (!at) return 0;
    return this.#matches.findIndex(({ seq, nth }) => seq === at.seq && nth === at.nth) + 1;
  }
  /** False: there are more in earlier history than the host named. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  open(): void {
    this.#isOpen = true;
  }

  close(): void {
    this.#isOpen = false;
    this.#current = null;
  }

  look(query: string): void {
    this.#query = query;
    this.#current = null;
    this.#hits = [];
    this.#isComplete = true;
    const asked = ++this.#asked;
    if (query.trim() === "" || !this.#session.hasEarlier) return;
    setTimeout(() => void this.#askHost(query, asked), waitMs);
  }

  async #askHost(query: string, asked: number): Promise<void> {
    if (asked !== this.#asked) return;
    const { sessionId } = this.#session;
    const input = { query: query.trim().slice(0, 1_000), sessionId, limit: maxHits };
    // Without an answer what is loaded is searched all the same.
    const none = { hits: [], complete: false };
    const found = await this.#connection.call("session.search", input).catch(() => none);
    if (asked !== this.#asked) return;
    this.#hits = found.hits;
    this.#isComplete = found.complete;
  }

  /** The next match, or the one before; null where there is none. */
  step(by: 1 | -1): Match | null {
    return (this.#current = nextMatch(this.#matches, this.#current, by));
  }
}
