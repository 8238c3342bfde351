// Files on their way to the host, for the message that is being written.
import type { AttachmentRef } from "../../../../contract/session.ts";
import type { Source } from "../../../source/source.ts";

export type Upload = {
  id: number;
  name: string;
  sizeBytes: number;
  doneBytes: number;
  /** null: still on its way. */
  file: AttachmentRef | null;
};

export class Uploads {
  #list = $state<Upload[]>([]);
  // Nothing on the screen depends on it.
  // eslint-disable-next-line svelte/prefer-svelte-reactivity
  readonly #endings = new Map<number, AbortController>();
  #nextId = 1;

  get current(): readonly Upload[] {
    return this.#list;
  }
  get areDone(): boolean {
    return this.#list.every(({ file }) => file !== null);
  }
  get files(): AttachmentRef[] {
    return this.#list.flatMap(({ file }) => (file ? [file] : []));
  }

  /** Rejects with why it failed; it is gone from the list then. */
  async add(upload: NonNullable<Source["upload"]>, file: File): Promise<void> {
    const id = this.#nextId++;
    const ending = new AbortController();
    this.#endings.set(id, ending);
    this.#list.push({ id, name: file.name, sizeBytes: file.size, doneBytes: 0, file: null });
    const change = (patch: Partial<Upload>) => {
      this.#list = this.#list.map((one) => (one.id === id ? { ...one, ...patch } : one));
    };
    try {
      const onProgress = (doneBytes: number) => change({ doneBytes });
      change({ file: await upload(file, { onProgress, signal: ending.signal }) });
    } catch (error) {
      this.remove(id);
      if (!ending.signal.aborted) throw error;
    }
  }

  remove(id: number): void {
    this.#endings.get(id)?.abort();
    this.#endings.delete(id);
    this.#list = this.#list.filter((one) => one.id !== id);
  }

  clear(): void {
    this.#endings.clear();
    this.#list = [];
  }
}
