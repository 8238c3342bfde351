// The dialogs that pages open. One waits for an answer; a page that keeps opening them gets them closed,
// and a page that asks whether it may be left is left when the agent said so.
import type { BrowserContext, Dialog, Page } from "playwright-core";
import type { BrowserDialog } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";

/** That many dialogs one after another are answered by somebody; further ones are closed unseen. */
export const dialogsInARow = 5;
/** A page that opens that many is in a loop that nothing but its end ends. */
const endless = 60;
/** A storm is over when nothing came for so long. */
const stormMs = 1_000;

export type DialogsNeeds = {
  agentDrives(): boolean;
  note(sentence: string): void;
  opened(page: Page | null): void;
  changed(): void;
  /** It can only be closed. Called once for each page. */
  storm(page: Page): void;
};

export type Dialogs = ReturnType<typeof createDialogs>;

export function createDialogs(context: BrowserContext, needs: DialogsNeeds) {
  let open: Dialog | null = null;
  const stopped = new WeakSet<Page>();
  let inARow = 0;
  let lastMs = 0;

  const close = (dialog: Dialog, accept: boolean) =>
    void (accept ? dialog.accept() : dialog.dismiss()).catch(() => undefined);

  context.on("dialog", (dialog) => {
    const page = dialog.page();
    if (dialog.type() === "beforeunload" && needs.agentDrives()) {
      needs.note("The page asked whether it may be left, which was confirmed.");
      return close(dialog, true);
    }
    inARow += 1;
    lastMs = performance.now();
    if (inARow > dialogsInARow) {
      needs.note("The page kept opening dialogs, so they are closed without being shown.");
      if (inARow >= endless && page !== null && !stopped.has(page)) {
        stopped.add(page);
        needs.storm(page);
      }
      return close(dialog, false);
    }
    if (open) close(open, false);
    open = dialog;
    needs.opened(page);
    needs.changed();
  });

  return {
    /** null: none is open. */
    current: (): BrowserDialog | null => open && told(open),
    pageOf: (): Page | null => open?.page() ?? null,
    /** Somebody does something else; a storm that still blows goes on. */
    calm(): void {
      if (inARow <= dialogsInARow || performance.now() - lastMs > stormMs) inARow = 0;
    },
    /** Throws not_found. */
    async answer(accept: boolean, text: string | undefined): Promise<void> {
      if (!open)
        throw new AetheriaError("not_found", "No dialog is open.", {
          hint: "Look at the page: the dialog may have been answered.",
        });
      const dialog = open;
      open = null;
      needs.changed();
      if (accept) await dialog.accept(text).catch(() => undefined);
      else await dialog.dismiss().catch(() => undefined);
    },
    /** The page is gone, and its dialog with it. */
    forget(page: Page): void {
      if (open?.page() !== page) return;
      open = null;
      needs.changed();
    },
  };
}

function told(dialog: Dialog): BrowserDialog {
  return {
    kind: dialog.type() as BrowserDialog["kind"],
    message: dialog.message().slice(0, 2_000),
    defaultText: dialog.defaultValue().slice(0, 2_000),
  };
}

/** For the model, in one sentence. */
export function dialogSentence({ kind, message }: BrowserDialog): string {
  const words = message === "" ? "without words" : `that says “${message.slice(0, 500)}”`;
  return `The page opened a dialog (${kind}) ${words}. Nothing else works on the page until it is answered with the dialog verb.`;
}
