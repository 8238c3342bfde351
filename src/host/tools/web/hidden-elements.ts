// Removes what a reader of the page would not see: the favourite place for orders to an agent.
// Knows inline styles, the hiding attributes, and plain rules of the page's own style sheets; what
// only a full browser can tell (outer style sheets, scripts) it does not see.
import type { PageDocument, PageElement } from "./dom.ts";

const neverRead =
  "script,style,noscript,template,iframe,frame,object,embed,svg,canvas,audio,video,dialog:not([open])," +
  "[hidden],[aria-hidden=true],input,select,textarea,datalist";
const maxRules = 300;

export function removeHidden(document: PageDocument): void {
  const styles = [...document.querySelectorAll("style")].map((style) => style.textContent ?? "");
  const isStyled = styles.length > 0 || document.querySelector("link[rel~=stylesheet]") !== null;
  for (const selector of hidingSelectors(styles.join("\n")))
    for (const element of selected(document, selector)) removeElement(element);
  for (const element of document.querySelectorAll(neverRead)) removeElement(element);
  for (const element of document.querySelectorAll("[style],[color]"))
    if (isHidden(element, isStyled)) removeElement(element);
}

/** A whole page is often hidden until its scripts have run; none do here. */
function removeElement(element: PageElement): void {
  if (element.localName !== "html" && element.localName !== "body") element.remove();
}

type Style = ReadonlyMap<string, string>;

function isHidden(element: PageElement, pageIsStyled: boolean): boolean {
  const style = styleOf(element);
  return hides(style) || isColouredAway(element, style, pageIsStyled);
}

function styleOf(element: PageElement): Style {
  return parseDeclarations(element.getAttribute("style") ?? "");
}

function parseDeclarations(text: string): Style {
  const style = new Map<string, string>();
  for (const declaration of text
    .toLowerCase()
    .replace(/\/\*.*?\*\//gs, "")
    .split(";")) {
    const colon = declaration.indexOf(":");
    if (colon < 0) continue;
    const value = declaration
      .slice(colon + 1)
      .replace("!important", "")
      .trim();
    style.set(declaration.slice(0, colon).trim(), value);
  }
  return style;
}

function hides(style: Style): boolean {
  const value = (name: string) => style.get(name) ?? "";
  if (value("display") === "none" || /^(hidden|collapse)$/.test(value("visibility"))) return true;
  if (/^(0*\.0\d*|0+)%?$/.test(value("opacity"))) return true;
  if (isTiny(value("font-size")) || /^0\b(?!\.)/.test(value("zoom"))) return true;
  if (isFarAway(value("text-indent"))) return true;
  if (/scale[xy]?\(\s*0(\.0*)?\s*[,)]/.test(value("transform"))) return true;
  if (value("color") === "transparent" || /^rgba\(.*,\s*0(\.0*)?\s*\)$/.test(value("color")))
    return true;
  if (/rect\(\s*(0|1)(px)?[\s,]/.test(value("clip"))) return true;
  if (/inset\(\s*(50|100)%|circle\(\s*0/.test(value("clip-path"))) return true;
  if (value("content-visibility") === "hidden") return true;
  const clipped = /hidden|clip/.test(value("overflow"));
  const small = ["width", "height", "max-width", "max-height"].some((name) => isTiny(value(name)));
  if (clipped && small) return true;
  const offset = ["left", "right", "top", "bottom", "margin-left", "margin-top"];
  return offset.some((name) => isFarAway(value(name)));
}

/** At most one pixel. */
function isTiny(value: string): boolean {
  return /^0+(\.0+)?[a-z%]*$|^0*\.\d+(px|pt)$|^1(\.0*)?(px|pt)$/.test(value);
}

function isFarAway(value: string): boolean {
  return /^-\d{4,}(\.\d+)?(px|pt)?$|^-\d{3,}(em|rem|%|vw|vh)$/.test(value);
}

/** Text in the colour of what is behind it. White counts where nothing can have set a background. */
function isColouredAway(element: PageElement, style: Style, pageIsStyled: boolean): boolean {
  const color = plainColor(style.get("color") ?? element.getAttribute("color") ?? "");
  if (color === "") return false;
  const behind = backgroundBehind(element);
  if (behind !== null) return behind === color;
  return color === "#ffffff" && !pageIsStyled;
}

function backgroundBehind(element: PageElement | null): string | null {
  for (let at = element; at !== null; at = at.parentElement) {
    const style = styleOf(at);
    const set =
      style.get("background-color") ?? style.get("background") ?? at.getAttribute("bgcolor");
    if (set !== null && set !== undefined) return plainColor(set);
  }
  return null;
}

function plainColor(text: string): string {
  const value = text.trim().toLowerCase();
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/.exec(value);
  if (short)
    return `#${short
      .slice(1)
      .map((digit) => digit + digit)
      .join("")}`;
  const rgb = /^rgba?\(\s*(\d+)[\s,]+(\d+)[\s,]+(\d+)/.exec(value);
  if (rgb)
    return `#${rgb
      .slice(1)
      .map((part) => Number(part).toString(16).padStart(2, "0"))
      .join("")}`;
  return { white: "#ffffff", black: "#000000" }[value] ?? value;
}

/** Selectors of the page's own top-level rules that hide what they match. */
function hidingSelectors(sheet: string): string[] {
  const found: string[] = [];
  const flat = sheet
    .replace(/\/\*.*?\*\//gs, "")
    .replace(/@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}/g, "");
  for (const [, selector = "", declarations = ""] of flat.matchAll(/([^{}@;]+)\{([^{}]*)\}/g)) {
    if (/:{1,2}[a-z]/i.test(selector) || !hides(parseDeclarations(declarations))) continue;
    found.push(selector.trim());
    if (found.length >= maxRules) break;
  }
  return found;
}

function selected(document: PageDocument, selector: string): PageElement[] {
  if (selector.includes("*")) return [];
  try {
    return [...document.querySelectorAll(selector)];
  } catch (_unknownSelector) {
    return [];
  }
}
