// What the conversation's rows share: the session, and which of them are open.
import { getContext, setContext } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import type { OpenSession } from "../../../renderer/shared/open-session.svelte.ts";

export class ChatState {
  readonly session: OpenSession;
  readonly #open = new SvelteSet<string>();

  constructor(session: OpenSession) {
    this.session = session;
  }

  isOpen(key: string): boolean {
    return this.#open.has(key);
  }

  setOpen(key: string, isOpen: boolean): void {
    if (isOpen) this.#open.add(key);
    else this.#open.delete(key);
  }
}

const key = Symbol("chat");

export const provideChat = (chat: ChatState): ChatState => setContext(key, chat);
export const chatState = (): ChatState => getContext<ChatState>(key);
