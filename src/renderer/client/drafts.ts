// What was typed and not sent, per session, kept on this device; a browser that refuses storage
// keeps it as long as the page lives. Files that belong to a draft live as long as the page.
import type { SessionId } from "../../contract/ids.ts";
import type { AttachmentRef } from "../../contract/session.ts";

const prefix = "aetheria-draft:";

export class Drafts {
  readonly #here = new Map<string, string>();
  readonly #files = new Map<string, readonly AttachmentRef[]>();

  /** What a new session is to begin with. */
  begin(sessionId: SessionId, text: string, files: readonly AttachmentRef[]): void {
    this.save(sessionId, text);
    this.#files.set(keyOf(sessionId), files);
  }

  /** The files it begins with; the composer that takes them owns them from then on. */
  takeFiles(sessionId: SessionId | null): readonly AttachmentRef[] {
    const files = this.#files.get(keyOf(sessionId)) ?? [];
    this.#files.delete(keyOf(sessionId));
    return files;
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
