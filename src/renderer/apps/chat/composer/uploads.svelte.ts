// The files of a message that is being written: each is uploaded at once, and can be taken back.
import { AetheriaError, type ErrorData } from "../../../../contract/errors.ts";
import type { AttachmentRef } from "../../../../contract/session.ts";
import type { Connection } from "../../../client/connection.svelte.ts";
import { upload } from "../../../client/upload.ts";

export class Upload {
  readonly file: File;
  readonly #stop = new AbortController();
  #doneBytes = $state(0);
  #ref = $state.raw<AttachmentRef | null>(null);
  #error = $state.raw<ErrorData | null>(null);

  constructor(connection: Connection, file: File) {
    this.file = file;
    upload(connection, file, (done) => (this.#doneBytes = done), this.#stop.signal)
      .then((ref) => (this.#ref = ref))
      .catch((error: unknown) => (this.#error = AetheriaError.toData(error)));
  }

  get doneBytes(): number {
    return this.#doneBytes;
  }
  /** null: not there yet. */
  get ref(): AttachmentRef | null {
    return this.#ref;
  }
  get error(): ErrorData | null {
    return this.#error;
  }

  stop(): void {
    this.#stop.abort();
  }
}

export class Uploads {
  readonly #connection: Connection;
  #list = $state.raw<readonly Upload[]>([]);

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  get current(): readonly Upload[] {
    return this.#list;
  }

  /** True when all are there. */
  get isReady(): boolean {
    return this.#list.every((one) => one.ref !== null);
  }

  get refs(): AttachmentRef[] {
    return this.#list.flatMap((one) => (one.ref ? [one.ref] : []));
  }

  add(files: Iterable<File>): void {
    this.#list = [...this.#list, ...[...files].map((file) => new Upload(this.#connection, file))];
  }

  remove(gone: Upload): void {
    gone.stop();
    this.#list = this.#list.filter((one) => one !== gone);
  }

  clear(): void {
    for (const one of this.#list) one.stop();
    this.#list = [];
  }
}
