// Plans of the browser's verbs: what each sends and where to, for the permission policy and the card.
import { isLoopbackHost } from "../../../core/permission/hosts.ts";
import type { Browser, ElementFacts, Sending } from "../../../core/browser-ports.ts";
import type { Effect } from "../../../contract/tool.ts";
import type { CallPlan } from "../../../core/ports.ts";
import { oneLine } from "../untrusted-page.ts";
import { imitatedBy, takenFor } from "./look-alike.ts";
import { hostOf, isPage } from "./page-address.ts";

export type Field = { name: string; value: string };

/** What a verb is about to do. */
export type Deed = {
  /** `click “Search”`: for the summary, and above the picture. */
  action: string;
  /** Where: `on example.com` follows in the summary. Left out: nowhere in particular. */
  on?: string | null;
  /** Left out: `read`. */
  effect?: Effect;
  hosts?: string[];
  paths?: string[];
  leaving?: { to: string; what: Field[] };
  /** Shown on the card beside what leaves. */
  fields?: Field[];
};

/** `known`: the hosts that the person has to do with, which another may pass for. */
export function planOf(deed: Deed, known: readonly string[] = []): CallPlan {
  const { action, on, hosts = [], paths = [], leaving, fields = [] } = deed;
  const imitations = hosts.flatMap((host) => {
    const sentence = imitation(host, known);
    return sentence === null ? [] : [sentence];
  });
  const summary = on ? `${action} on ${on}` : action;
  const sentence = [`${summary[0]?.toUpperCase() ?? ""}${summary.slice(1)}.`, ...imitations];
  const sent =
    leaving ?? (imitations.length > 0 ? { to: hosts.join(" and "), what: fields } : null);
  const effect = deed.effect ?? "read";
  return {
    summary,
    // Asked about in every mode, and no lasting answer to other pages covers it.
    effect: imitations.length > 0 && effect === "read" ? "leaves_machine" : effect,
    paths,
    hosts,
    ...(sent === null ? {} : { leaving: sent }),
    sentence: sentence.join(" "),
    fields: [...(sent?.what ?? []), ...fields.filter((field) => !sent?.what.includes(field))],
  };
}

function imitation(host: string, known: readonly string[]): string | null {
  const imitated = imitatedBy(host);
  if (imitated !== null)
    return `Careful: ${host} is not ${imitated}, it is only written to look like it.`;
  const other = takenFor(host, known);
  return other === null
    ? null
    : `Careful: ${host} looks like ${other}, which is known here, and is another.`;
}

/** For the result, too. null: nothing to warn of. */
export function imitationNote(url: string): string | null {
  const host = hostOf(url);
  return host === null ? null : imitation(host, []);
}

/** The host of the page in front; null: it is nobody's. */
export const hostHere = (browser: Browser): string | null => hostOf(browser.place()?.url ?? "");

export function listed(...hosts: (string | null)[]): string[] {
  return [...new Set(hosts.filter((host): host is string => host !== null))];
}

/** `“Search”`, or the role of what has no name. */
export function called({ name, role }: ElementFacts): string {
  const words = oneLine(name, 60);
  return words === "" ? `a nameless ${oneLine(role, 30) || "element"}` : `“${words}”`;
}

// ── Deeds ────────────────────────────────────────────────────────────────────────────────────────

/** An address that is opened leaves this machine, unless it is this machine's. */
export function openDeed(action: string, url: URL): Deed {
  const host = hostOf(url.href) ?? url.host;
  const sent = new URL(url);
  sent.hash = "";
  const address = { name: "address", value: sent.href };
  const leaving = isLoopbackHost(host) ? {} : { leaving: { to: host, what: [address] } };
  return { action, hosts: [host], ...leaving, fields: [address] };
}

/** What pressing it sends: a link's address, a form's fields, or nothing that is known of. */
export function pressDeed(
  action: string,
  { href, sends }: { href: string | null; sends: Sending | null },
  here: string | null,
): Deed {
  if (sends) return { action, on: here, ...sendingPart(sends, []) };
  if (href !== null && isPage(href)) return { ...openDeed(action, new URL(href)), on: here };
  return { action, on: here, hosts: listed(here) };
}

/** Keys that reach a page are data that leaves, sent by a form or not. */
export function typingDeed(
  action: string,
  typed: Field[],
  here: string | null,
  sends: Sending | null,
): Deed {
  if (sends) return { action, on: here, ...sendingPart(sends, typed, here) };
  const to = here ?? "a page without a host";
  return { action, on: here, hosts: listed(here), leaving: { to, what: typed } };
}

/** What is typed now takes the place of what the form holds under the same name. */
function sendingPart(sends: Sending, typed: Field[], here: string | null = null) {
  const hosts = listed(here, sends.host);
  const isTyped = (name: string) => typed.some((field) => field.name === name);
  const rest = sends.fields.filter(({ name }) => !isTyped(name));
  const address: Field = { name: "address", value: withoutQuery(sends.url) };
  const what = [...typed, ...rest, ...(sends.method === "get" ? [address] : [])];
  return {
    effect: sends.method === "post" ? ("leaves_machine" as const) : ("read" as const),
    hosts,
    leaving: { to: hosts.join(" and "), what },
    ...(sends.method === "post" ? { fields: [address] } : {}),
  };
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, "");
}
