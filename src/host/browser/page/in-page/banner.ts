// Finds the banner that asks about cookies, and the button of it that refuses most.
import type { PageElement, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { Names } from "./names.ts";
import type { ElementId } from "./wire.ts";

export type Banner = { document: string; id: ElementId | null; name: string; score: number };

/** Sent into the page as text: refers to nothing outside itself. */
export function createBanner(
  window: PageWindow,
  { elements, names }: { elements: Elements; names: Names },
) {
  const { document } = window;
  const known =
    "#onetrust-reject-all-handler,#onetrust-accept-btn-handler,#CybotCookiebotDialogBodyButtonDecline," +
    "#CybotCookiebotDialogBodyLevelButtonLevelOptinAllowAll,.cc-deny,.cc-dismiss,#didomi-notice-disagree-button," +
    "#didomi-notice-agree-button,.qc-cmp2-summary-buttons button,[data-testid=uc-deny-all-button]," +
    "[data-testid=uc-accept-all-button],.fc-cta-do-not-consent,.fc-cta-consent,#truste-consent-button";
  const about =
    /cookie|consent|gdpr|privacy|tracking|datenschutz|einwillig|confidentialit|privacidad|privacy|personuppgift|ciasteczk|файл.{0,6}cookie|同意|クッキー/i;
  const reject =
    /reject|decline|refuse|deny|disagree|do not (consent|accept)|only (necessary|essential|required)|(necessary|essential|required)( cookies)? only|ablehnen|nur (notwendige|erforderliche|essenzielle)|verweiger|refuser|continuer sans accepter|rechazar|solo (las )?necesarias|rifiuta|solo (i )?necessari|weiger|alleen noodzakelijke|recusar|rejeitar|odrzu|avvisa|afvis|hylkää|отклон|拒否|拒绝/i;
  const accept =
    /accept|agree|allow|consent|got it|understand|^ok(ay)?$|akzeptier|zustimm|einverstanden|alle erlauben|accepter|j.accepte|aceptar|acepto|accetta|accepteer|akkoord|aceitar|zgadzam|akceptuj|godkänn|tillad|hyväksy|принять|согласен|同意|接受/i;
  const close = /^(×|x|✕|✖)$|close|dismiss|schlie|fermer|cerrar|chiudi|sluiten/i;

  function isSeen(element: PageElement): boolean {
    const { width, height } = element.getBoundingClientRect();
    return width > 3 && height > 3 && window.getComputedStyle(element).visibility === "visible";
  }

  function all(
    root: { querySelectorAll(selector: string): ArrayLike<PageElement> },
    depth = 0,
  ): PageElement[] {
    const found = Array.from(
      root.querySelectorAll("button,[role=button],a,input[type=button],input[type=submit]"),
    );
    if (depth > 3) return found;
    for (const host of Array.from(root.querySelectorAll("*")).slice(0, 20_000))
      if (host.shadowRoot) found.push(...all(host.shadowRoot, depth + 1));
    return found;
  }

  /** The banner around a button: what hangs over the page or is called after what it is about. */
  function bannerOf(button: PageElement): PageElement | null {
    let at: PageElement | null = button.parentElement ?? button.getRootNode().host ?? null;
    for (let depth = 0; at && at !== document.body && depth < 14; depth++) {
      const { position } = window.getComputedStyle(at);
      const label = `${at.id} ${at.getAttribute("class") ?? ""} ${at.getAttribute("aria-label") ?? ""}`;
      const hangs =
        position === "fixed" ||
        position === "sticky" ||
        /dialog/.test(at.getAttribute("role") ?? "");
      if (about.test(label) && at.tagName !== "HTML") return at;
      if ((hangs || at.tagName === "DIALOG") && about.test(names.wordsOf(at, 1_500))) return at;
      at = at.parentElement ?? at.getRootNode().host ?? null;
    }
    return null;
  }

  function scoreOf(name: string): number {
    if (name.length > 60) return 0;
    if (reject.test(name)) return 3;
    if (accept.test(name)) return 2;
    return close.test(name) ? 1 : 0;
  }

  /** Consent platforms put theirs into a frame of its own, which then says little else. */
  function isFrameOfBanner(): boolean {
    const { body } = document;
    if (window.parent === window || body === null) return false;
    const words = names.wordsOf(body, 3_001);
    return words.length <= 3_000 && (about.test(window.location.href) || about.test(words));
  }

  return function banner(): Banner {
    const best: Banner = { document: elements.document, id: null, name: "", score: 0 };
    const isAllBanner = isFrameOfBanner();
    for (const button of all(document)) {
      const name = names.nameOf(button, true);
      const score = scoreOf(name);
      if (score <= best.score || !isSeen(button)) continue;
      if (!button.matches(known) && !bannerOf(button) && !isAllBanner) continue;
      Object.assign(best, { id: elements.idOf(button), name, score });
    }
    return best;
  };
}
