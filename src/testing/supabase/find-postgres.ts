// Where PostgreSQL's programs are on this machine. Looks, never installs.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const suffix = process.platform === "win32" ? ".exe" : "";
const needed = ["initdb", "postgres"];
/** Supabase's own; the migrations ask for nothing newer. */
const oldestVersion = 15;

/** The folder that holds `initdb` and `postgres`: the one that is named, and then no other, or the
 * newest where there are several. */
export function findPostgres(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env["AETHERIA_POSTGRES_BIN"];
  return (named ? [named] : [...byConfig(), ...byPlace()]).find(isUsable);
}

function isUsable(folder: string): boolean {
  const programs = needed.map((name) => join(folder, `${name}${suffix}`));
  if (!programs.every((program) => existsSync(program))) return false;
  const { stdout } = spawnSync(programs[1]!, ["--version"], { encoding: "utf8" });
  return Number(/\d+/.exec(stdout ?? "")?.[0]) >= oldestVersion;
}

/** Debian installs `pg_config` for building only: often it is missing where the server is. */
function byConfig(): string[] {
  const told = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  return told.status === 0 ? [told.stdout.trim()] : [];
}

function byPlace(): string[] {
  return [
    ...versionsIn("/usr/lib/postgresql", "bin"),
    ...versionsIn("/Applications/Postgres.app/Contents/Versions", "bin"),
    ...versionsIn("/opt/homebrew/opt", "bin", "postgresql@"),
    ...versionsIn("/usr/local/opt", "bin", "postgresql@"),
    ...versionsIn("C:\\Program Files\\PostgreSQL", "bin"),
    "/usr/bin",
    "/usr/local/bin",
  ];
}

function versionsIn(place: string, below: string, prefix = ""): string[] {
  if (!existsSync(place)) return [];
  return readdirSync(place)
    .filter((name) => name.startsWith(prefix) && /\d+(\.\d+)?$/.test(name))
    .sort((one, other) => versionOf(other) - versionOf(one))
    .map((name) => join(place, name, below));
}

const versionOf = (name: string): number => Number(/\d+(\.\d+)?$/.exec(name)?.[0] ?? 0);
