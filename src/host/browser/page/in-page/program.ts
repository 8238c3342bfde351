// The program that runs in every document, in Playwright's isolated world: a page can neither see nor
// change it. It is put together as text of parts that refer to nothing but what they are handed, so it
// survives bundling. Asked as a selector engine, it answers with an element that is in no document.
import { createBanner } from "./banner.ts";
import { createCaret } from "./caret.ts";
import { createCollect } from "./collect.ts";
import { createElements } from "./elements.ts";
import { createFacts } from "./facts.ts";
import { createLines } from "./lines.ts";
import { createMarkdown } from "./markdown.ts";
import { createNames } from "./names.ts";
import { createQuiet } from "./quiet.ts";
import { createRoles } from "./roles.ts";
import { createScrolling } from "./scrolling.ts";
import { createTables } from "./tables.ts";
import { createTouch } from "./touch.ts";

export const engineName = "aetheria";
export const answerAttribute = "data-answer";

export const programText = (): string => `(() => {
  const elements = (${createElements})(window);
  const roles = (${createRoles})();
  const names = (${createNames})(window, roles);
  const quiet = (${createQuiet})(window);
  const parts = { elements, roles, names, quiet, createLines: ${createLines} };
  const collect = (${createCollect})(window, parts);
  const { touch, frame } = (${createTouch})(window, parts);
  const scroll = (${createScrolling})(window, elements);
  const facts = (${createFacts})(window, parts);
  const markdown = (${createMarkdown})(window, parts);
  const tables = (${createTables})(window, parts);
  const banner = (${createBanner})(window, parts);
  const caret = (${createCaret})(window, elements);
  const verbs = {
    look: ({ limit }) => collect(limit),
    touch: ({ id, scroll }) => touch(id, scroll),
    frame: ({ id, point, scroll }) => frame(id, point, scroll),
    scroll,
    quiet: () => quiet.state(elements.document),
    facts: ({ id, keys }) => facts(id, keys),
    attributes: ({ id }) => facts.attributes(id),
    text: ({ id }) => markdown(id),
    tables: ({ id }) => tables(id),
    banner: () => banner(),
    caret: ({ id }) => caret(id),
  };
  const answer = (body) => {
    const asked = JSON.parse(decodeURIComponent(body));
    if (asked.verb === "element") {
      const element = asked.document === elements.document ? elements.find(asked.id) : null;
      return element ? [element] : [];
    }
    let value;
    try {
      value = { value: verbs[asked.verb](asked) };
    } catch (error) {
      value = { error: String(error) + " " + (error && error.stack) };
    }
    const element = document.createElement("i");
    element.setAttribute(${JSON.stringify(answerAttribute)}, JSON.stringify(value));
    return [element];
  };
  return { query: (_root, body) => answer(body)[0] ?? null, queryAll: (_root, body) => answer(body) };
})()`;

export const engineBody = (asked: object): string => encodeURIComponent(JSON.stringify(asked));
