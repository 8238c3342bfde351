// How a part of a text asks its root to draw the maths that just came in, once for all parts.
import { getContext, setContext } from "svelte";

const key = Symbol("math-drawer");

/** For the root: `root` gives the element that all parts stand in, null once it is gone. */
export function provideMathDrawer(root: () => Element | null): void {
  let isAsked = false;
  setContext(key, () => {
    if (isAsked) return;
    isAsked = true;
    void import("./render-math.ts").then(({ renderMath }) => {
      isAsked = false;
      const element = root();
      if (element) renderMath(element);
    });
  });
}

export function mathDrawer(): () => void {
  return getContext<(() => void) | undefined>(key) ?? (() => undefined);
}
