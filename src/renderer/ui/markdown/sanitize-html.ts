// The only door between HTML made from a model's words and the page. Lets through what prose
// needs and nothing that runs, loads from elsewhere, submits, or could pass for our own controls.
import DOMPurify from "dompurify";
import { hasBidi, showBidi } from "./bidi.ts";
import { hostToShow, linkTarget } from "./link-target.ts";

const tags =
  "a abbr b blockquote br code dd del details dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split(
    " ",
  );
const attributes =
  "align alt class colspan dir href lang open rowspan src start title width height".split(" ");

const localImage = /^(?:data:image\/(?:png|jpeg|gif|webp|avif);|blob:)/i;
const ownClass = /^(?:language-[\w+#.-]+|math-source|math-source math-display)$/;
/** Frames inside frames past this are words: a page thousands of elements deep is slow to lay out. */
const deepest = 200;
const closesItself = /^(?:br|hr|img|input|p|li|t[rdh]|d[dt])$/i;

function createPurifier() {
  const purifier = DOMPurify(window);
  purifier.setConfig({
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
  purifier.addHook("uponSanitizeElement", (node) => {
    const text = node.nodeType === Node.TEXT_NODE ? node.nodeValue : null;
    if (text !== null && hasBidi(text)) node.nodeValue = showBidi(text);
  });
  purifier.addHook("uponSanitizeAttribute", (element, data) => {
    const value = data.attrValue.trim();
    if (data.attrName === "class") data.keepAttr = ownClass.test(value);
    if (data.attrName === "href") data.keepAttr = linkTarget(value) !== null;
    if (data.attrName === "src")
      data.keepAttr = element.nodeName === "IMG" && localImage.test(value);
    if (hasBidi(data.attrValue)) data.attrValue = showBidi(data.attrValue);
  });
  purifier.addHook("afterSanitizeAttributes", (element) => {
    if (element.nodeName === "A") showTarget(element);
  });
  return purifier;
}

/** A link opens apart from this page, and tells on hover where it really leads. */
function showTarget(link: Element): void {
  const target = linkTarget(link.getAttribute("href")?.trim() ?? "");
  if (target === null) return;
  const said = link.getAttribute("title");
  link.setAttribute("title", said ? `${target}\n${said}` : target);
  link.setAttribute("target", "_blank");
  link.setAttribute("rel", "noopener noreferrer");
  const host = hostToShow(link.textContent ?? "", target);
  if (host !== null) link.append(` (${host})`);
}

const purifier = createPurifier();

/** Safe HTML for the page. Remote images lose their address; of links only http, https and mailto stay. */
export function sanitizeHtml(html: string): string {
  return purifier.sanitize(shallow(html));
}

/** The same for rows that stand in a table of ours. */
export function sanitizeRows(rows: string): string {
  const safe = sanitizeHtml(`<table><tbody>${rows}</tbody></table>`);
  return /^<table><tbody>([\s\S]*)<\/tbody><\/table>$/.exec(safe)?.[1] ?? "";
}

// Counts what opens and does not close; an honest text is nowhere near.
function shallow(html: string): string {
  if (html.length < deepest * 3) return html;
  let depth = 0;
  return html.replace(/<(\/?)([a-z][a-z0-9]*)(?=[\s/>])/gi, (tag, slash: string, name: string) => {
    if (closesItself.test(name)) return tag;
    depth = Math.max(0, slash ? depth - 1 : depth + 1);
    return !slash && depth > deepest ? `&lt;${name}` : tag;
  });
}
