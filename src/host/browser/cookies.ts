// The cookies of a profile, without their values: who knows those is logged in.
import type { BrowserContext } from "playwright-core";
import type { Browser } from "../../core/browser-ports.ts";

export function createCookieJar(
  context: BrowserContext,
): Pick<Browser, "cookies" | "clearCookies"> {
  return {
    async cookies() {
      return (await context.cookies()).map(({ domain, name, expires }) => ({
        ...{ host: hostOfDomain(domain), name },
        expires: expires < 0 ? null : expires * 1000,
      }));
    },
    async clearCookies(host) {
      const all = await context.cookies();
      const wanted = host?.toLowerCase();
      const domains = new Set(
        all
          .map(({ domain }) => domain)
          .filter((domain) => wanted === undefined || reaches(wanted, hostOfDomain(domain))),
      );
      await Promise.all([...domains].map((domain) => context.clearCookies({ domain })));
      return all.filter(({ domain }) => domains.has(domain)).length;
    },
  };
}

const hostOfDomain = (domain: string) => domain.replace(/^\./, "").toLowerCase();
const reaches = (host: string, domain: string) => domain === host || domain.endsWith(`.${host}`);
