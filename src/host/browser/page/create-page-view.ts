// Joins the parts of a page view.
import type { PageAction, Table } from "../../../core/browser-ports.ts";
import { doAct } from "./acts.ts";
import { createNumbers } from "./numbers.ts";
import { attributesOf, factsOf, pressSendsOf, type Typed } from "./page-facts.ts";
import { createPagePrograms } from "./page-programs.ts";
import { tablesOf, textOf } from "./page-text.ts";
import type { PageView, PageViewNeeds } from "./page-view.ts";
import { takePicture } from "./picture.ts";
import { createSettling } from "./settle.ts";
import { createTelling } from "./telling.ts";
import { createTouchables, goneError } from "./touchable.ts";
import { waitForWords } from "./wait-for-words.ts";

export { registerPagePrograms } from "./page-programs.ts";

/** Made before the page opens anything, or after `registerPagePrograms`: a document that Playwright looked
 * into before that cannot be seen. */
export function createPageView({ page, nextNumber, redact }: PageViewNeeds): PageView {
  let given = 0;
  const numbers = createNumbers(() => (given = nextNumber()));
  const programs = createPagePrograms(page);
  const touchables = createTouchables(programs, numbers);
  const settling = createSettling(page, programs);
  const digits = (...asked: Parameters<typeof numbers.of>) =>
    String(numbers.known(...asked) ?? given + 500).length;
  const looks = { numbers, numberOf: numbers.of, digits };
  const telling = createTelling({ programs, looks, redact });
  const typed = new Map<string, Typed>();
  const remember = (one: Typed) => void typed.set(`${one.document}/${one.element}`, one);
  const within = (element: number | undefined) => {
    const place = element === undefined ? null : touchables.placeOf(element);
    return { frames: place?.frames ?? [], place };
  };

  async function act(action: PageAction, signal: AbortSignal) {
    const before = await settling.begin(
      within("element" in action ? action.element : undefined).frames,
    );
    const dialog = settling.dialogOpens();
    const hands = { page, programs, touchables, document: before.state?.document ?? "", remember };
    const doing = doAct(hands, action, signal);
    try {
      const did = await Promise.race([doing, dialog.opened.then(() => ({ box: null }))]);
      telling.did(did);
      await settling.settle(before, signal);
      return { box: did.box };
    } finally {
      dialog.stop();
      // Behind a dialog it ends when that is answered, with whatever comes of it then.
      doing.catch(() => undefined);
    }
  }

  return {
    act,
    async look(options, signal) {
      within(options.within);
      return telling.look(options, signal);
    },
    change: telling.change,
    settle: settling.loaded,
    wait: (wait, signal) => waitForWords({ programs, wait, signal }),
    facts: (element) =>
      factsOf({ programs, redact }, touchables.placeOf(element), [...typed.values()]),
    pressSends: (keys, element) =>
      pressSendsOf({ programs, redact }, keys, within(element).place, [...typed.values()]),
    text: async (element, signal) => redact(await textOf(programs, within(element), signal)),
    tables: async (element, signal) =>
      (await tablesOf(programs, within(element), signal)).map((table) => redacted(table, redact)),
    attributes: (element) => attributesOf({ programs, redact }, touchables.placeOf(element)),
    screenshot: (options, signal) =>
      takePicture({ page, numbers, touchables, read: () => telling.read(signal) }, options, signal),
    async locate(element) {
      const place = touchables.placeOf(element);
      if (!(await touchables.look(place, false))) throw goneError(element);
      return programs.locator(place);
    },
    async boxOf(element) {
      const ready = await touchables.look(touchables.placeOf(element), false).catch(() => null);
      if (!ready || ready.touch.hidden) return null;
      const [x, y, width, height] = ready.box;
      return { x, y, width, height };
    },
    close: settling.close,
  };
}

const redacted = ({ caption, header, rows }: Table, redact: (text: string) => string): Table => ({
  caption: redact(caption),
  header: header.map(redact),
  rows: rows.map((row) => row.map(redact)),
});
