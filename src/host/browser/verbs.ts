// One verb of the agent at a time: it waits for its turn while the person drives, ends when something
// stops it, and is told with the page as it is then, what happened beside it, and a picture.
import type { PageBox } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Acted, Picture } from "../../core/browser-ports.ts";
import { dialogSentence, type Dialogs } from "./dialogs.ts";
import type { DoingBoard } from "./doing.ts";
import type { Driver } from "./driver.ts";
import type { Interrupt, Interrupts } from "./interrupts.ts";
import { viewport } from "./launch.ts";
import { browserGone, crashed } from "./navigation-error.ts";
import type { Notes } from "./notes.ts";
import type { Tab, Tabs } from "./tabs.ts";

export type VerbsNeeds = {
  tabs: Pick<Tabs, "active">;
  driver: Driver;
  dialogs: Pick<Dialogs, "current" | "pageOf" | "calm">;
  interrupts: Interrupts;
  notes: Notes;
  doing: DoingBoard;
  isLost(): boolean;
  /** The person handed back: what they typed into secret fields is remembered, to be left out. */
  collect(): Promise<void>;
  picture(tab: Tab): Promise<Picture | null>;
  /** A verb began or ended. */
  used(): void;
};

/** What a verb does; the box is where. */
export type Deed = (signal: AbortSignal) => Promise<PageBox | null>;

export type Verbs = ReturnType<typeof createVerbs>;

export function createVerbs(needs: VerbsNeeds) {
  const { tabs, driver, dialogs, interrupts, notes, doing } = needs;
  let tail: Promise<unknown> = Promise.resolve();
  let running = 0;
  /** The picture of the last step: what comes next must not be on it. */
  let drawing: Promise<unknown> = Promise.resolve();

  /** After the one before it. */
  async function inTurn<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    running += 1;
    needs.used();
    const before = tail;
    const done = Promise.withResolvers<void>();
    tail = done.promise;
    try {
      await leavable(before, signal);
      await leavable(drawing, signal);
      await takeWheel(signal);
      return await work();
    } finally {
      // Whoever comes next waits for those before this one too.
      void before.then(() => done.resolve());
      running -= 1;
      needs.used();
    }
  }

  async function takeWheel(signal: AbortSignal): Promise<void> {
    if (needs.isLost()) throw browserGone();
    await driver.agentsTurn(signal);
    if (!driver.tookNote()) return;
    notes.add("The person drove the browser meanwhile.");
    await needs.collect();
  }

  /** The page answers nothing while a dialog is open on it. */
  function checkDialog(): void {
    const dialog = dialogs.current();
    if (!dialog || dialogs.pageOf() !== (tabs.active()?.page ?? null)) return;
    throw new AetheriaError("refused", dialogSentence(dialog), {
      hint: "Answer it with the dialog verb.",
    });
  }

  async function tell(before: Tab | null, box: PageBox | null, signal: AbortSignal) {
    const tab = tabs.active();
    if (!tab) return { url: "", title: "", text: "No tab is open.", ...nothingDrawn, box };
    if (tab !== before) {
      if (before !== null) notes.add(`The tab in front is now ${tab.tabId}.`);
      await tab.view.settle(signal);
    }
    const seen = await tab.view.change(signal);
    tab.title = seen.title;
    // Drawing takes longer than reading, and would slow it down.
    const picture = needs.picture(tab).catch(() => null);
    drawing = picture;
    return { ...seen, picture, viewport, box };
  }

  /** The answer where the verb did not come to its end. */
  function cut(interrupt: Interrupt): Omit<Acted, "notes"> {
    if (interrupt === "lost") throw browserGone();
    if (interrupt === "crashed") throw crashed();
    const dialog = dialogs.current();
    if (interrupt === "dialog" && dialog) notes.add(dialogSentence(dialog));
    const tab = tabs.active();
    const { url, title } = { url: tab?.page.url() ?? "", title: tab?.title ?? "" };
    return { url, title, text: "", ...nothingDrawn, box: null };
  }

  async function acted(
    summary: string,
    signal: AbortSignal,
    deed: Deed,
    mayHaveDialog = false,
  ): Promise<Acted> {
    return inTurn(signal, async () => {
      if (!mayHaveDialog) {
        checkDialog();
        dialogs.calm();
      }
      const ended = doing.begin(summary);
      const before = tabs.active();
      let box: PageBox | null = null;
      try {
        const done = await interrupts.race(signal, async (stop) => {
          box = await deed(stop);
          return tell(before, box, stop);
        });
        const told = "value" in done ? done.value : { ...cut(done.interrupt), box };
        return { ...told, notes: notes.take() };
      } catch (error) {
        throw orCause(error);
      } finally {
        ended(box);
      }
    });
  }

  /** A page that went away in the middle throws what nobody understands. */
  function orCause(error: unknown): unknown {
    if (needs.isLost()) return browserGone();
    if (error instanceof AetheriaError || !(error instanceof Error)) return error;
    if (!/Target (page|crashed)|has been closed|Target closed/i.test(error.message)) return error;
    return new AetheriaError("not_found", "The page was closed meanwhile.", {
      hint: "List the tabs to see what is open.",
      cause: error,
    });
  }

  async function uninterrupted<T>(
    signal: AbortSignal,
    work: (tab: Tab, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    checkDialog();
    const tab = front();
    try {
      const done = await interrupts.race(signal, (stop) => work(tab, stop));
      if ("value" in done) return done.value;
      cut(done.interrupt);
      checkDialog();
      throw crashed();
    } catch (error) {
      throw orCause(error);
    }
  }

  /** Throws not_found. */
  function front(): Tab {
    if (needs.isLost()) throw browserGone();
    const tab = tabs.active();
    if (tab) return tab;
    throw new AetheriaError("not_found", "Nothing is open in the browser.", {
      hint: "Open an address first.",
    });
  }

  return {
    acted,
    front,
    /** Looks at the page in its turn and changes nothing. */
    looked: <T>(signal: AbortSignal, work: (tab: Tab, signal: AbortSignal) => Promise<T>) =>
      inTurn(signal, () => uninterrupted(signal, work)),
    /** In its turn; `work` tells what came of it. */
    done: <T>(signal: AbortSignal, summary: string, work: (signal: AbortSignal) => Promise<T>) =>
      inTurn(signal, async () => {
        const ended = doing.begin(summary);
        try {
          checkDialog();
          dialogs.calm();
          return await work(signal);
        } catch (error) {
          throw orCause(error);
        } finally {
          ended(null);
        }
      }),
    /** At once, whoever drives. */
    glanced: <T>(work: (tab: Tab) => Promise<T>) =>
      uninterrupted(new AbortController().signal, work),
    /** The last step's picture is there. */
    drawn: (): Promise<unknown> => drawing,
    isBusy: () => running > 0,
  };
}

const nothingDrawn = { picture: Promise.resolve(null), viewport };

/** Whoever is stopped waits no longer. */
function leavable(work: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  signal.throwIfAborted();
  const left = Promise.withResolvers<never>();
  const leave = () => left.reject(signal.reason as Error);
  signal.addEventListener("abort", leave, { once: true });
  return Promise.race([work, left.promise]).finally(() =>
    signal.removeEventListener("abort", leave),
  );
}
