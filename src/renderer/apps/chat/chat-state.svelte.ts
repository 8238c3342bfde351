// What the conversation on the screen knows beside the log: which rows are open, and the verbs its
// rows need. One per open session, handed down by context.
import { getContext, setContext } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import type { ApprovalAnswer, GrantScope } from "../../../contract/approval.ts";
import type { ApprovalId } from "../../../contract/ids.ts";
import type { AppState } from "../../client/app-state.svelte.ts";
import type { OpenSession } from "../../shared/open-session.svelte.ts";
import type { Words } from "../../words/words.ts";
import { ChatVerbs } from "./verbs.svelte.ts";

export class ChatState {
  readonly app: AppState;
  readonly session: OpenSession;
  readonly verbs: ChatVerbs;
  /** Rows leave the page when scrolled away; what was opened stays opened. */
  readonly #opened = new SvelteSet<string>();

  /** Of all that changes in the view, what rows want to know. */
  readonly #isRunning = $derived.by(() => this.session.view.run !== null);

  readonly #items = $derived.by(() => this.session.view.items);
  /** Where the person spoke last; 0: nowhere that is loaded. */
  readonly lastMessageSeq = $derived.by(
    () => this.#items.findLast(({ kind }) => kind === "message")?.seq ?? 0,
  );

  constructor(app: AppState, session: OpenSession, sentences: Words["chat"]) {
    this.app = app;
    this.session = session;
    this.verbs = new ChatVerbs(app, session, sentences);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  isOpen(rowKey: string): boolean {
    return this.#opened.has(rowKey);
  }

  setOpen(rowKey: string, isOpen: boolean): void {
    if (isOpen) this.#opened.add(rowKey);
    else this.#opened.delete(rowKey);
  }

  async answer(
    approvalId: ApprovalId,
    answer: ApprovalAnswer,
    scope: GrantScope,
    input?: unknown,
  ): Promise<void> {
    const edited = input === undefined ? {} : { input };
    const { sessionId } = this.session;
    await this.app.attempt(() =>
      this.app.connection.call("approval.answer", {
        sessionId,
        approvalId,
        answer,
        scope,
        ...edited,
      }),
    );
  }

  async stop(): Promise<void> {
    const { sessionId } = this.session;
    await this.app.attempt(() => this.app.connection.call("session.stop", { sessionId }));
  }

  async retry(): Promise<void> {
    const { sessionId } = this.session;
    await this.app.attempt(() => this.app.connection.call("session.retry", { sessionId }));
  }
}

const key = Symbol("chat state");

export const provideChatState = (state: ChatState): ChatState => setContext(key, state);
export const chatState = (): ChatState => getContext<ChatState>(key);
