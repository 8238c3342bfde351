// All sessions of the host, newest first, kept true by pushes.
import type { SessionId } from "../../contract/ids.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { Connection } from "./connection.svelte.ts";

const pageSize = 100;

export class SessionList {
  readonly #connection: Connection;
  #sessions = $state.raw<readonly SessionSummary[]>([]);
  #hasMore = $state(false);
  #loaded = $state(false);

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.onPush((push) => {
      if (push.type === "session.changed") this.#put(push.summary);
      if (push.type === "session.deleted") this.#remove(push.sessionId);
    });
  }

  get current(): readonly SessionSummary[] {
    return this.#sessions;
  }
  get hasMore(): boolean {
    return this.#hasMore;
  }
  get loaded(): boolean {
    return this.#loaded;
  }

  find(sessionId: SessionId): SessionSummary | undefined {
    return this.#sessions.find((session) => session.sessionId === sessionId);
  }

  async load(): Promise<void> {
    const { sessions, hasMore } = await this.#connection.call("session.list", { limit: pageSize });
    this.#sessions = sessions;
    this.#hasMore = hasMore;
    this.#loaded = true;
  }

  async loadMore(): Promise<void> {
    const before = this.#sessions.at(-1)?.updatedAt;
    if (!this.#hasMore || before === undefined) return;
    const page = await this.#connection.call("session.list", { limit: pageSize, before });
    const older = page.sessions.filter((session) => !this.find(session.sessionId));
    this.#sessions = [...this.#sessions, ...older];
    this.#hasMore = page.hasMore;
  }

  #put(summary: SessionSummary): void {
    const others = this.#sessions.filter(({ sessionId }) => sessionId !== summary.sessionId);
    if (summary.archived) this.#sessions = others;
    else this.#sessions = [...others, summary].sort((a, b) => b.updatedAt - a.updatedAt);
  }

  #remove(sessionId: SessionId): void {
    this.#sessions = this.#sessions.filter((session) => session.sessionId !== sessionId);
  }
}
