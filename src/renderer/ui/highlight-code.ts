// Colours code in a worker that is started by the first code and ended when there has been none for
// a while. Owns when that worker lives. Refuses to guess a language, and to colour what is too long.
import type { CodeRun } from "./code-runs.ts";

export interface CodeToColour {
  id: number;
  code: string;
  language: string;
}
export interface ColouredCode {
  id: number;
  /** null when the language is unknown. */
  runs: CodeRun[] | null;
}

const longestCharacters = 100_000;
const idleMs = 30_000;

class Highlighter {
  #worker: Worker | null = null;
  #lastId = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;
  readonly #waiting = new Map<number, (runs: CodeRun[] | null) => void>();

  colour(code: string, language: string): Promise<CodeRun[] | null> {
    const worker = (this.#worker ??= this.#start());
    const id = (this.#lastId += 1);
    clearTimeout(this.#idle);
    const asked: CodeToColour = { id, code, language };
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      worker.postMessage(asked);
    });
  }

  #start(): Worker {
    const worker = new Worker(new URL("./highlight.worker.ts", import.meta.url), {
      type: "module",
    });
    worker.addEventListener("message", ({ data }: MessageEvent<ColouredCode>) => {
      this.#waiting.get(data.id)?.(data.runs);
      this.#waiting.delete(data.id);
      if (this.#waiting.size === 0) this.#idle = setTimeout(() => this.#stop(), idleMs);
    });
    worker.addEventListener("error", () => this.#stop());
    return worker;
  }

  #stop(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const resolve of this.#waiting.values()) resolve(null);
    this.#waiting.clear();
  }
}

const highlighter = new Highlighter();

/** The code in coloured runs, or null when the language is unknown or the code too long. */
export function highlightCode(code: string, language: string): Promise<CodeRun[] | null> {
  if (code.length > longestCharacters) return Promise.resolve(null);
  return highlighter.colour(code, language.toLowerCase());
}
