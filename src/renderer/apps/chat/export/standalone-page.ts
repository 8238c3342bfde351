// A laid-out conversation as one file that opens anywhere: its elements, the rules of the page's
// stylesheets that touch them, its pictures inside. No script, no font, nothing from elsewhere.

const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
const dropped =
  "script, style, link, meta, iframe, object, embed, dialog, button, input:not([type=checkbox]), " +
  "textarea, select, form, audio, video, [hidden], .sr-only";

/** The display face is bold by itself; what stands in for it is not. */
const ownRules = "h1,h2,h3,h4,h5,h6{font-weight:700}";

export async function standalonePage(root: HTMLElement, title: string): Promise<string> {
  const copy = root.cloneNode(true);
  if (!(copy instanceof HTMLElement)) throw new Error("An element's copy is an element.");
  for (const gone of copy.querySelectorAll(dropped)) gone.remove();
  await carryPictures(root, copy);
  for (const element of copy.querySelectorAll("*")) clean(element);
  const page = document.implementation.createHTMLDocument(title);
  page.documentElement.lang = document.documentElement.lang;
  page.documentElement.dataset["theme"] = "light";
  page.head.innerHTML =
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">';
  const meta = page.createElement("meta");
  meta.httpEquiv = "Content-Security-Policy";
  meta.content = policy;
  const titleElement = page.createElement("title");
  titleElement.textContent = title;
  const style = page.createElement("style");
  style.textContent = `${rulesFor(copy)}\n${ownRules}`;
  page.head.append(meta, titleElement, style);
  page.body.append(...copy.childNodes);
  return `<!doctype html>\n${page.documentElement.outerHTML}\n`;
}

/** Addresses of this page mean nothing in a file: the bytes go in. */
async function carryPictures(root: Element, copy: Element): Promise<void> {
  const shown = [...root.querySelectorAll("img")];
  const copies = copy.querySelectorAll("img");
  const all = shown.filter((picture) => !picture.closest(dropped));
  await Promise.all(
    all.map(async (picture, index) => {
      const own = copies[index];
      if (own) own.src = await dataAddress(picture).catch(() => "");
    }),
  );
}

/** Drawn anew rather than fetched: the page may not fetch `blob:`. */
async function dataAddress(picture: HTMLImageElement): Promise<string> {
  if (picture.src.startsWith("data:image/")) return picture.src;
  await picture.decode();
  const canvas = document.createElement("canvas");
  canvas.width = picture.naturalWidth;
  canvas.height = picture.naturalHeight;
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
  return canvas.toDataURL("image/png");
}

function clean(element: Element): void {
  for (const { name, value } of [...element.attributes]) {
    const isHandler = name.startsWith("on");
    const isAddress = name === "href" || name === "src" || name === "xlink:href";
    if (isHandler || (isAddress && !/^(https?:|mailto:|#|data:image\/)/i.test(value)))
      element.removeAttribute(name);
  }
}

function rulesFor(copy: Element): string {
  const sheets = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
  return sheets.map((rule) => ruleFor(rule, copy)).join("\n");
}

/** The text of a rule that touches what is in the file; else empty. Fonts and far files stay away. */
function ruleFor(rule: CSSRule, copy: Element): string {
  if (rule instanceof CSSMediaRule || rule instanceof CSSSupportsRule) {
    const inner = [...rule.cssRules].map((one) => ruleFor(one, copy)).join("");
    const kind = rule instanceof CSSMediaRule ? "media" : "supports";
    return inner === "" ? "" : `@${kind} ${rule.conditionText}{${inner}}`;
  }
  if (!(rule instanceof CSSStyleRule) || !touches(rule.selectorText, copy)) return "";
  return rule.cssText.replace(/url\((?!["']?data:)[^)]*\)/g, "none");
}

function touches(selectors: string, copy: Element): boolean {
  if (/:root|\bhtml\b|\bbody\b|^\*|data-theme/.test(selectors))
    return !/print-root/.test(selectors);
  // What is only there at the pointer or beside an element is asked for by its element.
  const plain = selectors.replace(/::?(before|after|marker|placeholder|hover|focus[a-z-]*)/g, "");
  try {
    return copy.querySelector(plain) !== null;
  } catch {
    return false; // a selector of another browser
  }
}
