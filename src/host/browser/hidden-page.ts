// A page beside the tabs, for what the browser itself is to ask for. Nobody sees it, it takes no place in
// front, and it is no tab.
import { randomUUID } from "node:crypto";
import type { BrowserContext, CDPSession, Page } from "playwright-core";

export type HiddenPages = ReturnType<typeof createHiddenPages>;

export type HiddenPage = {
  page: Page;
  /** Of its only frame, as the browser's own session names it. */
  frameId: string;
};

export function createHiddenPages(context: BrowserContext, cdp: Promise<CDPSession>) {
  const coming = new Set<string>();
  const hidden = new WeakSet<Page>();

  return {
    /** Asked when a page came: pages of a site cannot know the address of one that is coming. */
    isHidden(page: Page): boolean {
      if (coming.has(page.url())) hidden.add(page);
      return hidden.has(page);
    },
    async open(): Promise<HiddenPage> {
      const url = `about:blank#${randomUUID()}`;
      coming.add(url);
      try {
        const came = context.waitForEvent("page", { predicate: (page) => page.url() === url });
        came.catch(() => undefined);
        const session = await cdp;
        const { targetId } = await session.send("Target.createTarget", { url, background: true });
        return { page: await came, frameId: targetId };
      } finally {
        coming.delete(url);
      }
    },
  };
}
