// What the Files app knows of one session's workspace: folders that were opened, what the agent
// changed, moments to go back to, the trash. Read again when the host says that files changed.
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import type { CallOutput } from "../../../contract/calls.ts";
import type { FileChange, Moment } from "../../../contract/data.ts";
import { AetheriaError } from "../../../contract/errors.ts";
import type { AppState } from "../../client/app-state.svelte.ts";
import type { OpenSession } from "../../shared/open-session.svelte.ts";
import { pathInFolder } from "./path-in-folder.ts";
import type { Folder } from "./tree-rows.ts";

export type TrashItem = CallOutput<"trash.list">["items"][number];
export type RewindPreview = CallOutput<"session.rewindPreview">;

export type Chosen =
  | { kind: "file"; path: string }
  /** What was attached and made, and where it is. */
  | { kind: "attached" }
  | { kind: "trash" }
  | { kind: "moment"; moment: Moment };

export class FilesState {
  readonly app: AppState;
  readonly session: OpenSession;
  readonly folders = new SvelteMap<string, Folder>();
  readonly open = new SvelteSet<string>();
  readonly #stop: () => void;
  #changes = $state.raw<readonly FileChange[]>([]);
  #moments = $state.raw<readonly Moment[]>([]);
  #trash = $state.raw<readonly TrashItem[]>([]);
  #chosen = $state.raw<Chosen | null>(null);
  /** Grows with each change of files: what shows a file's content reads it again. */
  #version = $state(0);
  #isShown = true;
  #isStale = false;
  #reading: Promise<void> | null = null;

  constructor(app: AppState, session: OpenSession) {
    this.app = app;
    this.session = session;
    this.#stop = app.connection.onPush((push) => {
      if (push.type === "files.changed" && push.sessionId === session.sessionId) this.#changed();
    });
  }

  /** A window that nobody sees reads nothing until it is seen. */
  set isShown(isShown: boolean) {
    this.#isShown = isShown;
    if (isShown && this.#isStale) void this.refresh();
  }

  /** Of many changes at once only the last is read for. */
  #changed(): void {
    this.#isStale = true;
    if (!this.#isShown || this.#reading) return;
    this.#reading = this.#readUntilFresh().finally(() => (this.#reading = null));
  }

  async #readUntilFresh(): Promise<void> {
    while (this.#isStale && this.#isShown) await this.refresh();
  }

  close(): void {
    this.#stop();
  }

  get changes(): readonly FileChange[] {
    return this.#changes;
  }
  get moments(): readonly Moment[] {
    return this.#moments;
  }
  get trash(): readonly TrashItem[] {
    return this.#trash;
  }
  get chosen(): Chosen | null {
    return this.#chosen;
  }
  get version(): number {
    return this.#version;
  }

  choose(chosen: Chosen | null): void {
    this.#chosen = chosen;
  }

  changeOf(path: string): FileChange | null {
    return this.#changes.find((change) => change.path === path) ?? null;
  }

  toggle(path: string): void {
    if (this.open.delete(path)) return;
    this.open.add(path);
    void this.#read(path);
  }

  /** Everything that is on the screen, once more. */
  async refresh(): Promise<void> {
    this.#isStale = false;
    await Promise.all([...["", ...this.open].map((path) => this.#read(path)), this.#readChanges()]);
    this.#version += 1;
  }

  async #read(path: string): Promise<void> {
    if (!this.folders.has(path)) this.folders.set(path, { state: "loading" });
    const { sessionId } = this.session;
    try {
      const found = await this.app.connection.call("file.list", { sessionId, path });
      this.folders.set(path, { state: "loaded", ...found });
    } catch (error) {
      const { message } = AetheriaError.toData(error);
      this.folders.set(path, { state: "failed", message });
    }
  }

  #readChanges(): Promise<unknown> {
    const { sessionId } = this.session;
    const call = this.app.connection.call.bind(this.app.connection);
    return this.app.attempt(async () => {
      const [{ changes }, { moments }, { items }] = await Promise.all([
        call("file.changes", { sessionId }),
        call("session.moments", { sessionId }),
        call("trash.list", { sessionId }),
      ]);
      this.#changes = changes;
      // Before a first message that came at once is the start of the session: one moment, not two.
      this.#moments = moments.filter(({ toSeq, title }) => title === null || toSeq > 1);
      this.#trash = items;
    });
  }

  /** Puts words where the message is written. */
  mention(words: string): void {
    this.app.drafts.add(this.session.sessionId, words);
    this.app.place.goTo("chat");
  }

  /** Shows it in the system's file manager; only the desktop can. */
  reveal(relative: string): void {
    const { desktop } = this.app;
    const { workspace } = this.session.view;
    if (!desktop || workspace === null) return;
    const path = pathInFolder(workspace, relative);
    void this.app.attempt(() => desktop.call("showInFolder", { path }));
  }

  previewOf({ toSeq }: Moment): Promise<RewindPreview> {
    const { sessionId } = this.session;
    return this.app.connection.call("session.rewindPreview", { sessionId, toSeq });
  }

  /** What is left stays as a branch. undefined: it could not be done, and was told. */
  async rewind(
    { toSeq }: Moment,
    files: boolean,
  ): Promise<CallOutput<"session.rewind"> | undefined> {
    const { sessionId } = this.session;
    const done = await this.app.attempt(() =>
      this.app.connection.call("session.rewind", { sessionId, toSeq, files, keepBranch: true }),
    );
    if (done) this.#chosen = null;
    await this.refresh();
    return done;
  }

  /** False: it could not be done, and was told. */
  async restore({ trashId }: TrashItem): Promise<boolean> {
    const { sessionId } = this.session;
    const done = await this.app.attempt(() =>
      this.app.connection.call("trash.restore", { sessionId, trashId }),
    );
    await this.refresh();
    return done !== undefined;
  }
}
