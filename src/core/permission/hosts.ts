// Host names as plans and grants write them: lower case, a port only when it is not the scheme's.

export type HostParts = { name: string; port: string | null };

/** Splits `name:port` and `[v6]:port`, lower case, without the root's trailing dot. */
export function splitHost(host: string): HostParts {
  const match = /^(\[[^\]]*\]|[^:]*)(?::([0-9*]+))?$/.exec(host.toLowerCase());
  const name = match?.[1] ?? host.toLowerCase();
  return { name: name.replace(/\.$/, ""), port: match?.[2] ?? null };
}

/** True for names and addresses that never leave this machine. */
export function isLoopbackHost(host: string): boolean {
  const { name } = splitHost(host);
  if (name === "localhost" || name.endsWith(".localhost") || name === "[::1]") return true;
  return /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(name);
}
