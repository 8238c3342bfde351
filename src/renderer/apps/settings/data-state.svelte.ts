// What the data section knows and does: files of the data folder, the work under way, what is saved
// elsewhere. Long work tells how far it is; one thing is done at a time.
import { maxChunkBytes, type CallInput } from "../../../contract/calls.ts";
import type { DataFile, DataProgress } from "../../../contract/data.ts";
import type { AppState } from "../../client/app-state.svelte.ts";
import { forgetDevice } from "../../client/forget-device.ts";
import { saveBlob } from "../../client/save-blob.ts";
import { upload } from "../../client/upload.ts";

export type RestoreFrom = { file: DataFile } | { upload: File };

/** Something that takes a while here in the page. */
export type Moving = { name: string; doneBytes: number; totalBytes: number };

export class DataState {
  readonly #app: AppState;
  #files = $state.raw<readonly DataFile[]>([]);
  #loaded = $state(false);
  #progress = $state.raw<DataProgress | null>(null);
  #sending = $state.raw<Moving | null>(null);
  #saving = $state.raw<Moving | null>(null);
  #isAsked = $state(false);
  #stopMoving = new AbortController();

  constructor(app: AppState) {
    this.#app = app;
  }

  get files(): readonly DataFile[] {
    return this.#files;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  get progress(): DataProgress | null {
    return this.#progress;
  }
  get sending(): Moving | null {
    return this.#sending;
  }
  get saving(): Moving | null {
    return this.#saving;
  }
  get isBusy(): boolean {
    return this.#isAsked || this.#progress !== null || this.#sending !== null;
  }

  /** Returns the way to stop listening. */
  listen(): () => void {
    return this.#app.connection.onPush((push) => {
      if (push.type !== "data.progress") return;
      this.#progress = push.progress.finished ? null : push.progress;
      if (push.progress.finished) void this.load();
    });
  }

  load(): Promise<void | undefined> {
    return this.#app.attempt(async () => {
      this.#files = (await this.#app.connection.call("data.list", {})).files;
      this.#loaded = true;
    });
  }

  /** Resolves with what was written. */
  write(call: "data.backup" | "data.exportAll"): Promise<DataFile | undefined> {
    return this.#busy(() => this.#app.connection.call(call, {}));
  }

  stop(): void {
    this.#stopMoving.abort();
    void this.#app.attempt(() => this.#app.connection.call("data.stop", {}));
  }

  remove({ name }: DataFile): Promise<unknown> {
    return this.#app.attempt(async () => {
      await this.#app.connection.call("data.remove", { name });
      await this.load();
    });
  }

  /** The whole file, as a download of the browser. */
  save({ name, sizeBytes }: DataFile): Promise<void | undefined> {
    const { signal } = (this.#stopMoving = new AbortController());
    const read = async () => {
      const pieces: Uint8Array<ArrayBuffer>[] = [];
      for (let offset = 0; offset < sizeBytes;) {
        signal.throwIfAborted();
        this.#saving = { name, doneBytes: offset, totalBytes: sizeBytes };
        const piece = { name, offset, length: maxChunkBytes };
        const { bytes } = await this.#app.connection.call("data.read", piece);
        if (bytes.length === 0) break;
        pieces.push(new Uint8Array(bytes));
        offset += bytes.length;
      }
      saveBlob(new Blob(pieces, { type: "application/zip" }), name);
    };
    return this.#app.attempt(() => read().finally(() => (this.#saving = null)));
  }

  /** True once the host has said yes; it starts anew then, and the page connects again. */
  async restore(from: RestoreFrom): Promise<boolean> {
    const done = await this.#busy(async () => {
      const asked = await this.#offered(from);
      await this.#app.connection.call("data.restore", { from: asked });
      this.#app.show(null);
      return true;
    });
    return done ?? false;
  }

  async #offered(from: RestoreFrom): Promise<CallInput<"data.restore">["from"]> {
    if ("file" in from) return { name: from.file.name };
    const { name, size } = from.upload;
    const { signal } = (this.#stopMoving = new AbortController());
    const tell = (doneBytes: number) => (this.#sending = { name, doneBytes, totalBytes: size });
    tell(0);
    try {
      return { file: await upload(this.#app.connection, from.upload, tell, signal) };
    } finally {
      this.#sending = null;
    }
  }

  async deleteAll(): Promise<boolean> {
    const done = await this.#busy(async () => {
      await this.#app.connection.call("data.deleteAll", { confirm: "delete everything" });
      this.#app.show(null);
      forgetDevice();
      this.#app.notifications.clear();
      return true;
    });
    return done ?? false;
  }

  async #busy<Result>(step: () => Promise<Result>): Promise<Result | undefined> {
    this.#isAsked = true;
    const result = await this.#app.attempt(step);
    this.#isAsked = false;
    return result;
  }
}
