// Where one may want to go in a conversation: what the person said, the headings of answers, what was
// made. Pure.
import type { Item } from "../../../../core/session/view.ts";

export type JumpEntry = {
  key: string;
  seq: number;
  at: number;
  kind: "message" | "heading" | "artifact";
  text: string;
  /** Among the headings of its answer, from 0. */
  nth: number;
};

const maxText = 120;

export function jumpEntries(items: readonly Item[]): JumpEntry[] {
  return items.flatMap((item): JumpEntry[] => {
    const { seq, at } = item;
    const entry = (kind: JumpEntry["kind"], text: string, nth = 0): JumpEntry => ({
      ...{ key: `${seq}:${nth}`, seq, at, kind, nth },
      text: text.replace(/\s+/g, " ").trim().slice(0, maxText),
    });
    if (item.kind === "message")
      return [entry("message", item.text || item.attachments.map(({ name }) => name).join(", "))];
    if (item.kind === "artifact") return [entry("artifact", item.artifact.title)];
    if (item.kind !== "text") return [];
    return headingsOf(item.text).map((text, nth) => entry("heading", text, nth));
  });
}

/** The three highest levels, outside of code. */
function headingsOf(markdown: string): string[] {
  const found: string[] = [];
  let fence = "";
  if (!markdown.includes("#")) return found;
  for (const line of markdown.split("\n")) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1] ?? "";
    if (fence === "") fence = mark;
    else if (mark.startsWith(fence)) fence = "";
    if (fence !== "") continue;
    const heading = /^#{1,3}\s+(.+?)\s*#*$/.exec(line)?.[1];
    if (heading !== undefined) found.push(heading.replace(/[*`~]+|__/g, ""));
  }
  return found;
}
