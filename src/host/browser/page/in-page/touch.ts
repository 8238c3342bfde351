// Whether an element can be touched, where, and what is in the way. Scrolls it into view.
import type { PageElement, PageRect, PageRoot, PageWindow } from "./dom.ts";
import type { Elements } from "./elements.ts";
import type { Names } from "./names.ts";
import type { Roles } from "./roles.ts";
import type { ElementId } from "./wire.ts";

export type Cover = {
  role: string;
  name: string;
  id: ElementId;
  /** What closes it, as far as its name tells. */
  close: { id: ElementId; name: string; role: string } | null;
};

export type FramePoint = { found: boolean; left: number; top: number; cover: Cover | null };

export type Touch = {
  document: string;
  found: boolean;
  hidden: boolean;
  disabled: boolean;
  editable: boolean;
  readOnly: boolean;
  offScreen: boolean;
  role: string;
  name: string;
  tag: string;
  type: string;
  secret: boolean;
  /** What is shown of the options of a select, and their values. */
  options: { label: string; value: string; disabled: boolean }[] | null;
  multiple: boolean;
  /** On its way to another place, and will be there soon. */
  moving: boolean;
  point: { x: number; y: number };
  box: [number, number, number, number];
  cover: Cover | null;
};

/** Sent into the page as text: refers to nothing outside itself. */
export function createTouch(
  window: PageWindow,
  { elements, roles, names }: { elements: Elements; roles: Roles; names: Names },
) {
  const { document } = window;
  const closing =
    /^(×|x|✕|✖|╳)$|close|dismiss|cancel|no,? thanks|not now|later|skip|got it|ok\b|schlie|abbrechen|nein|fermer|annuler|cerrar|chiudi|sluiten|zamknij|закрыть|閉じる|关闭/i;
  const longestMoveMs = 5_000;
  const moves =
    /^(transform|translate|scale|rotate|offset|margin|padding|left|right|top|bottom|inset|width|height|m(ax|in)[WHIB]|flex|grid|(row|column)?gap|font|line)/i;

  function deepest(x: number, y: number): PageElement | null {
    let root: PageRoot = document;
    let hit: PageElement | null = null;
    for (let depth = 0; depth < 20; depth++) {
      const next: PageElement | null = root.elementFromPoint(x, y);
      if (!next || next === hit) return hit;
      hit = next;
      if (!next.shadowRoot) return hit;
      root = next.shadowRoot;
    }
    return hit;
  }

  function parentOf(element: PageElement): PageElement | null {
    return element.assignedSlot ?? element.parentElement ?? element.getRootNode().host ?? null;
  }

  function holds(outer: PageElement, inner: PageElement | null): boolean {
    for (let at = inner; at; at = parentOf(at)) if (at === outer) return true;
    return false;
  }

  function reaches(element: PageElement, hit: PageElement): boolean {
    if (holds(element, hit)) return true;
    // What lies over a link and is inside of what holds both takes no press away when it lets it through.
    const label = hit.closest("label");
    return label !== null && label.control === element;
  }

  const area = ({ width, height }: PageRect) => width * height;

  function pointsOf(element: PageElement): { x: number; y: number }[] {
    const rects = Array.from(element.getClientRects()).filter((rect) => area(rect) > 0);
    const points: { x: number; y: number }[] = [];
    for (const rect of rects.slice(0, 4)) {
      const left = Math.max(0, rect.x);
      const top = Math.max(0, rect.y);
      const right = Math.min(window.innerWidth, rect.x + rect.width);
      const bottom = Math.min(window.innerHeight, rect.y + rect.height);
      if (right <= left || bottom <= top) continue;
      for (const [across, down] of [
        [0.5, 0.5],
        [0.2, 0.5],
        [0.8, 0.5],
        [0.5, 0.2],
        [0.5, 0.8],
      ] as const)
        points.push({ x: left + (right - left) * across, y: top + (bottom - top) * down });
    }
    return points;
  }

  function coverOf(element: PageElement, hit: PageElement): Cover {
    let named: PageElement = hit;
    for (let at: PageElement | null = hit; at && !holds(at, element); at = parentOf(at)) {
      named = at;
      if (/^(dialog|alertdialog)$/.test(roles.roleOf(at))) break;
    }
    const role = roles.roleOf(named);
    const buttons = Array.from(named.querySelectorAll("button,[role=button],a,input[type=button]"));
    const close = buttons.find((button) => closing.test(names.nameOf(button, true)));
    const heading = named.querySelector("h1,h2,h3,h4,[role=heading]");
    const title = names.nameOf(named, false) || (heading ? names.wordsOf(heading, 60) : "");
    return {
      role,
      name: title || names.wordsOf(named, 60),
      id: elements.idOf(named),
      close: close
        ? { id: elements.idOf(close), name: names.nameOf(close, true), role: roles.roleOf(close) }
        : null,
    };
  }

  function find(element: PageElement) {
    let hit: PageElement | null = null;
    const points = pointsOf(element);
    for (const point of points) {
      hit = deepest(point.x, point.y);
      if (hit && reaches(element, hit)) return { point, hit: null, any: true };
    }
    return { point: points[0] ?? { x: 0, y: 0 }, hit, any: points.length > 0 };
  }

  function optionsOf(element: PageElement): Touch["options"] {
    if (element.tagName.toUpperCase() !== "SELECT") return null;
    return Array.from(element.options ?? [], (option) => ({
      label: (option.label || option.textContent || "").trim(),
      value: option.value ?? "",
      disabled: option.disabled === true,
    }));
  }

  /** Asked of the animation and not of two places one after the other: on a busy machine both are read
   * in the same frame. What goes round for ever is never waited for. */
  function isMoving(element: PageElement): boolean {
    for (let at: PageElement | null = element; at; at = parentOf(at))
      for (const { playState, effect } of at.getAnimations()) {
        if (playState !== "running" || !effect) continue;
        const { endTime } = effect.getComputedTiming();
        if (typeof endTime !== "number" || endTime > longestMoveMs) continue;
        const changed = (effect.getKeyframes?.() ?? []).flatMap((frame) => Object.keys(frame));
        if (changed.some((name) => moves.test(name))) return true;
      }
    return false;
  }

  function isHidden(element: PageElement): boolean {
    const style = window.getComputedStyle(element);
    if (style.visibility !== "visible") return true;
    return Array.from(element.getClientRects()).every((rect) => area(rect) === 0);
  }

  function touch(id: ElementId, scroll: boolean): Touch | { found: false; document: string } {
    const element = elements.find(id);
    if (!element) return { found: false, document: elements.document };
    const rect = element.getBoundingClientRect();
    const isInside =
      rect.y >= 0 &&
      rect.y + Math.min(rect.height, window.innerHeight) <= window.innerHeight &&
      rect.x >= 0 &&
      rect.x + Math.min(rect.width, window.innerWidth) <= window.innerWidth;
    const into = { block: "center", inline: "nearest", behavior: "instant" };
    if (scroll && !isInside) element.scrollIntoView(into);
    let found = find(element);
    if (scroll && found.hit && isInside) {
      element.scrollIntoView(into);
      found = find(element);
    }
    const style = element.getAttribute("contenteditable");
    const isField = /^(INPUT|TEXTAREA)$/i.test(element.tagName);
    const notText = /^(checkbox|radio|button|submit|reset|image|file|hidden)$/;
    const { x, y, width, height } = element.getBoundingClientRect();
    const hidden = isHidden(element);
    return {
      ...{ document: elements.document, found: true, hidden, disabled: roles.isDisabled(element) },
      editable:
        (isField && !notText.test(element.type ?? "")) ||
        (style !== null && style !== "false") ||
        element.isContentEditable === true,
      readOnly: element.readOnly === true,
      offScreen: !hidden && !found.any,
      ...{ role: roles.roleOf(element), name: names.nameOf(element, true) },
      ...{ tag: element.tagName.toUpperCase(), type: element.type ?? "" },
      ...{ secret: roles.isSecret(element), options: optionsOf(element) },
      ...{ multiple: element.multiple === true, moving: isMoving(element) },
      ...{ point: found.point, box: [x, y, width, height] },
      cover: found.hit ? coverOf(element, found.hit) : null,
    };
  }

  /** Where a point of a frame is in this window, and what lies over it. */
  function frame(id: ElementId, point: { x: number; y: number }, scroll: boolean): FramePoint {
    const element = elements.find(id);
    if (!element) return { found: false, left: 0, top: 0, cover: null };
    const corner = () => {
      const rect = element.getBoundingClientRect();
      return { left: rect.x + element.clientLeft, top: rect.y + element.clientTop };
    };
    const at = ({ left, top }: { left: number; top: number }) =>
      [left + point.x, top + point.y] as const;
    let [x, y] = at(corner());
    if (scroll && (x < 0 || y < 0 || x > window.innerWidth || y > window.innerHeight)) {
      const page = document.scrollingElement ?? document.documentElement;
      page.scrollBy({ top: y - window.innerHeight / 2, left: 0, behavior: "instant" });
      [x, y] = at(corner());
    }
    const hit = deepest(x, y);
    const cover = hit && !holds(element, hit) ? coverOf(element, hit) : null;
    return { found: true, ...corner(), cover };
  }

  return { touch, frame };
}
