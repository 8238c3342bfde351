// What is told of a page: looks at it, and afterwards only what changed since it was told last.
import type { PageBox } from "../../../contract/browser.ts";
import type { LookOptions, Seen } from "../../../core/browser-ports.ts";
import { changeText, nothingChanged, type ReadLine } from "./change-text.ts";
import { difference } from "./difference.ts";
import {
  budgetOf,
  lookFor,
  lookWithin,
  plainText,
  positionText,
  wholeLook,
  type LookNeeds,
} from "./looks.ts";
import { isSeen, type PageModel } from "./page-model.ts";
import type { PagePrograms } from "./page-programs.ts";
import { readPage } from "./read-page.ts";
import { renumber } from "./renumber.ts";

/** A new document that was not asked to be looked at is told in less. */
const newPageTokens = 1_500;
const changeTokens = 1_000;

type ToldPage = { model: PageModel; lines: ReadLine[]; shown: ReadonlySet<string> };

export type Telling = {
  read(signal: AbortSignal): Promise<PageModel>;
  look(options: LookOptions, signal: AbortSignal): Promise<Seen>;
  change(signal: AbortSignal): Promise<Seen>;
  /** Told with the next change; `box`: where something was done. */
  did(done: { box: PageBox | null; note?: string }): void;
};

export function createTelling(needs: {
  programs: PagePrograms;
  looks: LookNeeds;
  redact(text: string): string;
}): Telling {
  const { programs, looks, redact } = needs;
  let last: ToldPage | null = null;
  let near: PageBox | null = null;
  let notes: string[] = [];

  async function read(signal: AbortSignal): Promise<PageModel> {
    const model = await readPage(programs, signal);
    if (last) renumber(last.model, model, looks.numbers);
    return model;
  }

  const linesOf = (model: PageModel): ReadLine[] =>
    model.lines.map((line) => ({ key: line.key, text: plainText(line, model.url), line }));

  function tell(
    model: PageModel,
    text: string,
    shown: ReadonlySet<string>,
    lines = linesOf(model),
  ): Seen {
    const before = last?.model.document === model.document ? last.shown : [];
    last = { model, lines, shown: new Set([...before, ...shown]) };
    return { url: redact(model.url), title: redact(model.title), text: redact(text) };
  }

  function withNotes(text: string): string {
    const told = [...notes, text].join("\n");
    notes = [];
    return told;
  }

  function tellNew(model: PageModel, around: PageBox | null): Seen {
    const { text, shown } = wholeLook(model, looks, { maxTokens: newPageTokens, near: around });
    return tell(model, withNotes(text), shown);
  }

  /** What was summarised before and is in the window now. */
  function cameIntoView(model: PageModel, known: ReadonlySet<string>) {
    const lines = model.lines.filter((line) => !known.has(line.key) && isSeen(line, model));
    const view = { ...model.view, fullHeight: 0 };
    if (lines.length === 0) return { text: "", shown: new Set<string>() };
    return wholeLook({ ...model, lines, view, skipped: 0 }, looks, {
      ...{ maxTokens: changeTokens - 100, near: null },
    });
  }

  function tellChange(model: PageModel, before: ToldPage): Seen {
    const lines = linesOf(model);
    const changes = difference(before.lines, lines);
    const same = lines.length - changes.filter(({ kind }) => kind !== "gone").length;
    if (changes.length > 30 && same < lines.length * 0.3) return tellNew(model, near);
    const told = changeText(model, changes, looks, { maxTokens: changeTokens - 50, near });
    const parts = told.text === "" ? [] : [told.text];
    const shown = new Set(told.shown);
    if (Math.abs(model.view.top - before.model.view.top) > model.view.height / 5) {
      const fresh = cameIntoView(model, new Set([...before.shown, ...shown]));
      parts.push(...[positionText(model) ?? "", fresh.text].filter((text) => text !== ""));
      for (const key of fresh.shown) shown.add(key);
    }
    return tell(model, withNotes(parts.join("\n") || nothingChanged), shown, lines);
  }

  return {
    read,
    async look(options, signal) {
      const model = await read(signal);
      const maxTokens = budgetOf(options);
      const what = options.within === undefined ? undefined : looks.numbers.what(options.within);
      const fitted = what
        ? lookWithin(model, what, looks, maxTokens)
        : options.find
          ? lookFor(model, options.find, looks, maxTokens)
          : wholeLook(model, looks, { maxTokens, near });
      return tell(model, fitted.text, fitted.shown);
    },
    async change(signal) {
      const model = await read(signal);
      const isSame = last?.model.document === model.document;
      return last && isSame ? tellChange(model, last) : tellNew(model, null);
    },
    did({ box, note }) {
      near = box ?? near;
      if (note) notes.push(note);
    },
  };
}
