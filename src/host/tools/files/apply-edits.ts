// Applies exact replacements to a text. Pure. Line ends are compared as if all were \n and kept as
// they are in the file; a replacement that is not exactly one place is refused with what was found.
import { AetheriaError } from "../../../contract/errors.ts";
import { count } from "../amounts.ts";
import { nearestText } from "./nearest-text.ts";

export type Edit = { old_text: string; new_text: string; replace_all: boolean };
export type Edited = { text: string; replacements: number };

/** In order, each on the outcome of the one before. Throws bad_input or not_found or conflict. */
export function applyEdits(text: string, edits: readonly Edit[], shown: string): Edited {
  let edited: Edited = { text, replacements: 0 };
  for (const [i, edit] of edits.entries()) {
    const name = edits.length === 1 ? "old_text" : `old_text of edit ${i + 1}`;
    const next = applyOne(edited.text, edit, name, shown);
    edited = { text: next.text, replacements: edited.replacements + next.replacements };
  }
  return edited;
}

function applyOne(text: string, edit: Edit, name: string, shown: string): Edited {
  const wanted = edit.old_text.replaceAll("\r\n", "\n");
  const fresh = edit.new_text.replaceAll("\r\n", "\n");
  if (wanted === fresh) throw new AetheriaError("bad_input", `${name} and new_text are the same.`);
  if (wanted === "") return fillEmpty(text, fresh, name, shown);
  const plain = withoutReturns(text);
  const starts = placesOf(plain.text, wanted);
  if (starts.length === 0) throw notFound(plain.text, wanted, fresh, name, shown);
  if (starts.length > 1 && !edit.replace_all) throw ambiguous(plain.text, starts, name, shown);
  const insert = plain.usesReturns ? fresh.replaceAll("\n", "\r\n") : fresh;
  return { text: splice(text, plain, starts, wanted.length, insert), replacements: starts.length };
}

function fillEmpty(text: string, fresh: string, name: string, shown: string): Edited {
  if (text === "") return { text: fresh, replacements: 1 };
  throw new AetheriaError("bad_input", `${name} is empty, but ${shown} is not.`, {
    hint: "Give the exact text to replace; to add something, include the line beside it.",
  });
}

function placesOf(text: string, wanted: string): number[] {
  const starts: number[] = [];
  for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + wanted.length))
    starts.push(at);
  return starts;
}

function splice(text: string, plain: Plain, starts: number[], length: number, insert: string) {
  let result = "";
  let from = 0;
  for (const start of starts) {
    result += text.slice(from, plain.original(start)) + insert;
    from = plain.original(start + length);
  }
  return result + text.slice(from);
}

// ── Line ends ────────────────────────────────────────────────────────────────────────────────────

type Plain = {
  text: string;
  /** The index in the original text of an index in the plain one. */
  original(index: number): number;
  /** Most lines end in \r\n. */
  usesReturns: boolean;
};

function withoutReturns(text: string): Plain {
  if (!text.includes("\r\n")) return { text, original: (index) => index, usesReturns: false };
  const dropped: number[] = [];
  for (let at = text.indexOf("\r\n"); at !== -1; at = text.indexOf("\r\n", at + 2))
    dropped.push(at - dropped.length);
  const plain = text.replaceAll("\r\n", "\n");
  return {
    text: plain,
    original: (index) => index + countBelow(dropped, index),
    usesReturns: dropped.length * 2 >= plain.split("\n").length - 1,
  };
}

/** How many of the sorted numbers are below `limit`. */
function countBelow(sorted: number[], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

// ── Words ────────────────────────────────────────────────────────────────────────────────────────

function ambiguous(text: string, starts: number[], name: string, shown: string): AetheriaError {
  const lines = starts.slice(0, 10).map((start) => text.slice(0, start).split("\n").length);
  const more = starts.length > lines.length ? " …" : "";
  return new AetheriaError(
    "conflict",
    `${name} is in ${shown} ${count(starts.length, "time")} (lines ${lines.join(", ")}${more}).`,
    { hint: "Include more of the lines around it to name one place, or set replace_all." },
  );
}

function notFound(
  text: string,
  wanted: string,
  fresh: string,
  name: string,
  shown: string,
): AetheriaError {
  const message = `${name} is not in ${shown}; nothing was changed.`;
  if (fresh.trim() !== "" && text.includes(fresh))
    return new AetheriaError("not_found", message, {
      hint: "new_text is there already: this edit may have been made before.",
    });
  const near = nearestText(text, wanted, 2).map(
    ({ firstLine, lastLine, text: found, onlySpacing }) => {
      const how = onlySpacing ? ", which differ only in white space" : "";
      return `Lines ${firstLine}–${lastLine}${how}:\n${found}`;
    },
  );
  const hint =
    near.length > 0
      ? `Nearest text:\n${near.join("\n\n")}`
      : "Read the file again and copy the text exactly.";
  return new AetheriaError("not_found", message, { hint });
}
