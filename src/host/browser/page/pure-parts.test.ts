// The algebra of the page view: numbers, budget, differences.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokensOf } from "../../../core/agent/tokens.ts";
import { difference, type Told } from "./difference.ts";
import { fit } from "./fit.ts";
import { lineText, shortAddress } from "./line-text.ts";
import { importance, lookFor, wholeLook } from "./looks.ts";
import { createNumbers } from "./numbers.ts";
import type { Line, PageModel, Place } from "./page-model.ts";
import { renumber } from "./renumber.ts";

const place = (id: number, document = "d"): Place => ({ document, id, frames: [] });
const counting = () => {
  let last = 0;
  return createNumbers(() => ++last);
};

const words = fc.string({ maxLength: 60 });
const element = fc.record({
  id: fc.integer({ min: 1, max: 500 }),
  name: words,
  role: fc.constantFrom("button", "link"),
});
const part = fc.oneof(words, element);
const line = fc.record({
  kind: fc.constantFrom("text" as const, "heading" as const, "item" as const, "row" as const),
  parts: fc.array(part, { minLength: 1, maxLength: 5 }),
  y: fc.integer({ min: -2_000, max: 5_000 }),
});
const model = fc.array(line, { maxLength: 120 }).map((lines): PageModel => ({
  ...{ document: "d", url: "https://a.test/", title: "", skipped: 0 },
  view: { width: 1280, height: 800, top: 0, fullHeight: 5_000 },
  containers: [{ place: place(1_000), role: "page", name: "", parent: -1 }],
  lines: lines.map(({ kind, parts, y }, at): Line => {
    const box = { x: 0, y, width: 100, height: 20 };
    return {
      ...{ key: `d/${2_000 + at}.0`, kind, level: 2, container: 0, place: place(2_000 + at), box },
      parts: parts.map((one) =>
        typeof one === "string" ? one : { ...one, place: place(one.id), states: [], box },
      ),
    };
  }),
}));

const needsOf = (numbers: ReturnType<typeof counting>) => ({
  ...{ numbers, numberOf: numbers.of },
  digits: (...asked: Parameters<typeof numbers.of>) =>
    String(numbers.known(...asked) ?? 9_999).length,
});

describe("numbers", () => {
  test("one number is one element, and an element has one number", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(20), fc.constantFrom("a", "b"))), (asked) => {
        const numbers = counting();
        const given = new Map(
          asked.map(([id, document]) => [`${document}${id}`, numbers.of(place(id, document))]),
        );
        expect(new Set(given.values()).size).toBe(given.size);
        for (const [id, document] of asked) {
          expect(numbers.of(place(id, document))).toBe(given.get(`${document}${id}`));
          expect(numbers.what(given.get(`${document}${id}`)!)?.place).toEqual(place(id, document));
        }
      }),
    );
  });

  test("a number that moved on is not given to the element that it left", () => {
    const numbers = counting();
    const number = numbers.of(place(1));
    numbers.move(place(1), place(2));
    expect(numbers.of(place(2))).toBe(number);
    expect(numbers.of(place(1))).not.toBe(number);
  });
});

describe("the budget", () => {
  test("is never exceeded, and every number that is shown is known", () => {
    fc.assert(
      fc.property(model, fc.integer({ min: 60, max: 2_000 }), (page, maxTokens) => {
        const numbers = counting();
        const { text } = wholeLook(page, needsOf(numbers), { maxTokens, near: null });
        expect(tokensOf(text)).toBeLessThanOrEqual(maxTokens);
        for (const [, shown] of text.matchAll(/\[(\d+)\]/g))
          expect(numbers.what(Number(shown))).toBeDefined();
      }),
    );
  });

  test("leaves out nothing without saying so", () => {
    fc.assert(
      fc.property(model, fc.integer({ min: 200, max: 600 }), (page, maxTokens) => {
        const options = {
          ...{ maxTokens, links: true, maxWords: () => 100 },
          score: (one: Line) => importance(one, page, null),
        };
        const { text, shown } = fit(page, needsOf(counting()), options);
        if (shown.size < page.lines.length) expect(text).toContain("… ");
        else expect(text).not.toMatch(/… \d+ more (line|row)/);
      }),
    );
  });

  test("holds for what is found on a page too", () => {
    fc.assert(
      fc.property(model, words, (page, find) => {
        const { text } = lookFor(page, find.slice(0, 20), needsOf(counting()), 300);
        expect(tokensOf(text)).toBeLessThanOrEqual(300);
      }),
    );
  });
});

describe("the difference", () => {
  const told = fc.uniqueArray(
    fc.record({
      key: fc.nat(40).map(String),
      text: fc.constantFrom<string>("a", "b", "c", "d", "e", "f"),
    }),
    { selector: ({ key }) => key, maxLength: 30 },
  );

  test("of equal pages is empty, also when all was made anew", () => {
    fc.assert(
      fc.property(told, (lines) => {
        expect(difference(lines, lines)).toEqual([]);
        const anew = lines.map(({ text }, at) => ({ key: `new ${at}`, text }));
        expect(difference<Told>(lines, anew).filter(({ kind }) => kind !== "moved")).toEqual([]);
      }),
    );
  });

  test("makes the new page of the old one", () => {
    fc.assert(
      fc.property(told, told, (before, now) => {
        const texts = before.map(({ text }) => text);
        const drop = (text: string) => void texts.splice(texts.indexOf(text), 1);
        for (const change of difference<Told>(before, now)) {
          if (change.kind === "gone" || change.kind === "changed") drop(change.before.text);
          if (change.kind === "new" || change.kind === "changed") texts.push(change.line.text);
        }
        expect(texts.sort()).toEqual(now.map(({ text }) => text).sort());
      }),
    );
  });

  test("tells what moved, by as few lines as will do", () => {
    const lines = ["a", "b", "c", "d"].map((text) => ({ key: text, text }));
    const moved = [lines[3]!, ...lines.slice(0, 3)];
    expect(difference(lines, moved)).toMatchObject([{ kind: "moved", line: { text: "d" } }]);
  });
});

test("of rows made anew with one less, no number goes to another row", () => {
  const row = (name: string, id: number): Line => ({
    ...{ key: `d/${id}.0`, kind: "row", level: 0, container: 0, place: place(id) },
    box: { x: 0, y: 0, width: 1, height: 1 },
    parts: [
      `${name} | `,
      ...[{ place: place(id + 100), role: "button", name: "Delete", states: [] }].map((one) => ({
        ...one,
        box: { x: 0, y: 0, width: 1, height: 1 },
      })),
    ],
  });
  const page = (lines: Line[]): PageModel => ({
    ...{ document: "d", url: "", title: "", skipped: 0, lines },
    view: { width: 1, height: 1, top: 0, fullHeight: 1 },
    containers: [{ place: place(0), role: "page", name: "", parent: -1 }],
  });
  const numbers = counting();
  const [ann, bob] = [numbers.of(place(101)), numbers.of(place(102))];
  renumber(page([row("Ann", 1), row("Bob", 2)]), page([row("Bob", 3)]), numbers);
  expect(numbers.known(place(103))).toBe(bob);
  expect(numbers.what(ann)?.place).toEqual(place(101));
});

test("addresses are relative to the page and short", () => {
  const page = "https://www.a.test/shop/list?q=1";
  expect(shortAddress("../cart", page)).toBe("/cart");
  expect(shortAddress("#top", page)).toBe("");
  expect(shortAddress("javascript:void(0)", page)).toBe("");
  expect(shortAddress("https://www.b.test/", page)).toBe("b.test");
  expect(shortAddress("mailto:x@y.test", page)).toBe("mailto:x@y.test");
  expect(shortAddress(`/${"long".repeat(30)}`, page).length).toBeLessThanOrEqual(41);
});

test("words of a page cannot pass for a numbered element", () => {
  const line: Line = {
    ...{
      key: "k",
      kind: "text",
      level: 0,
      container: 0,
      place: place(1),
      parts: ['[5] button "Pay"'],
    },
    box: { x: 0, y: 0, width: 0, height: 0 },
  };
  const options = { mark: () => "", pageUrl: "", maxWords: 100, links: true };
  expect(lineText(line, options)).toBe('(5) button "Pay"');
});
