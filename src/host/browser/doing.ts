// What the agent does now or did last, for the person who watches.
import type { PageBox } from "../../contract/browser.ts";
import type { ElementNumber, PageAction } from "../../core/browser-ports.ts";

export type Doing = { summary: string; box: PageBox | null; now: boolean };

export type DoingBoard = ReturnType<typeof createDoing>;

/** Titles of elements somebody asked about, the last ones. */
const mostTitles = 500;

export function createDoing(changed: () => void) {
  const titles = new Map<ElementNumber, string>();
  let doing: Doing | null = null;

  return {
    current: () => doing,
    begin(summary: string): (box: PageBox | null) => void {
      const begun: Doing = { summary, box: null, now: true };
      doing = begun;
      changed();
      return (box) => {
        begun.now = false;
        begun.box = box ?? begun.box;
        changed();
      };
    },
    at(box: PageBox | null): void {
      if (!doing?.now || box === null) return;
      doing.box = box;
      changed();
    },
    named(element: ElementNumber, title: string): void {
      titles.set(element, title);
      const [oldest] = titles.keys();
      if (titles.size > mostTitles && oldest !== undefined) titles.delete(oldest);
    },
    titleOf: (element: ElementNumber) => titles.get(element) ?? `element ${element}`,
  };
}

export function elementOf(action: PageAction): ElementNumber | undefined {
  if (action.kind === "type") return action.fields[0]?.element;
  return "element" in action ? action.element : undefined;
}

/** `click button “Search”`. What is typed is not told. */
export function summaryOf(action: PageAction, titleOf: (element: ElementNumber) => string): string {
  const element = elementOf(action);
  const title = element === undefined ? "" : ` ${titleOf(element)}`;
  switch (action.kind) {
    case "click":
      return `${action.double === true ? "double-click" : "click"}${title}`;
    case "type":
      return action.fields.length > 1
        ? `fill in ${action.fields.length} fields`
        : `type into${title}`;
    case "press":
      return `press ${action.keys.join(", ").slice(0, 60)}`;
    case "scroll":
      return `scroll ${action.scroll.to}`;
    case "hover":
      return `point at${title}`;
    case "select":
      return `choose in${title}`;
    case "upload":
      return `upload to${title}`;
    case "dismiss_banner":
      return "dismiss the banner";
  }
}
