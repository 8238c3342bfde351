// The built companion on a phone's screen, linked to a host of a bench: straight, or through the mirror.
import { chromium, type Browser, type Page } from "playwright-core";
import { findChromium, quietChromiumArgs } from "../scripts/chromium.ts";
import { account, type BenchHost } from "./mirrored-host.ts";

const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

export type Wire = "lan" | "mirror";

export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("No Chromium found: install one or set CHROMIUM_PATH.");
  return chromium.launch({ executablePath, args: [...quietChromiumArgs] });
}

/** A phone of its own, at the list of sessions. `prepare` sees the page before it goes anywhere. */
export async function linkedPage(
  browser: Browser,
  host: BenchHost,
  wire: Wire,
  prepare?: (page: Page) => Promise<void>,
): Promise<Page> {
  const context = await browser.newContext(phone);
  const page = await context.newPage();
  await prepare?.(page);
  const companion = `${host.url}/companion/`;
  if (wire === "lan") {
    await page.goto(`${companion}#token=${host.token}`);
    await page.getByRole("button", { name: "Connection: live" }).waitFor();
    return page;
  }
  const { link } = await host.client.call("mirror.link", { companion });
  await page.goto(link);
  await page.getByLabel("Password").fill(account.password);
  await page.getByRole("button", { name: "Sign in" }).tap();
  await page.getByRole("button", { name: "Connection: mirror" }).waitFor();
  return page;
}
