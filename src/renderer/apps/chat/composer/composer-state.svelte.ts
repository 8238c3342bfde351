// The message being written: its text, kept as a draft, its files, and what went wrong in sending it.
import { uuidv7 } from "uuidv7";
import { maxMessageLength, type CallInput } from "../../../../contract/calls.ts";
import { AetheriaError, type ErrorData } from "../../../../contract/errors.ts";
import { MessageId, type SessionId } from "../../../../contract/ids.ts";
import type { AppState } from "../../../client/app-state.svelte.ts";
import { Uploads, type Upload } from "./uploads.svelte.ts";

export type Delivery = "auto" | "queue" | "steer";

type Sentences = { notUploaded: string; tooLong: string; tooLongHint: string };

export class ComposerState {
  readonly uploads: Uploads;
  readonly #app: AppState;
  readonly #sessionId: SessionId | null;
  readonly #sentences: Sentences;
  #text = $state("");
  #error = $state.raw<ErrorData | null>(null);
  #isSending = $state(false);

  constructor(app: AppState, sessionId: SessionId | null, sentences: Sentences) {
    this.#app = app;
    this.#sessionId = sessionId;
    this.#sentences = sentences;
    this.uploads = new Uploads(app.connection, app.drafts.takeFiles(sessionId));
    this.#text = app.drafts.load(sessionId);
  }

  get text(): string {
    return this.#text;
  }
  set text(text: string) {
    this.#text = text;
    this.#app.drafts.save(this.#sessionId, text);
  }
  get error(): ErrorData | null {
    return this.#error;
  }
  get isSending(): boolean {
    return this.#isSending;
  }
  get isEmpty(): boolean {
    return this.#text.trim() === "" && this.uploads.current.length === 0;
  }

  dismissError(): void {
    this.#error = null;
  }

  /** True when it was taken. What could not be sent stays where it was written. */
  async send(delivery: Delivery): Promise<boolean> {
    if (this.isEmpty || this.#isSending) return false;
    this.#error = this.#problem();
    if (this.#error) return false;
    const text = this.#text;
    const files = this.uploads.current;
    const attachments = this.uploads.refs;
    this.#isSending = true;
    try {
      const sessionId = this.#sessionId ?? (await this.#newSession());
      const messageId = MessageId.parse(uuidv7());
      await this.#deliver({ sessionId, messageId, text, attachments, delivery });
      this.#finish(sessionId, text, files);
      return true;
    } catch (error) {
      this.#error = AetheriaError.toData(error);
      return false;
    } finally {
      this.#isSending = false;
    }
  }

  /** What was added while the message was on its way is the beginning of the next. */
  #finish(sessionId: SessionId, text: string, files: readonly Upload[]): void {
    const rest = this.#text.startsWith(text) ? this.#text.slice(text.length) : this.#text;
    for (const file of files) this.uploads.remove(file);
    if (this.#sessionId !== null) {
      this.text = rest;
      return;
    }
    this.text = "";
    this.#app.drafts.begin(sessionId, rest, this.uploads.refs);
    this.uploads.clear();
    this.#app.show(sessionId);
  }

  #problem(): ErrorData | null {
    const { notUploaded, tooLong, tooLongHint } = this.#sentences;
    if (!this.uploads.isReady) return { code: "bad_input", message: notUploaded, retryable: false };
    if (this.#text.length > maxMessageLength)
      return { code: "too_large", message: tooLong, hint: tooLongHint, retryable: false };
    return null;
  }

  async #newSession(): Promise<SessionId> {
    return (await this.#app.connection.call("session.create", {})).sessionId;
  }

  /** A session made for a message that was refused is not left behind empty. */
  async #deliver(message: CallInput<"session.send">): Promise<void> {
    const { connection } = this.#app;
    try {
      await connection.call("session.send", message);
    } catch (error) {
      const { sessionId } = message;
      if (this.#sessionId === null) await connection.call("session.delete", { sessionId });
      throw error;
    }
  }
}
