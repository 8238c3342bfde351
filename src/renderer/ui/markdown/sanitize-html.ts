// The only door between HTML made from a model's words and the page. Lets through what prose
// needs and nothing that runs, loads from elsewhere, submits, or could pass for our own controls.
import DOMPurify from "dompurify";

const tags =
  "a abbr b blockquote br code dd del details dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split(
    " ",
  );
const attributes =
  "align alt class colspan dir href lang open rowspan src start title width height".split(" ");

const linkTarget = /^(?:https:\/\/|mailto:|#)/i;
const localImage = /^(?:data:image\/(?:png|jpeg|gif|webp|avif);|blob:)/i;
const languageClass = /^language-[\w+#.-]+$/;

function createPurifier() {
  const purifier = DOMPurify(window);
  purifier.addHook("uponSanitizeAttribute", (element, data) => {
    const value = data.attrValue.trim();
    if (data.attrName === "class") data.keepAttr = languageClass.test(value);
    if (data.attrName === "href") data.keepAttr = linkTarget.test(value);
    if (data.attrName === "src")
      data.keepAttr = element.nodeName === "IMG" && localImage.test(value);
  });
  purifier.addHook("afterSanitizeAttributes", (element) => {
    if (element.nodeName === "A" && !element.getAttribute("href")?.startsWith("#")) {
      element.setAttribute("target", "_blank");
      element.setAttribute("rel", "noopener noreferrer");
    }
  });
  return purifier;
}

const purifier = createPurifier();

/** Safe HTML for `{@html}`. Remote images lose their address; only https, mailto and # links stay. */
export function sanitizeHtml(html: string): string {
  return purifier.sanitize(html, {
    ALLOWED_TAGS: tags,
    ALLOWED_ATTR: attributes,
    ALLOW_DATA_ATTR: false,
    ALLOW_ARIA_ATTR: false,
  });
}
