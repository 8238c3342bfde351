// What happened while the person looked elsewhere, and what the short notes said: kept in memory,
// newest first. Questions that wait are not kept here: the sessions themselves tell of them.
import type { ErrorData } from "../../contract/errors.ts";
import type { RunOutcome } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";

export type NotificationContent =
  | { kind: "run"; sessionId: SessionId; outcome: RunOutcome; error: ErrorData | null }
  | { kind: "error" | "notice" | "done"; text: string; hint?: string };

export type Notification = NotificationContent & { id: number; at: number; isRead: boolean };

const kept = 200;

export class Notifications {
  #list = $state.raw<readonly Notification[]>([]);
  #nextId = 1;
  readonly #clock: () => number;

  constructor(clock: () => number = Date.now) {
    this.#clock = clock;
  }

  get current(): readonly Notification[] {
    return this.#list;
  }
  get unread(): number {
    return this.#list.filter(({ isRead }) => !isRead).length;
  }

  add(content: NotificationContent): void {
    const made = { ...content, id: this.#nextId++, at: this.#clock(), isRead: false };
    this.#list = [made, ...this.#list].slice(0, kept);
  }

  markRead(): void {
    if (this.unread > 0) this.#list = this.#list.map((one) => ({ ...one, isRead: true }));
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((one) => one.id !== id);
  }

  /** A session was deleted: nothing leads there any more. */
  forget(sessionId: SessionId): void {
    this.#list = this.#list.filter((one) => one.kind !== "run" || one.sessionId !== sessionId);
  }

  clear(): void {
    this.#list = [];
  }
}
