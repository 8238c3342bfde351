// Looks for files of the open session's workspace while one types; the newest question counts.
import type { SessionId } from "../../../contract/ids.ts";
import type { Connection } from "../../client/connection.svelte.ts";

const pauseMs = 120;
const limit = 8;

export class FileSearch {
  readonly #connection: Connection;
  #paths = $state.raw<readonly string[]>([]);
  #newest = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get paths(): readonly string[] {
    return this.#paths;
  }

  /** sessionId null: there is no workspace to look in. */
  look(query: string, sessionId: SessionId | null): void {
    clearTimeout(this.#timer);
    const mine = ++this.#newest;
    if (query.trim() === "" || sessionId === null) {
      this.#paths = [];
      return;
    }
    this.#timer = setTimeout(() => void this.#ask(mine, query.trim(), sessionId), pauseMs);
  }

  async #ask(mine: number, query: string, sessionId: SessionId): Promise<void> {
    const found = await this.#connection
      .call("file.find", { sessionId, query, limit })
      // Without a workspace, or with one that is gone, there are no files to offer.
      .catch(() => ({ paths: [] }));
    if (mine === this.#newest) this.#paths = found.paths;
  }

  stop(): void {
    this.#newest += 1;
    clearTimeout(this.#timer);
  }
}
