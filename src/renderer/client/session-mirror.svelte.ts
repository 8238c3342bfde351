// What of one session is mirrored, and where its files are. Asked only while the mirror is at work, and
// again when the host says that it changed or the session has come to rest with something new.
import { untrack } from "svelte";
import { SvelteSet } from "svelte/reactivity";
import type { CallInput, CallName, CallOutput, Push } from "../../contract/calls.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { FilePlace, MirrorChoice, MirrorStatus } from "../../contract/mirror.ts";
import type { SessionSummary } from "../../contract/session.ts";
import type { OpenDialog } from "./place.svelte.ts";

/** What it needs of the page. */
export interface MirrorPage {
  connection: {
    state: { phase: string };
    call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
    onPush(listener: (push: Push) => void): () => void;
  };
  mirror: { current: Pick<MirrorStatus, "phase"> | null; isAtWork: boolean };
  sessions: { find(sessionId: SessionId): Pick<SessionSummary, "phase" | "seq"> | undefined };
  host: { settings: { mirror: MirrorChoice } };
  place: { ask(dialog: OpenDialog): void };
  attempt<T>(step: () => Promise<T>): Promise<T | undefined>;
}

const whileBusy = "busy";

export class SessionMirror {
  readonly sessionId: SessionId;
  readonly #page: MirrorPage;
  readonly #stops: (() => void)[];
  readonly #fetching = new SvelteSet<string>();
  #told = $state.raw<CallOutput<"mirror.session"> | null>(null);
  /** Of several questions under way the last one counts. */
  #asked = 0;

  constructor(page: MirrorPage, sessionId: SessionId) {
    this.#page = page;
    this.sessionId = sessionId;
    // Each state that is to be asked for once; null: nobody is to be asked.
    const due = $derived.by(() => {
      if (!page.mirror.isAtWork || page.connection.state.phase !== "connected") return null;
      const summary = page.sessions.find(sessionId);
      const isResting = summary?.phase !== "running" && page.mirror.current?.phase !== "behind";
      return isResting ? `${summary?.seq} ${page.mirror.current?.phase}` : whileBusy;
    });
    this.#stops = [
      $effect.root(() => {
        $effect(() => {
          if (due === null) this.#forget();
          else if (due !== whileBusy || untrack(() => this.#told === null)) this.#load();
        });
      }),
      page.connection.onPush((push) => {
        if (push.type === "mirror.session" && push.sessionId === sessionId && page.mirror.isAtWork)
          this.#load();
      }),
    ];
  }

  #load(): void {
    const { sessionId } = this;
    const asked = (this.#asked += 1);
    this.#page.connection.call("mirror.session", { sessionId }).then(
      (told) => {
        if (asked === this.#asked) this.#told = told;
      },
      // Nobody asked for it: what is not known is not shown.
      () => asked === this.#asked && this.#forget(),
    );
  }

  #forget(): void {
    this.#asked += 1;
    this.#told = null;
  }

  /** null: nobody is signed in, or it is not known yet. */
  get current(): CallOutput<"mirror.session"> | null {
    return this.#told;
  }

  /** What is mirrored of it, chosen or by the settings. */
  get as(): MirrorChoice {
    return this.#told?.choice ?? this.#page.host.settings.mirror;
  }

  placeOf(sha256: FilePlace["sha256"]): FilePlace | null {
    return this.#told?.files.find((place) => place.sha256 === sha256) ?? null;
  }

  isFetching(sha256: FilePlace["sha256"]): boolean {
    return this.#fetching.has(sha256);
  }

  /** null: as the settings say. What takes the copy in the cloud away is asked first. */
  choose(choice: MirrorChoice | null): void {
    const { sessionId } = this;
    const next = choice ?? this.#page.host.settings.mirror;
    if (next === "none" && (this.#told?.mirroredSeq ?? 0) > 0)
      this.#page.place.ask({ kind: "unmirror", sessionId, choice });
    else
      void this.#page.attempt(() =>
        this.#page.connection.call("mirror.choose", { sessionId, choice }),
      );
  }

  /** Brings a file here that only the cloud has. */
  async fetch(sha256: FilePlace["sha256"]): Promise<void> {
    const { sessionId } = this;
    this.#fetching.add(sha256);
    await this.#page.attempt(() =>
      this.#page.connection.call("mirror.fetchFile", { sessionId, sha256 }),
    );
    this.#fetching.delete(sha256);
  }

  close(): void {
    for (const stop of this.#stops) stop();
  }
}
