// Reads a document, or a part of it, as lines: what is visible, through open shadow roots, wrappers
// without meaning dropped.
import type { PageElement, PageNode, PageStyle, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { Lines } from "./lines.ts";
import type { Names } from "./names.ts";
import type { Quiet } from "./quiet.ts";
import type { Roles } from "./roles.ts";
import type { WirePage } from "./wire.ts";

type Parts = {
  elements: Elements;
  roles: Roles;
  names: Names;
  quiet: Quiet;
  createLines(window: PageWindow, elements: Elements, root: PageElement): Lines;
};

type Around = {
  depth: number;
  /** All in one line: a heading, a row of a table. */
  inline: boolean;
  pointer: boolean;
  visible: boolean;
  /** Words that were told as an element's name already. */
  muted: boolean;
  /** The container is called after its caption. */
  named: boolean;
};

/** What of an element's inside is still to be told. */
type Inside = "told" | "controls left" | "told apart";

/** Sent into the page as text: refers to nothing outside itself. */
export function createCollect(window: PageWindow, parts: Parts) {
  const { elements, roles, names } = parts;
  const { document } = window;
  /** Words of one piece that are read; and how many count as much as an element. */
  const maxWords = 4_000;
  const charactersOfElement = 200;
  const skipped =
    /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|HEAD|LINK|META|OPTION|OPTGROUP|DATALIST|OBJECT|EMBED)$/i;
  const contained = new Set(
    (
      "dialog alertdialog navigation main banner contentinfo complementary search form region group " +
      "article list table grid treegrid tablist tabpanel menu menubar listbox tree toolbar radiogroup " +
      "alert status"
    ).split(" "),
  );
  const nests =
    "a[href],button,input,select,textarea,summary,[role=button],[role=link],[role=checkbox],[onclick],[contenteditable]";
  const namedByContent =
    /^(button|link|checkbox|radio|switch|option|menuitem.*|tab|treeitem|clickable)$/;

  function isTableOfData(table: PageElement): boolean {
    const role = table.getAttribute("role");
    if (role === "presentation" || role === "none") return false;
    if (table.querySelector("table")) return false;
    if (role || table.querySelector("th,caption")) return true;
    const row = table.querySelector("tr");
    return row !== null && row.children.length > 1 && !table.querySelector("h1,h2,h3,form,p+p");
  }

  return function collect(limit: number): WirePage {
    const root = document.body ?? document.documentElement;
    const lines = parts.createLines(window, elements, root);
    const frames: WirePage["frames"] = [];
    let left = limit;
    let skippedParts = 0;

    function act(element: PageElement, role: string, style: PageStyle): Inside {
      const rect = element.getBoundingClientRect();
      if (rect.width === 0 && rect.height === 0 && style.display !== "contents")
        return "told apart";
      const hasNested = element.querySelector(nests) !== null && role !== "textbox";
      if (role === "clickable" && hasNested && !element.hasAttribute("onclick"))
        return "told apart";
      const name = names.nameOf(element, namedByContent.test(role));
      const isBig = rect.height > window.innerHeight * 0.8 && rect.width > window.innerWidth * 0.8;
      if (role === "clickable" && (isBig || (name === "" && rect.width * rect.height < 16)))
        return "told apart";
      const value =
        role === "textbox" && element.isContentEditable
          ? names.wordsOf(element, 300) || undefined
          : roles.valueOf(element);
      const part = { id: elements.idOf(element), role, name, box: lines.boxOf(rect) };
      const href = role === "link" ? element.getAttribute("href") : null;
      const states = roles.statesOf(element);
      lines.addPart({
        ...part,
        ...(value === undefined ? {} : { value: describe(element, value) }),
        ...(states.length > 0 ? { states } : {}),
        ...(href === null ? {} : { href: href.slice(0, 300) }),
      });
      if (!hasNested) return "told";
      // Its words are its name; where they are too many for one, they are told as well.
      return name.endsWith("…") ? "told apart" : "controls left";
    }

    function describe(element: PageElement, value: string): string {
      if (element.tagName.toUpperCase() !== "SELECT") return value.slice(0, 300);
      const options = Array.from(element.options ?? []);
      const labels = options.map((option) => (option.label || option.textContent || "").trim());
      let listed = "";
      for (const label of labels) {
        if (listed.length + label.length > 90) break;
        listed += (listed && ", ") + label;
      }
      const rest = labels.length - (listed === "" ? 0 : listed.split(", ").length);
      return `${value}\u0000${listed}${rest > 0 ? `, … ${labels.length} in all` : ""}`;
    }

    /** The label of a control stands for it when the control itself cannot be seen. */
    function label(element: PageElement, around: Around): boolean {
      const control = element.control;
      if (!control) return false;
      const rect = control.getBoundingClientRect();
      const style = window.getComputedStyle(control);
      const isHidden = style.display === "none" || style.visibility === "hidden";
      if (!isHidden && (rect.width > 0 || rect.height > 0)) {
        if (element.contains(control)) walkChildren(element, { ...around, muted: true });
        return true;
      }
      const box = lines.boxOf(element.getBoundingClientRect());
      if (!around.visible || box[2] === 0) return true;
      const role = roles.roleOf(control);
      const states = roles.statesOf(control);
      const part = { id: elements.idOf(element), role, name: names.wordsOf(element, 120), box };
      lines.addPart(states.length > 0 ? { ...part, states } : part);
      return true;
    }

    function table(element: PageElement, around: Around): void {
      const caption = names.nameOf(element, false);
      lines.end(element);
      lines.enter(element, "table", caption);
      walkChildren(element, { ...around, named: caption !== "" });
      lines.end(element);
      lines.leave();
    }

    function row(element: PageElement, around: Around): void {
      lines.end(element);
      lines.begin("row");
      let isFirst = true;
      const cells = names.childrenOf(element);
      for (let at = 0; at < cells.length; at++) {
        const cell = cells[at]!;
        if (cell.nodeType !== 1) continue;
        if (!isFirst) lines.addWords(" | ", null);
        isFirst = false;
        visit(cell, { ...around, inline: true });
      }
      lines.end(element.parentElement ?? element);
      lines.begin("text");
    }

    function walkChildren(element: PageElement, around: Around): void {
      if (element.shadowRoot) parts.quiet.watch(element.shadowRoot);
      const children = names.childrenOf(element);
      const inner = { ...around, depth: around.depth + 1 };
      for (let at = 0; at < children.length; at++) visit(children[at]!, inner);
    }

    function isHiddenPart(element: PageElement): boolean {
      if (element.getAttribute("aria-hidden") !== "true") return false;
      return !element.querySelector("a[href],button,input,select,textarea,[tabindex]");
    }

    /** A very large page is read where the window is; of the rest it is told that there is more. */
    function isTooMuch(element: PageElement): boolean {
      if (left > 0) return false;
      const rect = element.getBoundingClientRect();
      if (rect.height === 0) return false;
      if (left > -limit && rect.y < window.innerHeight && rect.y + rect.height > 0) return false;
      skippedParts += 1;
      return true;
    }

    function frame(element: PageElement): void {
      const rect = element.getBoundingClientRect();
      if (rect.width < 4 || rect.height < 4) return;
      const box = lines.boxOf(rect);
      lines.end(element);
      const container = lines.enter(element, "iframe", names.nameOf(element, false));
      box[0] += element.clientLeft;
      box[1] += element.clientTop;
      frames.push({ id: elements.idOf(element), before: lines.blocks.length, container, box });
      lines.leave();
      lines.end(element.parentElement ?? element);
    }

    function contain(element: PageElement, role: string, around: Around): void {
      const isNamed = role !== "list" && role !== "article";
      const name = isNamed ? names.nameOf(element, false) : "";
      lines.end(element);
      lines.enter(element, role, name);
      walkChildren(element, { ...around, named: name !== "" });
      lines.end(element.parentElement ?? element);
      lines.leave();
    }

    function block(element: PageElement, role: string, around: Around): void {
      lines.end(element);
      if (role === "heading") {
        const level = Number(element.getAttribute("aria-level") ?? element.tagName.slice(1)) || 2;
        lines.begin("heading", level);
      } else if (role === "listitem") lines.begin("item");
      walkChildren(element, role === "heading" ? { ...around, inline: true } : around);
      lines.end(element.parentElement ?? element);
      lines.begin("text");
    }

    function visit(node: PageNode, around: Around): void {
      if (node.nodeType === 3) {
        left -= (node.nodeValue?.length ?? 0) / charactersOfElement;
        if (around.visible && !around.muted && node.nodeValue)
          lines.addWords(node.nodeValue.slice(0, maxWords), node);
        return;
      }
      if (node.nodeType !== 1 || skipped.test(node.nodeName)) return;
      left -= 1;
      if (around.depth > 300) {
        skippedParts += 1;
        return;
      }
      visitElement(node as PageElement, around);
    }

    function isClipped(element: PageElement, style: PageStyle): boolean {
      if (style.position !== "absolute" && style.position !== "fixed") return false;
      if (style.overflowX === "visible") return false;
      const { width, height } = element.getBoundingClientRect();
      return width <= 1 && height <= 1;
    }

    function visitElement(element: PageElement, before: Around): void {
      const style = window.getComputedStyle(element);
      if (style.display === "none") return;
      const tag = element.tagName.toUpperCase();
      const isVisible = style.visibility === "visible";
      const isPointer = style.cursor === "pointer";
      const around = { ...before, pointer: isPointer, visible: isVisible };
      if (tag === "BR")
        return before.inline
          ? lines.addWords(" ", null)
          : lines.end(element.parentElement ?? element);
      const isBlock = !style.display.startsWith("inline") && style.display !== "contents";
      if (isBlock && isTooMuch(element)) return;
      if (isBlock && before.inline) lines.addWords(" ", null);
      if (isHiddenPart(element)) return;
      if (tag === "IFRAME" || tag === "FRAME") return isVisible ? frame(element) : undefined;
      if (tag === "LABEL" && label(element, around)) return;
      const acted = roles.actionRoleOf(element, style, before.pointer);
      const breaks = isBlock && !before.inline;
      if (acted && isVisible) {
        if (breaks) lines.end(element);
        const inside = act(element, acted, style);
        if (inside !== "told")
          walkChildren(element, { ...around, muted: around.muted || inside === "controls left" });
        if (breaks) lines.end(element.parentElement ?? element);
        return;
      }
      if (isClipped(element, style)) return;
      if (before.named && /^(CAPTION|LEGEND)$/.test(tag)) return;
      const role = roles.roleOf(element);
      if (role === "img" || tag === "SVG") {
        const name = names.nameOf(element, false);
        if (name && isVisible) lines.addWords(` (picture “${name}”) `, element);
        return;
      }
      if (tag === "DETAILS" && !element.open) {
        const summary = element.querySelector("summary");
        return summary ? visit(summary, around) : undefined;
      }
      if (before.inline) return walkChildren(element, around);
      if (role === "table" && tag === "TABLE" && isTableOfData(element))
        return table(element, around);
      if (role === "row" && (tag !== "TR" || isTableOfData(element.closest("table") ?? element)))
        return row(element, around);
      if (contained.has(role)) return contain(element, role, around);
      if (isBlock || role === "heading") return block(element, role, around);
      walkChildren(element, around);
    }

    visit(root, {
      depth: 0,
      inline: false,
      pointer: false,
      visible: true,
      muted: false,
      named: false,
    });
    lines.end(root);
    const scrolled = document.scrollingElement ?? document.documentElement;
    return {
      ...{ document: elements.document, url: window.location.href, title: document.title },
      view: {
        ...{ width: window.innerWidth, height: window.innerHeight },
        ...{ left: scrolled.scrollLeft, top: scrolled.scrollTop },
        ...{ fullWidth: scrolled.scrollWidth, fullHeight: scrolled.scrollHeight },
      },
      ...{ containers: lines.containers, blocks: lines.blocks, frames, skipped: skippedParts },
    };
  };
}
