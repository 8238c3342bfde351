// What can be done with an answer, as the verbs of its row.
import type { TextItem } from "../../../../core/session/view.ts";
import { Copy, Download, GitFork, Quote, RefreshCw } from "../../../ui/icons.ts";
import type { Words } from "../../../words/words.ts";
import type { ChatState } from "../chat-state.svelte.ts";
import type { Verb } from "./verb.ts";

/** `selected` is what of the answer is selected now, else empty. */
export function answerVerbs(
  chat: ChatState,
  w: Words["chat"],
  item: Pick<TextItem, "seq" | "runId">,
  text: string,
  selected: () => string,
): Verb[] {
  const { verbs } = chat;
  return [
    { id: "copy", label: w.copyAnswer, icon: Copy, run: () => void verbs.copy(text) },
    { id: "quote", label: w.quote, icon: Quote, run: () => verbs.quote(selected() || text) },
    {
      id: "retry",
      label: w.retryAnswer,
      icon: RefreshCw,
      disabled: chat.isRunning,
      run: () => void verbs.retry(item),
    },
    { id: "fork", label: w.fork, icon: GitFork, run: () => void verbs.forkAfter(item) },
    { id: "save", label: w.saveAnswer, icon: Download, run: () => verbs.save(text) },
  ];
}

/** The selected text where the selection lies within this element. */
export function selectedIn(element: Element | undefined): string {
  const selection = getSelection();
  if (!element || !selection || selection.rangeCount === 0) return "";
  const { commonAncestorContainer } = selection.getRangeAt(0);
  return element.contains(commonAncestorContainer) ? selection.toString().trim() : "";
}
