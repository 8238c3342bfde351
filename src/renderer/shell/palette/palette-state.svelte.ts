// The open palette: what is typed, what is found, which entry is chosen, and doing it.
import { AetheriaError, type ErrorData } from "../../../contract/errors.ts";
import type { AppState } from "../../client/app-state.svelte.ts";
import { sendMessage } from "../../client/send-message.ts";
import { FileSearch } from "./file-search.svelte.ts";
import { MessageSearch } from "./message-search.svelte.ts";
import { firstChoice, groupsOf, moved, type Entry } from "./palette-entries.ts";

export class PaletteState {
  readonly #app: AppState;
  readonly #untitled: string;
  readonly messages: MessageSearch;
  readonly #files: FileSearch;
  #query = $state("");
  #inSession = $state(false);
  /** null: whatever stands first. */
  #chosen = $state<string | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #isSending = $state(false);

  readonly #groups = $derived.by(() =>
    groupsOf({
      query: this.#query,
      commands: this.#app.commands.current.filter((one) => this.#app.commands.isEnabled(one)),
      tools: this.#app.host.tools,
      sessions: this.#app.sessions.current,
      hits: this.messages.hits,
      files: this.#files.paths,
      untitled: this.#untitled,
    }),
  );
  readonly #entries = $derived.by(() => this.#groups.flatMap(({ entries }) => entries));
  readonly #active = $derived.by(
    () => this.#entries.find(({ id }) => id === this.#chosen) ?? firstChoice(this.#entries),
  );

  constructor(app: AppState, untitled: string) {
    this.#app = app;
    this.#untitled = untitled;
    this.messages = new MessageSearch(app.connection);
    this.#files = new FileSearch(app.connection);
  }

  get query(): string {
    return this.#query;
  }
  set query(query: string) {
    this.#query = query;
    this.#chosen = null;
    this.#error = null;
    this.#look();
  }
  get inSession(): boolean {
    return this.#inSession;
  }
  get groups() {
    return this.#groups;
  }
  get entries(): readonly Entry[] {
    return this.#entries;
  }
  get active(): Entry | undefined {
    return this.#active;
  }
  get error(): ErrorData | null {
    return this.#error ?? this.messages.error;
  }

  toggleInSession(): void {
    this.#inSession = !this.#inSession;
    this.#look();
  }

  #look(): void {
    const open = this.#app.open?.sessionId ?? null;
    this.messages.look(this.#query, this.#inSession ? open : null);
    this.#files.look(this.#query, this.#app.open?.view.workspace == null ? null : open);
  }

  move(by: number): void {
    if (this.#entries.length > 0) this.#chosen = moved(this.#entries, this.#active?.id, by);
  }

  stop(): void {
    this.messages.stop();
    this.#files.stop();
  }

  run(entry: Entry): void {
    if (entry.kind === "ask") return void this.ask();
    const { place, commands } = this.#app;
    place.search(false);
    if (entry.kind === "command") commands.run(entry.command.id);
    else if (entry.kind === "tool") place.ask({ kind: "tool", name: entry.tool.name });
    else if (entry.kind === "session") this.#app.show(entry.sessionId);
    else if (entry.kind === "file") place.openFile(entry.path);
    else this.#app.showAt(entry.hit.sessionId, entry.hit.seq);
  }

  /** Sends what is typed: to the open session, else to one of its own. What is refused stays. */
  async ask(): Promise<void> {
    const text = this.#query.trim();
    const { open, connection } = this.#app;
    if (text === "" || this.#isSending) return;
    this.#isSending = true;
    try {
      const delivery = open?.view.run ? "queue" : "auto";
      const sent = await sendMessage(connection, open?.sessionId ?? null, text, delivery);
      this.#app.place.search(false);
      this.#app.show(sent);
    } catch (error) {
      this.#error = AetheriaError.toData(error);
    } finally {
      this.#isSending = false;
    }
  }
}
