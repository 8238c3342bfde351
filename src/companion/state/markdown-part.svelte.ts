// What draws Markdown, fetched once the first screen is there: until then a text stands as it is
// written.
import { getContext, setContext } from "svelte";
import type Markdown from "../../renderer/ui/markdown/Markdown.svelte";

export class MarkdownPart {
  #part = $state.raw<typeof Markdown | null>(null);
  #asked = false;

  /** null: not there yet. */
  get current(): typeof Markdown | null {
    return this.#part;
  }

  async load(): Promise<void> {
    if (this.#asked) return;
    this.#asked = true;
    try {
      this.#part = (await import("../../renderer/ui/markdown/Markdown.svelte")).default;
    } catch {
      this.#asked = false; // offline before it was ever here: the next text asks again
    }
  }
}

const key = Symbol("markdown part");

export const provideMarkdownPart = (part: MarkdownPart): MarkdownPart => setContext(key, part);
export const markdownPart = (): MarkdownPart => getContext<MarkdownPart>(key);
