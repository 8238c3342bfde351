// browser_cookies: who keeps cookies in this browser, and clearing them. Their values are never told.
import * as z from "zod";
import type { Browser } from "../../../core/browser-ports.ts";
import type { Tool } from "../../../core/ports.ts";
import { count } from "../amounts.ts";
import { oneLine, untrustedPage } from "../untrusted-page.ts";
import { listResult } from "./results.ts";
import type { BrowserToolsSetup } from "./setup.ts";
import { defineVerb } from "./verb.ts";

const maxHosts = 100;

export function cookiesTool(setup: BrowserToolsSetup): Tool {
  return defineVerb(setup, {
    name: "browser_cookies",
    title: "Cookies",
    description: "Lists the names of cookies by host, or clears them (which logs out).",
    effect: "delete",
    input: z.object({
      action: z.enum(["list", "clear"]).default("list"),
      host: z.string().min(1).max(300).optional().describe("Only this one's"),
    }),
    async deed({ action, host }, browser) {
      if (action === "list") return { action: "list cookies" };
      const whose = host === undefined ? "all cookies" : `the cookies of ${oneLine(host, 100)}`;
      const some = await browser.cookies();
      const hit = some.filter((cookie) => host === undefined || cookie.host === host).length;
      const fields = [{ name: "cookies", value: String(hit) }];
      return { action: `clear ${whose}`, effect: "delete" as const, fields };
    },
    async run({ action, host }, { browser, action: told }) {
      if (action === "list") return listResult(browser, told, await cookieText(browser, host));
      const cleared = await browser.clearCookies(host);
      return listResult(browser, told, `${count(cleared, "cookie was", "cookies were")} cleared.`);
    },
  });
}

async function cookieText(browser: Browser, host: string | undefined): Promise<string> {
  const cookies = await browser.cookies();
  const byHost = new Map<string, string[]>();
  for (const cookie of cookies)
    if (host === undefined || cookie.host === host)
      byHost.set(cookie.host, [...(byHost.get(cookie.host) ?? []), oneLine(cookie.name, 60)]);
  if (byHost.size === 0) return "There are no cookies.";
  const lines = [...byHost].map(
    ([of, names]) => `${oneLine(of, 100)}: ${oneLine(names.join(", "), 400)}`,
  );
  const more = lines.length > maxHosts ? [`(${lines.length - maxHosts} more hosts)`] : [];
  return untrustedPage({}, [...lines.slice(0, maxHosts), ...more].join("\n"));
}
