// The system's notifications, for what wants the person's eyes while no window of ours has them.
import { BrowserWindow, Notification } from "electron";
import type { Attention } from "../contract/desktop.ts";
import { plainLine } from "./plain-line.ts";
import type { Words } from "./words/shape.ts";

export class Notifications {
  readonly #words: () => Words;
  readonly #follow: (attention: Attention) => void;
  /** The newest per session; kept, because one that is collected cannot be clicked. */
  readonly #shown = new Map<string, Notification>();

  /** `follow`: the person clicked it. */
  constructor(words: () => Words, follow: (attention: Attention) => void) {
    this.#words = words;
    this.#follow = follow;
  }

  show(attention: Attention): void {
    if (BrowserWindow.getFocusedWindow() !== null || !Notification.isSupported()) return;
    const { kind, sessionId, title } = attention;
    this.#shown.get(sessionId)?.close();
    const words = this.#words().notification;
    const notification = new Notification({
      title: words.title(kind),
      body: words.body(plainLine(title)),
      urgency: kind === "approval" ? "critical" : "normal",
    });
    this.#shown.set(sessionId, notification);
    notification.on("click", () => this.#follow(attention));
    notification.on("close", () => this.#forget(sessionId, notification));
    notification.show();
  }

  #forget(sessionId: string, notification: Notification): void {
    if (this.#shown.get(sessionId) === notification) this.#shown.delete(sessionId);
  }
}
