// Stands in until the page view is there: Playwright's own snapshot, and its refs as numbers.
import type { PageView, PageViewNeeds } from "./page/page-view.ts";
import { AetheriaError } from "../../contract/errors.ts";

export function createThinPageView({ page, redact }: PageViewNeeds): PageView {
  const seen = async () => ({
    url: page.url(),
    title: await page.title(),
    text: redact(await page.ariaSnapshot({ mode: "ai" })),
  });
  const locate = (element: number) => page.locator(`aria-ref=e${element}`);
  const later = () => {
    throw new AetheriaError("internal", "The page view is not there yet.");
  };
  return {
    look: seen,
    change: seen,
    async act(action) {
      if (action.kind === "click") await locate(action.element).click({ timeout: 5_000 });
      else if (action.kind === "type")
        for (const { element, text } of action.fields) await locate(element).fill(text);
      else if (action.kind === "press")
        for (const key of action.keys) await page.keyboard.press(key);
      else later();
      return { box: null };
    },
    async settle() {
      await page.waitForLoadState("domcontentloaded");
    },
    async wait({ text, timeoutMs }) {
      if (text !== undefined) await page.getByText(text).first().waitFor({ timeout: timeoutMs });
    },
    facts: async (element) => ({
      ...{
        role: "",
        name: "",
        title: `element ${element}`,
        href: null,
        secret: false,
        sends: null,
      },
    }),
    pressSends: async () => null,
    text: async () => page.locator("body").innerText(),
    tables: async () => [],
    attributes: async () => ({}),
    async screenshot() {
      const bytes = await page.screenshot({ type: "jpeg" });
      return { bytes, mime: "image/jpeg", width: 1280, height: 800 };
    },
    locate: async (element) => locate(element),
    boxOf: async () => null,
    close: () => undefined,
  };
}
