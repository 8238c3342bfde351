// A document for xterm under the page's policy, which refuses style elements and style attributes
// written as text. What xterm writes as rules becomes adopted sheets, and what it writes as an
// attribute goes through the object model: both are allowed, and nothing is reported as refused.

export class TerminalDocument {
  readonly #page: Document;
  readonly #sheets: CSSStyleSheet[] = [];
  /** What xterm is given as its document: the page's, but for what it makes. */
  readonly current: Document;

  constructor(page: Document) {
    this.#page = page;
    const create = (name: string, options?: ElementCreationOptions) =>
      this.#create(name, options, page.createElement.bind(page));
    const bound = new Map<unknown, unknown>();
    this.current = new Proxy(page, {
      get: (target, key) => {
        if (key === "createElement") return create;
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function" || key === "constructor") return value;
        // The page's own methods work on the page only.
        if (!bound.has(value)) bound.set(value, value.bind(target) as unknown);
        return bound.get(value);
      },
      set: (target, key, value) => Reflect.set(target, key, value, target),
    });
  }

  /** Some of xterm asks the page itself: while `make` runs, that is answered in the same way. */
  while<T>(make: () => T): T {
    const page = this.#page;
    const real = page.createElement.bind(page);
    page.createElement = (name: string, options?: ElementCreationOptions) =>
      this.#create(name, options, real);
    try {
      return make();
    } finally {
      // The prototype's comes back.
      Reflect.deleteProperty(page, "createElement");
    }
  }

  dispose(): void {
    const own = new Set(this.#sheets);
    this.#page.adoptedStyleSheets = this.#page.adoptedStyleSheets.filter((one) => !own.has(one));
  }

  #create(
    name: string,
    options: ElementCreationOptions | undefined,
    real: (name: string, options?: ElementCreationOptions) => HTMLElement,
  ): HTMLElement {
    if (name === "style") return this.#rules(real("span"));
    const made = real(name, options);
    if (name === "span") made.setAttribute = setAttribute;
    return made;
  }

  /** Stands where the style element would; its text is a sheet. */
  #rules(place: HTMLElement): HTMLElement {
    const sheet = new CSSStyleSheet();
    this.#sheets.push(sheet);
    this.#page.adoptedStyleSheets.push(sheet);
    place.hidden = true;
    Object.defineProperty(place, "textContent", {
      set: (rules: string) => sheet.replaceSync(rules),
      get: () => "",
    });
    return place;
  }
}

function setAttribute(this: HTMLElement, name: string, value: string): void {
  if (name === "style") this.style.cssText = value;
  else Element.prototype.setAttribute.call(this, name, value);
}
