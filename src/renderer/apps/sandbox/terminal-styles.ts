// xterm under the page's policy, which refuses style elements and style attributes written as text.
// Its rules become adopted sheets and its attributes go through the object model: both are allowed,
// and nothing is reported as refused. Held to that by e2e/sandbox.test.ts in a real browser.
import type { Terminal } from "@xterm/xterm";
import * as z from "zod/mini";

export class TerminalStyles {
  readonly #sheets: CSSStyleSheet[] = [];

  /** Opens the terminal; the style elements it makes in there are sheets. */
  open(terminal: Terminal, place: HTMLElement): void {
    const create = document.createElement.bind(document);
    document.createElement = (name: string, options?: ElementCreationOptions) =>
      name === "style" ? this.#rules(create("span")) : create(name, options);
    try {
      terminal.open(place);
    } finally {
      // The prototype's comes back.
      Reflect.deleteProperty(document, "createElement");
    }
    rowFactoryOf(terminal)._addStyle = addStyle;
  }

  dispose(): void {
    const own = new Set(this.#sheets);
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => !own.has(one));
  }

  /** Stands where the style element would; its text is a sheet. */
  #rules(place: HTMLElement): HTMLElement {
    const sheet = new CSSStyleSheet();
    this.#sheets.push(sheet);
    document.adoptedStyleSheets.push(sheet);
    place.hidden = true;
    Object.defineProperty(place, "textContent", {
      set: (rules: string) => sheet.replaceSync(rules),
      get: () => "",
    });
    return place;
  }
}

/** One declaration, as xterm writes it: `color:#2fd8a0`. */
function addStyle(element: HTMLElement, style: string): void {
  const at = style.indexOf(":");
  element.style.setProperty(style.slice(0, at), style.slice(at + 1));
}

const RowFactory = z.looseObject({ _addStyle: z.unknown() });
const Inside = z.object({
  _core: z.object({
    _renderService: z.object({
      _renderer: z.object({ value: z.object({ _rowFactory: z.instanceof(Object) }) }),
    }),
  }),
});

/** What writes the colours that have no class. xterm has no door to it. */
function rowFactoryOf(terminal: Terminal): { _addStyle: unknown } {
  const found = Inside.parse(terminal)._core._renderService._renderer.value._rowFactory;
  RowFactory.parse(found);
  return found as { _addStyle: unknown };
}
