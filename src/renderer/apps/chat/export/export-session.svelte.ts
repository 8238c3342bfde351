// Takes a conversation out of Aetheria: Markdown and JSON as the host writes them, a web page and a PDF
// from one laid-out print of the whole of it. Owns how far that is; can be cancelled at any moment.
import { mount, unmount } from "svelte";
import { AetheriaError } from "../../../../contract/errors.ts";
import type { SessionId } from "../../../../contract/ids.ts";
import type { SessionView } from "../../../../core/session/view.ts";
import type { AppState } from "../../../client/app-state.svelte.ts";
import { desktopBridge } from "../../../client/desktop.ts";
import { saveBlob } from "../../../client/save-blob.ts";
import type { Words } from "../../../words/words.ts";
import { fileNameOf } from "../quote.ts";
import PrintView from "./PrintView.svelte";
import { standalonePage } from "./standalone-page.ts";
import { readWhole } from "./read-whole.ts";

export type ExportFormat = "markdown" | "html" | "pdf" | "json";
export type ExportProgress = { step: "loading" | "drawing"; done: number; all: number };

export class ExportSession {
  readonly #app: AppState;
  readonly #sessionId: SessionId;
  readonly #sentences: Words["chat"];
  readonly #contexts: Map<unknown, unknown>;
  #progress = $state.raw<ExportProgress | null>(null);
  #stop = new AbortController();
  #isBusy = false;

  constructor(
    app: AppState,
    sessionId: SessionId,
    sentences: Words["chat"],
    contexts: Map<unknown, unknown>,
  ) {
    this.#app = app;
    this.#sessionId = sessionId;
    this.#sentences = sentences;
    this.#contexts = contexts;
  }

  /** null: nothing is exported. */
  get progress(): ExportProgress | null {
    return this.#progress;
  }

  cancel(): void {
    this.#stop.abort(new AetheriaError("cancelled", "The export was cancelled."));
  }

  async run(format: ExportFormat): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#stop = new AbortController();
    await this.#app.attempt(() =>
      format === "markdown" || format === "json" ? this.#asWritten(format) : this.#printed(format),
    );
    this.#progress = null;
    this.#isBusy = false;
  }

  async #asWritten(format: "markdown" | "json"): Promise<void> {
    const { connection } = this.#app;
    const input = { sessionId: this.#sessionId, format };
    const file = await connection.call("session.export", input);
    saveBlob(new Blob([file.text], { type: file.mime }), file.name);
  }

  async #printed(format: "html" | "pdf"): Promise<void> {
    const { signal } = this.#stop;
    this.#tell("loading", 0, 1);
    const view = await readWhole(
      this.#app.connection,
      this.#sessionId,
      (done, all) => this.#tell("loading", done, all),
      signal,
    );
    const name = fileNameOf(view.title) || "session";
    await this.#whileLaidOut(view, signal, async (root) => {
      if (format === "html") {
        const page = await standalonePage(root, view.title || name);
        saveBlob(new Blob([page], { type: "text/html" }), `${name}.html`);
      } else await this.#print(`${name}.pdf`, view.title || name);
    });
  }

  async #print(name: string, title: string): Promise<void> {
    // Over the page that is printed nothing else may lie.
    this.#progress = null;
    const desktop = desktopBridge();
    if (desktop) {
      const { path } = await desktop.call("savePdf", { name });
      if (path !== null) this.#app.say(this.#sentences.exportSaved(path));
      return;
    }
    const before = document.title;
    document.title = title; // what a browser offers as the name of the file
    window.print();
    document.title = before;
  }

  /** Lays the whole session out beside the page, as long as `use` takes. */
  async #whileLaidOut(
    view: SessionView,
    signal: AbortSignal,
    use: (root: HTMLElement) => Promise<void>,
  ): Promise<void> {
    const root = document.createElement("div");
    root.className = "print-root";
    root.inert = true;
    root.dataset["theme"] = "light";
    document.body.append(root);
    let finish: () => void = () => undefined;
    const isDrawn = new Promise<void>((resolve, reject) => {
      finish = resolve;
      signal.addEventListener("abort", () => reject(signal.reason as Error));
    });
    const props = {
      view,
      onprogress: (done: number, all: number) => this.#tell("drawing", done, all),
      ondone: () => finish(),
    };
    const printed = mount(PrintView, { target: root, props, context: this.#contexts });
    try {
      await isDrawn;
      await use(root);
    } finally {
      await unmount(printed);
      root.remove();
    }
  }

  #tell(step: ExportProgress["step"], done: number, all: number): void {
    this.#progress = { step, done, all };
  }
}
