// What a process that was left running printed: read on while somebody looks at it.
import type { SessionId } from "../../../contract/ids.ts";
import type { SandboxPage } from "./sandbox-state.svelte.ts";

const readEveryMs = 1_000;
const longestShown = 64_000;

export class ProcessOutput {
  readonly #page: SandboxPage;
  readonly #sessionId: SessionId;
  readonly #processId: string;
  #text = $state("");
  #skippedBytes = $state(0);
  #next = 0;

  constructor(page: SandboxPage, sessionId: SessionId, processId: string) {
    this.#page = page;
    this.#sessionId = sessionId;
    this.#processId = processId;
  }

  get text(): string {
    return this.#text;
  }
  get skippedBytes(): number {
    return this.#skippedBytes;
  }

  /** Reads on until the returned function is called; once where the process has ended. */
  follow(isRunning: boolean): () => void {
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const read = async () => {
      const of = { sessionId: this.#sessionId, processId: this.#processId };
      const found = await this.#page.attempt(() =>
        this.#page.connection.call("sandbox.processOutput", { ...of, from: this.#next }),
      );
      if (isOver || !found) return;
      this.#next = found.next;
      if (found.skippedBytes > 0) this.#skippedBytes += found.skippedBytes;
      if (found.text !== "") this.#text = (this.#text + found.text).slice(-longestShown);
      if (isRunning) timer = setTimeout(() => void read(), readEveryMs);
    };
    void read();
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }
}
