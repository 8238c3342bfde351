// The hosts that the person has to do with in this browser: those that keep something in its profile. A page
// that was only opened is none, or a false name would make the true one suspicious.
import type { Browser } from "../../../core/browser-ports.ts";

export async function knownHosts(browser: Browser | null): Promise<string[]> {
  // A browser that is ending knows nobody any more.
  const cookies = await browser?.cookies().catch(() => []);
  return [...new Set((cookies ?? []).map(({ host }) => host))];
}
