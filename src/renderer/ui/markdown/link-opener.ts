// What happens when a reader follows a link of a text. A page that must not navigate by itself
// gives an opener once at its root; without one the browser opens a new tab.
import { getContext, setContext } from "svelte";

export type LinkOpener = (url: string) => void;

const key = Symbol("link-opener");

export function provideLinkOpener(open: LinkOpener): void {
  setContext(key, open);
}

export function linkOpener(): LinkOpener | undefined {
  return getContext<LinkOpener | undefined>(key);
}
