// Everything that can be done by name: the palette lists it, a key runs it, tooltips tell its key.
// Holds the commands that parts of the page provide, and the handlers that screens register while
// they are there; it knows nothing of what a command does.
import { untrack } from "svelte";
import { SvelteMap } from "svelte/reactivity";
import type { Icon } from "../ui/icons.ts";
import { isFree, pressed, shortcutOf, shownKeys, typesText, type PressedKey } from "./shortcut.ts";

export const commandAreas = ["general", "session", "apps", "windows", "look", "settings"] as const;
export type CommandArea = (typeof commandAreas)[number];

export interface Command {
  id: string;
  area: CommandArea;
  title: string;
  icon: Icon;
  /** What it has until the person changes it. */
  key?: string;
  /** Absent: it can always be done. */
  isEnabled?: () => boolean;
  /** Absent: it can be done while a screen has registered for it with `on`. */
  run?: () => void;
  /** Its key works over an open dialog as well. */
  overDialogs?: boolean;
}

type Changed = Readonly<Record<string, string>>;
type Handler = () => void;

/** Where the key was pressed. */
export interface KeyPlace {
  isTyping: boolean;
  isDialogOpen: boolean;
}

export class Commands {
  readonly isMac: boolean;
  readonly #changed: () => Changed;
  #sources = $state.raw<readonly (() => readonly Command[])[]>([]);
  readonly #handlers = new SvelteMap<string, readonly Handler[]>();
  readonly #all = $derived.by(() => this.#sources.flatMap((source) => source()));

  constructor(changed: () => Changed, isMac: boolean) {
    this.#changed = changed;
    this.isMac = isMac;
  }

  get current(): readonly Command[] {
    return this.#all;
  }

  /** Adds commands as long as the returned function is not called. The source may read states. */
  provide(source: () => readonly Command[]): () => void {
    // Whoever provides in an effect does not depend on what others provide.
    this.#sources = [...untrack(() => this.#sources), source];
    return () => (this.#sources = this.#sources.filter((one) => one !== source));
  }

  /** Does a command in place of its own `run`; the last one registered is asked. */
  on(id: string, handler: Handler): () => void {
    const others = untrack(() => this.#handlers.get(id)) ?? [];
    this.#handlers.set(id, [...others, handler]);
    return () => {
      const rest = (this.#handlers.get(id) ?? []).filter((one) => one !== handler);
      if (rest.length > 0) this.#handlers.set(id, rest);
      else this.#handlers.delete(id);
    };
  }

  isEnabled({ id, run, isEnabled }: Command): boolean {
    const canRun = run !== undefined || this.#handlers.has(id);
    return canRun && (isEnabled?.() ?? true);
  }

  /** False: there is no such command, or it cannot be done now. */
  run(id: string): boolean {
    const command = this.#all.find((one) => one.id === id);
    if (!command || !this.isEnabled(command)) return false;
    const act = this.#handlers.get(id)?.at(-1) ?? command.run;
    act?.();
    return true;
  }

  /** The key that counts; "" when there is none. */
  keyOf(id: string): string {
    const changed = this.#changed()[id];
    if (changed !== undefined) return shortcutOf(changed);
    return shortcutOf(this.#all.find((one) => one.id === id)?.key ?? "");
  }

  /** The key as people read it; "" when there is none. */
  keysShown(id: string): string {
    return shownKeys(this.keyOf(id), this.isMac);
  }

  /** A tooltip: what it does and its key. */
  tip(id: string, label: string): string {
    const keys = this.keysShown(id);
    return keys === "" ? label : `${label} (${keys})`;
  }

  /** Who has this key already, besides `id`. */
  ownersOf(key: string, id?: string): readonly Command[] {
    return this.#all.filter((one) => one.id !== id && this.keyOf(one.id) === key);
  }

  /** Whether a person may give this combination to a command. */
  canTake(key: string): boolean {
    return key !== "" && isFree(key);
  }

  /** Runs what this key stands for; true when something did. */
  press(event: PressedKey, { isTyping, isDialogOpen }: KeyPlace): boolean {
    const key = pressed(event);
    if (key === null || (isTyping && typesText(key))) return false;
    const owner = this.ownersOf(key).find(
      (one) => this.isEnabled(one) && (!isDialogOpen || one.overDialogs === true),
    );
    return owner !== undefined && this.run(owner.id);
  }
}
