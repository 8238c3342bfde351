// What was typed and not sent, per session, kept on this device; a browser that refuses storage
// keeps it as long as the page lives.
import type { SessionId } from "../../contract/ids.ts";

const prefix = "aetheria-draft:";

export class Drafts {
  readonly #here = new Map<string, string>();

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
