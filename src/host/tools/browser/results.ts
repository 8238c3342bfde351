// What a verb brings back: a few words for the model, framed as the page's, and the step for the
// person, with its picture kept for replay.
import type { Label, ToolView } from "../../../contract/tool.ts";
import type { Acted, Browser, Picture, Seen } from "../../../core/browser-ports.ts";
import type { Attachments, ToolResult } from "../../../core/ports.ts";
import { oneLine, untrustedPage } from "../untrusted-page.ts";
import { imitationNote } from "./plan.ts";

export interface Results {
  /** Of what changed something. */
  acted(browser: Browser, action: string, acted: Acted): ToolResult;
  /** Of what only looked. `note`: the tool's own words, after the page's. */
  seen(browser: Browser, action: string, seen: Seen, note?: string): ToolResult;
}

export function createResults(attachments: Attachments): Results {
  /** The address a browser's page was told with last: it is not told again while it stays. */
  const told = new WeakMap<Browser, string>();

  const pageText = (browser: Browser, { url, title, text }: Seen): string => {
    const isNew = told.get(browser) !== url;
    told.set(browser, url);
    if (text.trim() === "" && !isNew) return "Nothing changed on the page.";
    return untrustedPage(isNew ? { url, title: oneLine(title, 80) } : {}, text.trim());
  };

  return {
    acted(browser, action, acted) {
      const text = [...notesOf(acted), pageText(browser, acted)].join("\n");
      const { viewport } = acted;
      const box = acted.box === null ? {} : { box: acted.box };
      const view: ToolView = { ...viewOf(action, acted, text), viewport, ...box };
      const later = acted.picture.then((picture) => kept(attachments, picture)).catch(() => null);
      return { text, view, labels: labelsOf(browser), later };
    },
    seen(browser, action, seen, note) {
      const text = [pageText(browser, seen), ...(note === undefined ? [] : [note])].join("\n");
      return { text, view: viewOf(action, seen, text), labels: labelsOf(browser) };
    },
  };
}

export const labelsOf = ({ holdsPrivate }: Browser): Label[] =>
  holdsPrivate ? ["untrusted", "private"] : ["untrusted"];

/** Without a page of its own: of a list, a file, a state. */
export function listResult(browser: Browser, action: string, text: string): ToolResult {
  const { url, title } = browser.place() ?? { url: "", title: "" };
  return { text, view: viewOf(action, { url, title }, text), labels: labelsOf(browser) };
}

export function viewOf(action: string, seen: Pick<Seen, "url" | "title">, told: string) {
  return { kind: "browser", url: seen.url, title: seen.title, action, told } as const;
}

function notesOf(acted: Acted): string[] {
  const warning = imitationNote(acted.url);
  return [...(warning === null ? [] : [warning]), ...acted.notes].map((note) => oneLine(note));
}

async function kept(attachments: Attachments, picture: Picture | null) {
  if (picture === null) return null;
  const { bytes, mime } = picture;
  return attachments.put(bytes, mime === "image/png" ? "step.png" : "step.jpg", mime);
}
