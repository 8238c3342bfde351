// The session as a window sees it: while the window is not shown its view stands still, so that
// nothing in it is drawn or reckoned, and the window keeps what it held.
import type { OpenSession } from "../shared/open-session.svelte.ts";

export function whileShown(session: OpenSession, isShown: () => boolean): OpenSession {
  let last = session.view;
  const view = $derived.by(() => {
    if (isShown()) last = session.view;
    return last;
  });
  return new Proxy(session, {
    get(target, key): unknown {
      if (key === "view") return view;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
