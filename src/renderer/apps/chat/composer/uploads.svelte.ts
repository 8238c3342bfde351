// The files of a message that is being written: each is uploaded at once, and can be taken back.
import { AetheriaError, type ErrorData } from "../../../../contract/errors.ts";
import type { AttachmentRef } from "../../../../contract/session.ts";
import type { Connection } from "../../../client/connection.svelte.ts";
import { upload } from "../../../client/upload.ts";

/** A file of a draft, sent anew or there already. */
export class Upload {
  readonly name: string;
  readonly sizeBytes: number;
  /** It was pasted as text and is too long for a message. */
  readonly isPaste: boolean;
  readonly #stop = new AbortController();
  #doneBytes = $state(0);
  #ref = $state.raw<AttachmentRef | null>(null);
  #error = $state.raw<ErrorData | null>(null);

  constructor(connection: Connection, file: File | AttachmentRef, isPaste = false) {
    this.name = file.name;
    this.isPaste = isPaste;
    this.sizeBytes = file instanceof File ? file.size : file.sizeBytes;
    if (file instanceof File) this.#send(connection, file);
    else this.#ref = file;
  }

  #send(connection: Connection, file: File): void {
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

  constructor(connection: Connection, files: readonly AttachmentRef[] = []) {
    this.#connection = connection;
    this.#list = files.map((file) => new Upload(connection, file));
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

  /** A text that is too long for a message. */
  addPaste(text: string, name: string): Upload {
    const file = new File([text], name, { type: "text/plain" });
    const added = new Upload(this.#connection, file, true);
    this.#list = [...this.#list, added];
    return added;
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
