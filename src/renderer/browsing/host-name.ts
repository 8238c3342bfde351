// A host as a person types it, maybe with a whole address around it. Pure.

const name = /^(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;

/** `host` or `host:port`; null: it is none. */
export function hostName(typed: string): string | null {
  const text = typed.trim();
  const bare = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  const url = URL.parse(bare);
  if (!url || text === "" || url.username !== "" || !url.hostname.includes(".")) return null;
  if (!name.test(url.hostname)) return null;
  return url.port === "" ? url.hostname : `${url.hostname}:${url.port}`;
}
