// A document or an element of it as Markdown: the visible words, headings, lists, links and tables.
import type { PageElement, PageNode, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { Names } from "./names.ts";
import type { Roles } from "./roles.ts";
import type { ElementId } from "./wire.ts";

export type WireText = {
  found: boolean;
  document: string;
  /** Where a frame stands there is `\u0001<id>\u0001`. */
  text: string;
  frames: ElementId[];
};

type Around = { pre: boolean; inline: boolean; indent: string; depth: number; visible: boolean };

/** Sent into the page as text: refers to nothing outside itself. */
export function createMarkdown(
  window: PageWindow,
  { elements, roles, names }: { elements: Elements; roles: Roles; names: Names },
) {
  const { document } = window;
  const left = /^(SCRIPT|STYLE|NOSCRIPT|TEMPLATE|HEAD|SELECT|DATALIST|OBJECT|EMBED|SVG|BUTTON)$/i;
  const maxCharacters = 2_000_000;

  return function markdown(id: ElementId | null): WireText {
    const root = id === null ? (document.body ?? document.documentElement) : elements.find(id);
    if (!root) return { found: false, document: elements.document, text: "", frames: [] };
    const frames: ElementId[] = [];
    let length = 0;

    function children(element: PageElement, around: Around): string {
      const inner = { ...around, depth: around.depth + 1 };
      if (inner.depth > 300) return "";
      let text = "";
      const nodes = names.childrenOf(element);
      for (let at = 0; at < nodes.length && length < maxCharacters; at++)
        text += read(nodes[at]!, inner);
      return text;
    }

    const squeeze = (text: string) => text.replace(/\s+/g, " ").trim();
    const flat = (element: PageElement, around: Around) =>
      squeeze(children(element, { ...around, inline: true }));

    function link(element: PageElement, around: Around): string {
      const inside = children(element, { ...around, inline: true });
      const words = squeeze(inside) || names.nameOf(element, true);
      const href = element.getAttribute("href");
      if (!href || !words || /^(javascript:|#)/i.test(href)) return inside;
      let address: string;
      try {
        address = new window.URL(href, document.baseURI).href;
      } catch {
        return inside;
      }
      const before = /^\s/.test(inside) ? " " : "";
      return `${before}[${words.replace(/[[\]]/g, "\\$&")}](${address})${/\s$/.test(inside) ? " " : ""}`;
    }

    function cells(row: PageElement, around: Around): string {
      const inside = Array.from(row.children).filter((cell) => /^(TD|TH)$/i.test(cell.tagName));
      const texts = inside.map((cell) => flat(cell, around).replace(/\|/g, "\\|"));
      return `| ${texts.join(" | ")} |`;
    }

    function table(element: PageElement, around: Around): string {
      const rows = Array.from(element.querySelectorAll("tr")).filter(
        (row) =>
          row.closest("table") === element && window.getComputedStyle(row).display !== "none",
      );
      const isLayout =
        element.querySelector("table") !== null || !rows.some((row) => row.children.length > 1);
      if (isLayout) return rows.map((row) => `\n\n${children(row, around)}`).join("");
      const lines = rows.map((row) => cells(row, around));
      const width = rows[0]?.children.length ?? 1;
      lines.splice(1, 0, `|${" --- |".repeat(width)}`);
      const caption = element.querySelector("caption");
      return `\n\n${caption ? `${flat(caption, around)}\n\n` : ""}${lines.join("\n")}\n\n`;
    }

    function listItem(element: PageElement, around: Around): string {
      const list = element.parentElement;
      const isOrdered = list !== null && /^OL$/i.test(list.tagName);
      const place = isOrdered ? Array.from(list.children).indexOf(element) + 1 : 0;
      const mark = isOrdered ? `${place}. ` : "- ";
      const inside = children(element, { ...around, indent: `${around.indent}  ` }).trim();
      return inside === "" ? "" : `\n${around.indent}${mark}${inside.replace(/\n{2,}/g, "\n")}`;
    }

    function special(element: PageElement, tag: string, around: Around): string | null {
      if (tag === "IFRAME" || tag === "FRAME") {
        const frame = elements.idOf(element);
        frames.push(frame);
        return `\n\n\u0001${frame}\u0001\n\n`;
      }
      if (tag === "BR") return around.inline ? " " : "\n";
      if (tag === "HR") return "\n\n---\n\n";
      if (tag === "IMG") return element.alt ? `![${squeeze(element.alt)}]` : "";
      if (tag === "CANVAS") return names.nameOf(element, false);
      if (tag === "INPUT" || tag === "TEXTAREA") return "";
      if (around.inline) return tag === "A" ? link(element, around) : null;
      if (tag === "PRE")
        return `\n\n\`\`\`\n${(element.textContent ?? "").replace(/\n$/, "")}\n\`\`\`\n\n`;
      if (tag === "TABLE") return table(element, around);
      if (tag === "LI") return listItem(element, around);
      if (roles.roleOf(element) === "heading") {
        const level = Number(element.getAttribute("aria-level") ?? tag.slice(1)) || 2;
        const words = flat(element, around);
        return words === "" ? "" : `\n\n${"#".repeat(Math.min(6, level))} ${words}\n\n`;
      }
      if (tag === "BLOCKQUOTE")
        return `\n\n> ${children(element, around).trim().replace(/\n+/g, "\n> ")}\n\n`;
      return tag === "A" ? link(element, around) : null;
    }

    function wrapped(element: PageElement, tag: string, around: Around): string {
      const inside = children(element, around);
      const mark = { STRONG: "**", B: "**", EM: "*", I: "*", CODE: "`" }[tag];
      if (mark && inside.trim() !== "" && !/[\n*`]/.test(inside))
        return inside.replace(inside.trim(), `${mark}${inside.trim()}${mark}`);
      return inside;
    }

    function read(node: PageNode, around: Around): string {
      if (node.nodeType === 3) {
        const text = around.visible ? (node.nodeValue ?? "").replace(/\s+/g, " ") : "";
        length += text.length;
        return text;
      }
      if (node.nodeType !== 1) return "";
      const element = node as PageElement;
      const tag = element.tagName.toUpperCase();
      if (left.test(tag)) return "";
      const style = window.getComputedStyle(element);
      if (style.display === "none") return "";
      if (tag === "DETAILS" && !element.open) {
        const summary = element.querySelector("summary");
        return summary ? read(summary, around) : "";
      }
      const inner = { ...around, visible: style.visibility === "visible" };
      const made = inner.visible ? special(element, tag, inner) : null;
      if (made !== null) return made;
      if (style.display.startsWith("inline") || style.display === "contents")
        return wrapped(element, tag, inner);
      if (around.inline) return ` ${children(element, inner)} `;
      const isTight = /^(UL|OL|DL)$/.test(tag) && around.indent !== "";
      const space = isTight ? "\n" : "\n\n";
      const isList = /^(UL|OL)$/.test(tag);
      return `${space}${isList ? children(element, inner) : children(element, inner).trim()}${space}`;
    }

    const text = read(root, { pre: false, inline: false, indent: "", depth: 0, visible: true });
    const tidy = text
      .replace(/[ \t]+\n/g, "\n")
      .replace(/\n[ \t]+(?![ \t]*(-|\d+\.) )/g, "\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim();
    return { found: true, document: elements.document, text: tidy, frames };
  };
}
