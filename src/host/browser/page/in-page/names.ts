// What an element is called: its label, or the words that are visible in it.
import type { PageElement, PageNode, PageWindow } from "./dom.ts";
import type { Roles } from "./roles.ts";

export type Names = {
  /** `fromContent`: its words are its name when nothing else is. */
  nameOf(element: PageElement, fromContent: boolean): string;
  /** Visible words, alternative texts of pictures too, on one line, at most about `max` characters. */
  wordsOf(element: PageElement, max: number): string;
  childrenOf(element: PageElement): ArrayLike<PageNode>;
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createNames(window: PageWindow, roles: Roles): Names {
  const maxName = 120;
  const oneLine = (text: string) => text.replace(/[\s\u200b\u00ad\ue000-\uf8ff]+/g, " ").trim();

  function childrenOf(element: PageElement): ArrayLike<PageNode> {
    if (element.shadowRoot) return element.shadowRoot.childNodes;
    if (element.tagName.toUpperCase() === "SLOT" && element.assignedNodes) {
      const assigned = element.assignedNodes();
      if (assigned.length > 0) return assigned;
    }
    return element.childNodes;
  }

  function wordsOf(root: PageElement, max: number): string {
    const words: string[] = [];
    let length = 0;
    const add = (text: string) => {
      words.push(text);
      length += text.length;
    };
    const visit = (node: PageNode, depth: number) => {
      if (length > max || depth > 200) return;
      if (node.nodeType === 3) return add(node.nodeValue ?? "");
      if (node.nodeType !== 1) return;
      const element = node as PageElement;
      if (/^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|INPUT|SELECT|TEXTAREA|IFRAME)$/i.test(element.tagName))
        return;
      const style = window.getComputedStyle(element);
      if (style.display === "none" || style.visibility === "hidden") return;
      if (element.getAttribute("aria-hidden") === "true" && element !== root) return;
      if (!style.display.startsWith("inline")) add(" ");
      const label = element === root ? null : element.getAttribute("aria-label");
      if (label) return add(` ${label} `);
      if (element.alt && /^(IMG|INPUT|AREA)$/i.test(element.tagName))
        return add(` ${element.alt} `);
      if (/^title$/i.test(element.tagName)) return add(element.textContent ?? "");
      const children = childrenOf(element);
      for (let at = 0; at < children.length; at++) visit(children[at]!, depth + 1);
      if (!style.display.startsWith("inline")) add(" ");
    };
    visit(root, 0);
    const text = oneLine(words.join(""));
    return text.length > max ? `${text.slice(0, max)}…` : text;
  }

  function labelled(element: PageElement): string {
    const ids = element.getAttribute("aria-labelledby");
    const root = element.getRootNode();
    if (ids && root.getElementById) {
      const named = ids.split(/\s+/).flatMap((id) => root.getElementById(id) ?? []);
      const text = oneLine(named.map((one) => wordsOf(one, maxName)).join(" "));
      if (text) return text;
    }
    return oneLine(element.getAttribute("aria-label") ?? "");
  }

  function native(element: PageElement): string {
    const tag = element.tagName.toUpperCase();
    if (tag === "INPUT" && /^(submit|button|reset|image)$/.test(element.type ?? "")) {
      const standard =
        element.type === "reset" ? "Reset" : element.type === "submit" ? "Submit" : "";
      return oneLine(element.value || element.alt || standard);
    }
    const labels = Array.from(element.labels ?? [], (label) => wordsOf(label, maxName));
    if (labels.some((label) => label !== "")) return oneLine(labels.join(" "));
    if (tag === "FIELDSET" || tag === "TABLE" || tag === "FIGURE") {
      const title = element.querySelector(
        tag === "FIELDSET" ? "legend" : tag === "TABLE" ? "caption" : "figcaption",
      );
      return title ? wordsOf(title, maxName) : "";
    }
    return /^(IMG|AREA)$/.test(tag) ? oneLine(element.alt ?? "") : "";
  }

  function nameOf(element: PageElement, fromContent: boolean): string {
    const cut = (text: string) => (text.length > maxName ? `${text.slice(0, maxName)}…` : text);
    const given = labelled(element) || native(element);
    if (given) return cut(given);
    const content = fromContent ? wordsOf(element, maxName) : "";
    if (content) return content;
    const picture = fromContent ? element.querySelector("svg title, img[title]") : null;
    const rest =
      picture?.textContent ||
      element.getAttribute("title") ||
      element.getAttribute("placeholder") ||
      (roles.roleOf(element) === "textbox" ? element.name : "") ||
      "";
    return cut(oneLine(rest));
  }

  return { nameOf, wordsOf, childrenOf };
}
