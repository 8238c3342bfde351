// The browser of the open session, as the page knows it: asked when the host says that it changed,
// whatever window is shown, for the dock says when something in it waits for the person.
import type { CallInput, CallName, CallOutput, Push } from "../../contract/calls.ts";
import type {
  BrowserInput,
  BrowserProfile,
  BrowserStatus,
  SiteRule,
} from "../../contract/browser.ts";
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";

/** What it needs of the page. */
export interface BrowserPage {
  connection: {
    call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
    onPush(listener: (push: Push) => void): () => void;
  };
  attempt<T>(step: () => Promise<T>): Promise<T | undefined>;
}

export type NavigateTo = CallInput<"browser.navigate">["to"];

export class BrowserState {
  readonly sessionId: SessionId;
  readonly #page: BrowserPage;
  readonly #stop: () => void;
  #status = $state.raw<BrowserStatus | null>(null);
  #error = $state.raw<ErrorData | null>(null);
  #isOpening = $state(false);
  #isFetching = $state(false);
  #isStale = false;
  #isClosed = false;
  #isReading = false;

  constructor(page: BrowserPage, sessionId: SessionId) {
    this.#page = page;
    this.sessionId = sessionId;
    this.#stop = page.connection.onPush((push) => {
      if (push.type === "browser.changed" && push.sessionId === sessionId) this.look();
    });
  }

  /** null: not known yet. */
  get status(): BrowserStatus | null {
    return this.#status;
  }
  /** Why nothing is known. */
  get error(): ErrorData | null {
    return this.#error;
  }
  /** The person asked for it, and it is on its way. */
  get isOpening(): boolean {
    return this.#isOpening || this.#status?.phase === "starting";
  }
  get isFetching(): boolean {
    return this.#isFetching || this.#status?.phase === "fetching";
  }
  get isOpen(): boolean {
    return this.#status?.phase === "open";
  }
  get isDriving(): boolean {
    return this.isOpen && this.#status?.driver === "person";
  }

  /** How many things in it only the person can settle. */
  get waiting(): number {
    const status = this.#status;
    if (!status) return 0;
    // While the agent drives, its page's questions are its own.
    const ofPage = status.driver === "person" ? [status.dialog, status.chooser] : [];
    return [...ofPage, status.agentWaits].filter(Boolean).length;
  }

  /** Of many changes at once only the last is asked for. */
  look(): void {
    this.#isStale = true;
    if (!this.#isReading) void this.#readUntilFresh();
  }

  async #readUntilFresh(): Promise<void> {
    this.#isReading = true;
    while (this.#isStale && !this.#isClosed) {
      this.#isStale = false;
      try {
        this.#status = await this.#page.connection.call("browser.status", this.#ofSession);
        this.#error = null;
      } catch (error) {
        this.#error = AetheriaError.toData(error);
      }
    }
    this.#isReading = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
  }

  /** False: it could not be done, and was told. */
  async #do<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<boolean> {
    const done = await this.#page.attempt(() => this.#page.connection.call(name, input));
    this.look();
    return done !== undefined;
  }

  /** Opened by hand, it is in the person's hands. */
  async open(): Promise<boolean> {
    this.#isOpening = true;
    const isOpen = await this.#do("browser.open", this.#ofSession);
    this.#isOpening = false;
    return isOpen && this.drive("person");
  }
  end(): Promise<boolean> {
    return this.#do("browser.close", this.#ofSession);
  }
  async fetch(): Promise<boolean> {
    this.#isFetching = true;
    const isThere = await this.#do("browser.fetch", {});
    this.#isFetching = false;
    return isThere;
  }
  stopFetching(): Promise<boolean> {
    return this.#do("browser.fetchStop", {});
  }
  drive(driver: BrowserStatus["driver"]): Promise<boolean> {
    return this.#do("browser.drive", { ...this.#ofSession, driver });
  }
  navigate(to: NavigateTo): Promise<boolean> {
    return this.#do("browser.navigate", { ...this.#ofSession, to });
  }
  newTab(): Promise<boolean> {
    return this.#do("browser.tab", this.#ofSession);
  }
  showTab(tabId: string): Promise<boolean> {
    return this.#do("browser.tab", { ...this.#ofSession, tabId });
  }
  closeTab(tabId: string): Promise<boolean> {
    return this.#do("browser.tab", { ...this.#ofSession, tabId, close: true });
  }
  answer(accept: boolean, text?: string): Promise<boolean> {
    const said = text === undefined ? {} : { text };
    return this.#do("browser.dialog", { ...this.#ofSession, accept, ...said });
  }
  /** None: the page gets nothing. */
  choose(paths: string[]): Promise<boolean> {
    return this.#do("browser.choose", { ...this.#ofSession, paths });
  }
  use(profile: BrowserProfile): Promise<boolean> {
    return this.#do("browser.profile", { ...this.#ofSession, profile });
  }
  forget(name: string): Promise<boolean> {
    return this.#do("browser.forgetProfile", { name });
  }
  rule(host: string, rule: SiteRule | null): Promise<boolean> {
    return this.#do("browser.site", { ...this.#ofSession, host, rule });
  }
  /** Takes a held file into the workspace, as the tool does. */
  async save(downloadId: string): Promise<boolean> {
    const name = "browser_download";
    const input = { ...this.#ofSession, name, input: { download: downloadId } };
    const done = await this.#page.attempt(async () => {
      const { error } = await this.#page.connection.call("tool.run", input);
      if (error) throw AetheriaError.fromData(error);
      return true;
    });
    this.look();
    return done ?? false;
  }

  /** A movement of the hand that misses its page is no news. */
  async send(inputs: BrowserInput[]): Promise<void> {
    await this.#page.connection.call("browser.input", { ...this.#ofSession, inputs }).then(
      () => undefined,
      () => this.look(),
    );
  }
  async selection(): Promise<string> {
    const read = () => this.#page.connection.call("browser.selection", this.#ofSession);
    return (await this.#page.attempt(read))?.text ?? "";
  }

  get #ofSession(): { sessionId: SessionId } {
    return { sessionId: this.sessionId };
  }
}
