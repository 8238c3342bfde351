// One terminal's screen: xterm, loaded with the first terminal that is opened. It lives as long as its
// terminal, in an element that goes wherever the terminal is shown.
import { FitAddon } from "@xterm/addon-fit";
import { SearchAddon } from "@xterm/addon-search";
import { WebLinksAddon } from "@xterm/addon-web-links";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import type { TerminalScreen, TerminalSize } from "../../client/terminals.svelte.ts";
import { cleanPaste } from "./clean-paste.ts";
import { belongsToPage, meaningOf } from "./terminal-keys.ts";
import { TerminalStyles } from "./terminal-styles.ts";
import { coloursAt, hex, mix, terminalTheme } from "./terminal-theme.ts";

export interface ScreenEvents {
  typed(text: string): void;
  sized(size: TerminalSize): void;
  followed(address: string): void;
  /** The address under the pointer; null: none. */
  hovered(address: string | null): void;
  find(): void;
  /** The clipboard refused. */
  refused(what: "copy" | "paste"): void;
  found(place: number, count: number): void;
}

const smallestPx = 13;
const scrollbackLines = 10_000;

export class XtermScreen implements TerminalScreen {
  readonly element: HTMLElement;
  readonly #styles = new TerminalStyles();
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #search = new SearchAddon();
  readonly #look: MutationObserver;
  readonly #dark = matchMedia("(prefers-color-scheme: dark)");
  readonly #restyle = (): void => this.#applyLook();
  events: ScreenEvents;
  #isOpen = false;

  constructor(label: string, events: ScreenEvents) {
    this.events = events;
    this.element = document.createElement("div");
    this.element.className = "xterm-holder";
    this.#terminal = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontFamily: '"JetBrains Mono", ui-monospace, monospace',
      fontWeight: "500",
      lineHeight: 1.25,
      scrollback: scrollbackLines,
      minimumContrastRatio: 4.5,
      // Links that a program writes lead where it wants: asked and checked like any other.
      linkHandler: {
        activate: (_, address) => this.events.followed(address),
        hover: (_, address) => this.events.hovered(address),
        leave: () => this.events.hovered(null),
        allowNonHttpProtocols: false,
      },
    });
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(this.#search);
    this.#terminal.loadAddon(
      new WebLinksAddon((_, address) => this.events.followed(address), {
        hover: (_, address) => this.events.hovered(address),
        leave: () => this.events.hovered(null),
      }),
    );
    this.#terminal.onData((text) => this.events.typed(text));
    this.#terminal.onBinary((text) => this.events.typed(text));
    this.#terminal.onResize(({ cols, rows }) => this.events.sized({ cols, rows }));
    this.#search.onDidChangeResults(({ resultIndex, resultCount }) =>
      this.events.found(resultIndex + 1, resultCount),
    );
    this.#terminal.attachCustomKeyEventHandler((event) => this.#key(event));
    this.element.addEventListener("paste", (event) => this.#pasted(event), { capture: true });
    this.#look = new MutationObserver(this.#restyle);
    this.#label = label;
  }

  #label: string;

  /** Puts it into `place` and fits it; the size that it has there. */
  show(place: HTMLElement): TerminalSize {
    place.append(this.element);
    if (!this.#isOpen) this.#open();
    this.fit();
    const { cols, rows } = this.#terminal;
    return { cols, rows };
  }

  #open(): void {
    this.#isOpen = true;
    this.#applyLook();
    this.#styles.open(this.#terminal, this.element);
    this.#terminal.textarea?.setAttribute("aria-label", this.#label);
    this.#look.observe(document.documentElement, { attributeFilter: ["data-theme", "style"] });
    this.#dark.addEventListener("change", this.#restyle);
  }

  #applyLook(): void {
    const { options } = this.#terminal;
    const rootPx = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    options.theme = terminalTheme(coloursAt(this.element));
    options.fontSize = Math.round((smallestPx * rootPx) / 16);
    if (this.#isOpen) this.fit();
  }

  fit(): void {
    if (this.element.isConnected && this.element.clientHeight > 0) this.#fit.fit();
  }

  /** Resolves when it was taken in. */
  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve) => this.#terminal.write(bytes, resolve));
  }

  focus(): void {
    this.#terminal.focus();
  }

  clear(): void {
    this.#terminal.clear();
  }

  /** As if a key was pressed. */
  type(text: string): void {
    this.#terminal.input(text);
  }

  get selected(): string {
    return this.#terminal.getSelection();
  }

  async copy(): Promise<void> {
    const text = this.selected;
    if (text === "") return;
    try {
      await navigator.clipboard.writeText(text);
      this.#terminal.clearSelection();
    } catch {
      this.events.refused("copy");
    }
    this.focus();
  }

  async paste(): Promise<void> {
    try {
      this.#terminal.paste(cleanPaste(await navigator.clipboard.readText()));
    } catch {
      this.events.refused("paste");
    }
    this.focus();
  }

  find(text: string, way: "earlier" | "later", isTyping = false): void {
    const colours = coloursAt(this.element);
    const decorations = {
      matchBackground: hex(mix(colours.screen, colours.yellow, 0.35)),
      matchOverviewRuler: hex(colours.yellow),
      activeMatchBackground: hex(mix(colours.screen, colours.red, 0.7)),
      activeMatchColorOverviewRuler: hex(colours.red),
    };
    const options = { decorations, incremental: isTyping };
    if (way === "later" && !isTyping) this.#search.findNext(text, options);
    else this.#search.findPrevious(text, { decorations });
  }

  endFind(): void {
    this.#search.clearDecorations();
    this.#terminal.clearSelection();
    this.focus();
  }

  dispose(): void {
    this.#look.disconnect();
    this.#dark.removeEventListener("change", this.#restyle);
    this.#terminal.dispose();
    this.#styles.dispose();
    this.element.remove();
  }

  /** False: xterm leaves the key alone. */
  #key(event: KeyboardEvent): boolean {
    if (event.type !== "keydown") return true;
    const meaning = meaningOf(event, this.selected !== "");
    if (meaning === null) return !belongsToPage(event);
    // The browser's own paste follows the key and is taken there.
    if (meaning === "paste") return false;
    event.preventDefault();
    event.stopPropagation();
    if (meaning === "copy") void this.copy();
    else this.events.find();
    return false;
  }

  #pasted(event: ClipboardEvent): void {
    const text = event.clipboardData?.getData("text/plain");
    if (text === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#terminal.paste(cleanPaste(text));
  }
}
