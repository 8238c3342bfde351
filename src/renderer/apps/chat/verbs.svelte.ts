// What can be done with one message or answer: edit, try again, fork, quote, save. Owns which message
// is being edited; what the host refuses is told and nothing is lost.
import { uuidv7 } from "uuidv7";
import { MessageId, type SessionId } from "../../../contract/ids.ts";
import type { Item, MessageItem, TextItem } from "../../../core/session/view.ts";
import type { AppState } from "../../client/app-state.svelte.ts";
import type { OpenSession } from "../../shared/open-session.svelte.ts";
import { saveBlob } from "../../client/save-blob.ts";
import type { Words } from "../../words/words.ts";
import { fileNameOf, quoted } from "./quote.ts";

export type ResendOptions = { files: boolean; keepBranch: boolean };

export class ChatVerbs {
  readonly #app: AppState;
  readonly #session: OpenSession;
  readonly #sentences: Words["chat"];
  #editing = $state.raw<MessageItem | null>(null);
  #isBusy = $state(false);
  /** Puts a text into the composer of this conversation. */
  write: (text: string) => void = () => undefined;

  constructor(app: AppState, session: OpenSession, sentences: Words["chat"]) {
    this.#app = app;
    this.#session = session;
    this.#sentences = sentences;
  }

  get editing(): MessageItem | null {
    return this.#editing;
  }
  get isBusy(): boolean {
    return this.#isBusy;
  }

  edit(message: MessageItem | null): void {
    this.#editing = message;
  }

  /** Goes back to just before the message and says it again, as `text`. */
  async resend(message: MessageItem, text: string, options: ResendOptions): Promise<void> {
    const { sessionId } = this.#session;
    const { connection } = this.#app;
    await this.#once(async () => {
      if (this.#session.view.run) await connection.call("session.stop", { sessionId });
      const back = { sessionId, toSeq: message.seq - 1, ...options };
      const { branch, failed } = await connection.call("session.rewind", back);
      this.#editing = null;
      this.#tellKept(branch, failed);
      const { attachments } = message;
      const messageId = MessageId.parse(uuidv7());
      const said = { sessionId, messageId, text, attachments, delivery: "auto" as const };
      await connection.call("session.send", said).catch((error: unknown) => {
        this.write(text);
        throw error;
      });
    });
  }

  /** Answers the message before this again. What came after an earlier answer is kept beside. */
  async retry(answer: Pick<TextItem, "seq">): Promise<void> {
    const { sessionId, view } = this.#session;
    const isLast = !view.items.some((item) => item.kind === "message" && item.seq > answer.seq);
    const message = messageBefore(view.items, answer.seq);
    if (isLast || !message)
      await this.#once(() => this.#app.connection.call("session.retry", { sessionId }));
    else await this.resend(message, message.text, { files: false, keepBranch: true });
  }

  /** A new session that goes on from this answer. */
  async forkAfter({ seq, runId }: Pick<TextItem, "seq" | "runId">): Promise<void> {
    const { items } = this.#session.view;
    const later = items.filter((item) => item.seq > seq);
    const next = later.find((item) => item.kind === "text" || item.kind === "run_end");
    // With the end of the run, where this was its last word: else it would look stopped.
    const isWhole = next?.kind === "run_end" && next.runId === runId;
    await this.#fork(isWhole ? next.seq : seq);
  }

  /** A new session that ends just before this message, which waits in its composer. */
  async forkBefore({ seq, text, attachments }: MessageItem): Promise<void> {
    const made = await this.#fork(seq - 1, (sessionId) =>
      this.#app.drafts.begin(sessionId, text, attachments),
    );
    if (made) this.#app.say(this.#sentences.forkedBefore);
  }

  async #fork(seq: number, prepare?: (made: SessionId) => void): Promise<boolean> {
    const { sessionId } = this.#session;
    return this.#once(async () => {
      const made = await this.#app.connection.call("session.fork", { sessionId, seq });
      prepare?.(made.sessionId);
      this.#app.show(made.sessionId);
    });
  }

  quote(text: string): void {
    this.write(quoted(text));
  }

  async copy(text: string): Promise<void> {
    await this.#app.attempt(async () => {
      await navigator.clipboard.writeText(text);
      this.#app.say(this.#sentences.copied);
    });
  }

  save(text: string): void {
    const name = fileNameOf(text) || this.#sentences.answerFile;
    saveBlob(new Blob([text], { type: "text/markdown" }), `${name}.md`);
  }

  #tellKept(branch: SessionId | null, failed: readonly { path: string; why: string }[]): void {
    if (failed.length > 0)
      this.#app.toasts.show({
        tone: "red",
        text: this.#sentences.filesNotTakenBack(failed.length),
        hint: failed.map(({ path, why }) => `${path}: ${why}`).join("\n"),
      });
    if (branch === null) return;
    const title = this.#app.sessions.find(branch)?.title || this.#session.view.title;
    this.#app.toasts.show({
      tone: "mint",
      text: this.#sentences.oldKept(title),
      action: { label: this.#sentences.openOld, run: () => this.#app.show(branch) },
    });
  }

  async #once(step: () => Promise<unknown>): Promise<boolean> {
    if (this.#isBusy) return false;
    this.#isBusy = true;
    const done = await this.#app.attempt(async () => {
      await step();
      return true;
    });
    this.#isBusy = false;
    return done === true;
  }
}

function messageBefore(items: readonly Item[], seq: number): MessageItem | null {
  const found = items.findLast((item) => item.kind === "message" && !item.steers && item.seq < seq);
  return found?.kind === "message" ? found : null;
}
