// How a model that is played works with the browser: it acts on what it was shown, and on nothing else.
// A task is a script of calls; its hand finds an element's number by its name in what the tools told.

export type Call = { tool: string; input: object };
/** Yields a call, is given what the tool told, and returns the answer for the person. */
export type Task = Generator<Call, string, string>;
type Steps<T = string> = Generator<Call, T, string>;
type Name = string | RegExp;

export type Hand = {
  /** Any call; what it told is remembered. */
  use(tool: string, input: object): Steps;
  open(url: string): Steps;
  click(name: Name, role?: string): Steps;
  type(fields: Record<string, string>, submit?: boolean): Steps;
  select(name: Name, option: string): Steps;
  /** The number of an element; looks for it where it was not shown. */
  number(name: Name, role?: string): Steps<number>;
  /** The first group of the newest text that fits. Throws when nothing was shown that does. */
  read(words: RegExp): string;
};

export function createHand(): Hand {
  const told: string[] = [];

  function* use(tool: string, input: object): Steps {
    const text = yield { tool, input };
    told.push(text);
    return text;
  }

  function* look(name: Name): Steps {
    const find = typeof name === "string" ? name : name.source.replace(/^\^/, "");
    return yield* use("browser_look", { find });
  }

  function* number(name: Name, role?: string): Steps<number> {
    const shown = numberShown(told, name, role);
    if (shown !== null) return shown;
    yield* look(name);
    const found = numberShown(told, name, role);
    if (found === null)
      throw new Error(`No ${role ?? "element"} ${name} was shown:\n${told.at(-1)}`);
    return found;
  }

  return {
    use,
    number,
    open: (url) => use("browser_open", { url }),
    *click(name, role) {
      const pressed = yield* use("browser_click", { element: yield* number(name, role) });
      if (!/no longer on the page/.test(pressed)) return pressed;
      yield* look(name);
      return yield* use("browser_click", { element: yield* number(name, role) });
    },
    *type(given, submit = false) {
      const fields: { element: number; text: string }[] = [];
      for (const [name, text] of Object.entries(given))
        fields.push({ element: yield* number(name), text });
      return yield* use("browser_type", { fields, submit });
    },
    *select(name, option) {
      return yield* use("browser_select", { element: yield* number(name), options: [option] });
    },
    read(words) {
      for (const text of [...told].reverse()) {
        const found = words.exec(text);
        if (found) return found[1] ?? found[0];
      }
      throw new Error(`${words} was not shown:\n${told.at(-1)}`);
    },
  };
}

/** `[12] button "Search"` in what was told last; a line of what is gone (`- [12] …`) counts for nothing. */
function numberShown(told: readonly string[], name: Name, role?: string): number | null {
  for (const text of [...told].reverse())
    for (const line of text.split("\n")) {
      if (/^\s*- \[/.test(line)) continue;
      for (const [, number, kind = "", called = ""] of line.matchAll(
        /\[(\d+)\] ([\w -]+?) "([^"]*)"/g,
      )) {
        const fits = typeof name === "string" ? called === name : name.test(called);
        if (fits && (role === undefined || kind === role)) return Number(number);
      }
    }
  return null;
}
