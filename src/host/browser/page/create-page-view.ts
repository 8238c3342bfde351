// Joins the parts of a page view, and keeps what was told of the page last.
import type { PageBox } from "../../../contract/browser.ts";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Seen } from "../../../core/browser-ports.ts";
import { doAct } from "./acts.ts";
import { changeText, nothingChanged, type ReadLine } from "./change-text.ts";
import { difference } from "./difference.ts";
import { budgetOf, lookFor, lookWithin, plainText, positionText, wholeLook } from "./looks.ts";
import { createNumbers } from "./numbers.ts";
import { factsOf, pressSendsOf, type Typed } from "./page-facts.ts";
import type { PageModel } from "./page-model.ts";
import { createPagePrograms } from "./page-programs.ts";
import { tablesOf, textOf } from "./page-text.ts";
import type { PageView, PageViewNeeds } from "./page-view.ts";
import { takePicture } from "./picture.ts";
import { readPage } from "./read-page.ts";
import { renumber } from "./renumber.ts";
import { createSettling } from "./settle.ts";
import { createTouchables } from "./touchable.ts";
import { waitForWords } from "./wait-for-words.ts";

/** A new document that was not asked to be looked at is told in less. */
const newPageTokens = 1_500;
const changeTokens = 1_000;

type ToldPage = { model: PageModel; lines: ReadLine[]; shown: Set<string> };

export function createPageView({ page, nextNumber, redact }: PageViewNeeds): PageView {
  let given = 0;
  const numbers = createNumbers(() => (given = nextNumber()));
  const programs = createPagePrograms(page);
  const touchables = createTouchables(programs, numbers);
  const settling = createSettling(page, programs);
  const needs = {
    numbers,
    numberOf: numbers.of,
    digits: (...asked: Parameters<typeof numbers.of>) =>
      String(numbers.known(...asked) ?? given + 500).length,
  };
  let toldPage: ToldPage | null = null;
  let near: PageBox | null = null;
  let notes: string[] = [];
  const typed: Typed[] = [];

  async function read(signal: AbortSignal): Promise<PageModel> {
    const model = await readPage(programs, signal);
    if (toldPage) renumber(toldPage.model, model, numbers);
    return model;
  }

  const linesOf = (model: PageModel): ReadLine[] =>
    model.lines.map((line) => ({ key: line.key, text: plainText(line, model.url), line }));

  function seen(model: PageModel, text: string): Seen {
    return { url: redact(model.url), title: redact(model.title), text: redact(text) };
  }

  function tell(model: PageModel, shown: Set<string>): void {
    const before = toldPage?.model.document === model.document ? toldPage.shown : [];
    toldPage = { model, lines: linesOf(model), shown: new Set([...before, ...shown]) };
  }

  function withNotes(text: string): string {
    const told = [...notes, text].join("\n");
    notes = [];
    return told;
  }

  return {
    async look(options, signal) {
      const model = await read(signal);
      const maxTokens = budgetOf(options);
      const what = options.within === undefined ? null : numbers.what(options.within);
      if (options.within !== undefined) touchables.placeOf(options.within);
      const fitted = what
        ? lookWithin(model, what, needs, maxTokens)
        : options.find
          ? lookFor(model, options.find, needs, maxTokens)
          : wholeLook(model, needs, { maxTokens, near });
      tell(model, fitted.shown);
      return seen(model, fitted.text);
    },

    async act(action, signal) {
      const element = "element" in action ? action.element : undefined;
      const place = element === undefined ? null : touchables.placeOf(element);
      const before = await settling.begin(place?.frames ?? []);
      const dialog = settling.dialogOpens();
      try {
        const did = await Promise.race([
          doAct({ page, programs, touchables }, action, signal),
          dialog.opened.then(() => ({ box: null, note: undefined, typed: undefined })),
        ]);
        near = did.box ?? near;
        if (did.note) notes.push(did.note);
        for (const one of did.typed ?? [])
          typed.push({ ...one, document: touchables.placeOf(one.element).document });
        await settling.settle(before, signal);
        return { box: did.box };
      } finally {
        dialog.stop();
      }
    },

    settle: (signal) => settling.loaded(signal),

    async change(signal) {
      const model = await read(signal);
      const last = toldPage;
      if (!last || last.model.document !== model.document) {
        const fitted = wholeLook(model, needs, { maxTokens: newPageTokens, near: null });
        tell(model, fitted.shown);
        return seen(model, withNotes(fitted.text));
      }
      const lines = linesOf(model);
      const changes = difference(last.lines, lines);
      const isScrolled = Math.abs(model.view.top - last.model.view.top) > model.view.height / 5;
      const kept = lines.length - changes.filter(({ kind }) => kind !== "gone").length;
      if (changes.length > 30 && kept < lines.length * 0.3) {
        const fitted = wholeLook(model, needs, { maxTokens: newPageTokens, near });
        tell(model, fitted.shown);
        return seen(model, withNotes(fitted.text));
      }
      const told = changeText(model, changes, needs, { maxTokens: changeTokens, near });
      const parts = told.text === "" ? [] : [told.text];
      const shown = new Set(told.shown);
      if (isScrolled) {
        const position = positionText(model);
        const fresh = cameIntoView(model, last.shown, shown);
        parts.push(...(position ? [position] : []), ...(fresh ? [fresh.text] : []));
        for (const key of fresh?.shown ?? []) shown.add(key);
      }
      tell(model, shown);
      return seen(model, withNotes(parts.join("\n") || nothingChanged));
    },

    wait: (wait, signal) => waitForWords({ programs, wait, signal }),
    facts: (element) => factsOf(programs, touchables.placeOf(element), typed),
    pressSends: (keys, element) =>
      pressSendsOf(
        programs,
        keys,
        element === undefined ? null : touchables.placeOf(element),
        typed,
      ),

    async text(within, signal) {
      const place = within === undefined ? null : touchables.placeOf(within);
      return redact(await textOf(programs, { frames: place?.frames ?? [], place }, signal));
    },
    async tables(within, signal) {
      const place = within === undefined ? null : touchables.placeOf(within);
      const tables = await tablesOf(programs, { frames: place?.frames ?? [], place }, signal);
      return tables.map(({ caption, header, rows }) => ({
        caption: redact(caption),
        header: header.map(redact),
        rows: rows.map((row) => row.map(redact)),
      }));
    },
    async attributes(element) {
      const { frames, id } = touchables.placeOf(element);
      const found = await programs.ask<{ found: boolean; attributes?: Record<string, string> }>(
        frames,
        {
          ...{ verb: "attributes", id },
        },
      );
      if (!found.attributes) throw goneError();
      return Object.fromEntries(
        Object.entries(found.attributes).map(([name, value]) => [name, redact(value)]),
      );
    },
    screenshot: (options, signal) =>
      takePicture({ page, numbers, touchables, read: () => read(signal) }, options, signal),

    async locate(element) {
      const place = touchables.placeOf(element);
      if (!(await touchables.look(place, false))) throw goneError();
      return programs.locator(place);
    },
    async boxOf(element) {
      const ready = await touchables.look(touchables.placeOf(element), false).catch(() => null);
      if (!ready || ready.touch.hidden) return null;
      const [x, y, width, height] = ready.box;
      return { x, y, width, height };
    },
    close: () => settling.close(),
  };

  function cameIntoView(model: PageModel, before: ReadonlySet<string>, now: ReadonlySet<string>) {
    const isFresh = ({ key, box }: PageModel["lines"][number]) =>
      !before.has(key) && !now.has(key) && box.y < model.view.height && box.y + box.height > 0;
    const fresh = { ...model, lines: model.lines.filter(isFresh) };
    if (fresh.lines.length === 0) return null;
    return wholeLook({ ...fresh, view: { ...fresh.view, fullHeight: 0 } }, needs, {
      ...{ maxTokens: changeTokens, near: null },
    });
  }
}

const goneError = () =>
  new AetheriaError("bad_input", "That element is no longer on the page.", {
    hint: "Look at the page again and use the number that it has now.",
  });
