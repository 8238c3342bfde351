// Servers that do not know a model's way of thinking leave it in the text: `<think>…</think>` before
// the answer. Tells the two apart, however the stream was cut into pieces. A tag anywhere but at the
// very beginning is text that somebody wants to read.

export type Said = { type: "text" | "reasoning"; text: string };

export interface ThinkingTags {
  push(text: string): Said[];
  /** What was held back because it could have become a tag. */
  end(): Said[];
}

const opening = ["<think>", "<thinking>"];
const closing = /<\/think(?:ing)?>/;
const longestClosing = "</thinking>".length;

export function createThinkingTags(): ThinkingTags {
  let state: "beginning" | "opened" | "thinking" | "closed" | "answering" = "beginning";
  let held = "";

  const step = (): Said[] => {
    if (state === "beginning") return begin();
    if (state === "opened" || state === "closed") {
      // White space beside the tags belongs to them.
      held = held.trimStart();
      if (held === "") return [];
      state = state === "opened" ? "thinking" : "answering";
    }
    if (state === "thinking") return think();
    return take("text", held.length);
  };

  const begin = (): Said[] => {
    const seen = held.trimStart();
    const tag = opening.find((one) => seen.startsWith(one));
    if (tag !== undefined) {
      held = seen.slice(tag.length);
      state = "opened";
      return step();
    }
    if (opening.some((one) => one.startsWith(seen))) return [];
    state = "answering";
    return step();
  };

  const think = (): Said[] => {
    const end = closing.exec(held);
    if (end === null) return take("reasoning", held.length - undecided(held));
    const thought = take("reasoning", end.index);
    held = held.slice(end[0].length);
    state = "closed";
    return [...thought, ...step()];
  };

  const take = (type: Said["type"], length: number): Said[] => {
    const text = held.slice(0, length);
    held = held.slice(length);
    return text === "" ? [] : [{ type, text }];
  };

  return {
    push(text) {
      if (state === "answering") return text === "" ? [] : [{ type: "text", text }];
      held += text;
      return step();
    },
    end: () => take(state === "thinking" ? "reasoning" : "text", held.length),
  };
}

/** How much of the end could still become a closing tag. */
function undecided(text: string): number {
  const from = text.lastIndexOf("<");
  const tail = from < 0 ? "" : text.slice(from);
  const possible = "</thinking>".startsWith(tail) || "</think>".startsWith(tail);
  return tail.length < longestClosing && possible ? tail.length : 0;
}
