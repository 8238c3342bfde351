// What was typed and not sent, per session, kept on this device; a browser that refuses storage
// keeps it as long as the page lives. Files that belong to a draft live as long as the page.
import type { SessionId } from "../../contract/ids.ts";
import type { AttachmentRef } from "../../contract/session.ts";

const prefix = "aetheria-draft:";

export class Drafts {
  readonly #here = new Map<string, string>();
  readonly #files = new Map<string, readonly AttachmentRef[]>();
  readonly #writers = new Map<string, (text: string) => void>();

  /** What a new session is to begin with. */
  begin(sessionId: SessionId, text: string, files: readonly AttachmentRef[]): void {
    this.save(sessionId, text);
    this.#files.set(keyOf(sessionId), files);
  }

  /** Adds words to what is written, also where it is on the page right now. */
  add(sessionId: SessionId, words: string): void {
    const before = this.load(sessionId);
    const text = `${before}${/\S$/.test(before) ? " " : ""}${words} `;
    this.save(sessionId, text);
    this.#writers.get(keyOf(sessionId))?.(text);
  }

  /** The composer of this session is told what others write into it, until the returned end. */
  follow(sessionId: SessionId | null, write: (text: string) => void): () => void {
    const key = keyOf(sessionId);
    this.#writers.set(key, write);
    return () => {
      if (this.#writers.get(key) === write) this.#writers.delete(key);
    };
  }

  /** The files it begins with; the composer that takes them owns them from then on. */
  takeFiles(sessionId: SessionId | null): readonly AttachmentRef[] {
    const files = this.#files.get(keyOf(sessionId)) ?? [];
    this.#files.delete(keyOf(sessionId));
    return files;
  }

  /** The session is deleted: what was to be said in it goes as well. */
  forget(sessionId: SessionId): void {
    this.save(sessionId, "");
    const key = keyOf(sessionId);
    this.#here.delete(key);
    this.#files.delete(key);
  }

  load(sessionId: SessionId | null): string {
    const key = keyOf(sessionId);
    const here = this.#here.get(key);
    if (here !== undefined) return here;
    try {
      return localStorage.getItem(key) ?? "";
    } catch {
      return ""; // storage is blocked: nothing was kept
    }
  }

  save(sessionId: SessionId | null, text: string): void {
    const key = keyOf(sessionId);
    this.#here.set(key, text);
    try {
      if (text === "") localStorage.removeItem(key);
      else localStorage.setItem(key, text);
    } catch {
      return; // storage is blocked or full: kept for this page only
    }
  }
}

const keyOf = (sessionId: SessionId | null): string => `${prefix}${sessionId ?? "new"}`;
