// What every screen of the app has to be: both looks pictured and without a finding of axe, and nothing
// wider than the screen. Owns how a screen is looked at, not which.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** What depends on colours: all that another theme of the same screen can break. */
export const colourRules = ["color-contrast", "link-in-text-block"];

export const pictures = join(import.meta.dirname, "pictures");

/** Those that README and docs show: in their place when DOCS_PICTURES=1 asks for it. */
export const docsPictures = process.env["DOCS_PICTURES"]
  ? join(import.meta.dirname, "../docs/pictures")
  : pictures;

/** Both looks of a screen; the dark one differs in colour only, so axe looks at nothing else there. */
export async function show(page: Page, name: string, suffix = ""): Promise<void> {
  await page.emulateMedia({ colorScheme: "dark" });
  await picture(page, `${name}-dark${suffix}`);
  expect(await findings(page, { only: colourRules }), `${name} dark`).toEqual([]);
  await page.emulateMedia({ colorScheme: "light" });
  await picture(page, `${name}-light${suffix}`);
  expect(await findings(page), `${name} light`).toEqual([]);
  expect(await overflow(page), name).toBe(0);
}

/** What axe finds, as lines one can read, by all rules unless told which. */
export async function findings(
  page: Page,
  { only, without }: { only?: string[]; without?: string[] } = {},
): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] });
  // Frames need a second page to finish the run on, which takes half of its time; Electron cannot
  // open it.
  axe.setLegacyMode(page.frames().length === 1 || page.url().startsWith("app:"));
  if (only) axe.withRules(only);
  if (without) axe.disableRules(without);
  const { violations } = await axe.analyze();
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 200)).join(" | ")}`,
  );
}

/** A picture of this screen as it is now. */
export async function picture(page: Page, name: string): Promise<void> {
  await mkdir(pictures, { recursive: true });
  await page.evaluate("document.fonts.ready");
  await page.screenshot({ path: join(pictures, `${name}.png`) });
}

/** How far the page is wider than the screen, or than what its own scroll bar leaves of it: 0. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate(`(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return Math.max(0, scrollWidth - Math.min(innerWidth, clientWidth));
  })()`);
