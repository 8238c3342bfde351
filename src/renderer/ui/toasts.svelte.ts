// The short notes at the edge of the screen. Holds them until they are dismissed or their time is
// over; one with an action or an error stays until the person answers.
import type { Tone } from "./tones.ts";

export interface Toast {
  id: number;
  tone: Tone;
  text: string;
  hint?: string;
  action?: { label: string; run: () => void };
}

const shownForMs = 6_000;

export class Toasts {
  #list = $state<Toast[]>([]);
  #nextId = 1;

  get current(): readonly Toast[] {
    return this.#list;
  }

  show(toast: Omit<Toast, "id">): number {
    const id = this.#nextId++;
    this.#list.push({ ...toast, id });
    if (!toast.action && toast.tone !== "red") setTimeout(() => this.dismiss(id), shownForMs);
    return id;
  }

  dismiss(id: number): void {
    this.#list = this.#list.filter((toast) => toast.id !== id);
  }
}
