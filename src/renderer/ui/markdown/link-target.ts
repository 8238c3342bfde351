// Where a link really leads, for the reader's eyes. Owns which schemes a text may link to and when
// the words of a link need its host beside them.

const allowed = /^(?:https?:\/\/|mailto:)/i;
const address =
  /(?:https?:\/\/|www\.)\S+|(?:[\p{L}\p{N}-]+\.)+(?:com|org|net|io|dev|app|ai|gov|edu|info|co|me|eu|de|fr|uk|us|ch|at|nl|cn|ru|jp|xyz|bank|shop|online)\b/iu;

/** The address in full, with its host in plain ASCII; null when it is no link for us. */
export function linkTarget(href: string): string | null {
  if (!allowed.test(href)) return null;
  return URL.parse(href)?.href ?? null;
}

/** The host to show beside the words of a link: they name another one, or look like another one. */
export function hostToShow(words: string, target: string): string | null {
  const url = URL.parse(target);
  if (!url || url.protocol === "mailto:") return null;
  if (/(?:^|\.)xn--/.test(url.hostname)) return url.host;
  const said = address.exec(words)?.[0];
  if (said === undefined) return null;
  const named = URL.parse(/^https?:/i.test(said) ? said : `https://${said}`);
  return named && bare(named.hostname) === bare(url.hostname) && !named.username ? null : url.host;
}

function bare(host: string): string {
  return host.replace(/^www\./, "");
}
