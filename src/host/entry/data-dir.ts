// Where Aetheria keeps its things when nobody says: the place this system has for that.
import { isAbsolute, join, resolve } from "node:path";

export type DataDirFacts = {
  env: Readonly<Record<string, string | undefined>>;
  platform: NodeJS.Platform;
  home: string;
};

/** An absolute path; the folder need not be there yet. */
export function defaultDataDir({ env, platform, home }: DataDirFacts): string {
  const named = env["AETHERIA_DATA"];
  if (named !== undefined && named !== "") return resolve(named);
  if (platform === "darwin") return join(home, "Library", "Application Support", "Aetheria");
  if (platform === "win32")
    return join(env["APPDATA"] ?? join(home, "AppData", "Roaming"), "Aetheria");
  const data = env["XDG_DATA_HOME"];
  // The XDG specification: a relative path is to be ignored.
  const base = data !== undefined && isAbsolute(data) ? data : join(home, ".local", "share");
  return join(base, "aetheria");
}
