// Where PostgreSQL's programs are on this machine. Looks, never installs.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Supabase's own; the migrations need nothing newer. */
export const oldestPostgres = 15;

const packaged = "/usr/lib/postgresql";
const knownFolders = [
  "/opt/homebrew/opt/postgresql/bin",
  "/usr/local/opt/postgresql/bin",
  "/Applications/Postgres.app/Contents/Versions/latest/bin",
];

export type FoundPostgres = { folder: string; version: string };

/** The folder of `initdb` and `postgres`: `POSTGRES_BIN` if set, else the newest there is that is new
 * enough, else undefined. Windows has no sockets for it to listen on. */
export function findPostgres(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): FoundPostgres | undefined {
  if (platform === "win32") return undefined;
  const named = env["POSTGRES_BIN"];
  const folders = named ? [named] : [...toldByConfig(env), ...onPath(env), ...onDebian()];
  return folders.map(lookInto).find((found) => found !== undefined);
}

function toldByConfig(env: NodeJS.ProcessEnv): string[] {
  const { stdout } = spawnSync("pg_config", ["--bindir"], { env, encoding: "utf8" });
  return stdout ? [stdout.trim()] : [];
}

const onPath = (env: NodeJS.ProcessEnv): string[] =>
  (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");

function onDebian(): string[] {
  const versions = existsSync(packaged) ? readdirSync(packaged).map(Number) : [];
  const newestFirst = versions.filter(Number.isFinite).sort((one, other) => other - one);
  return [...newestFirst.map((version) => join(packaged, String(version), "bin")), ...knownFolders];
}

function lookInto(folder: string): FoundPostgres | undefined {
  const program = join(folder, "postgres");
  if (!existsSync(program) || !existsSync(join(folder, "initdb"))) return undefined;
  const { stdout } = spawnSync(program, ["--version"], { encoding: "utf8" });
  const version = /(\d+(\.\d+)*)/.exec(stdout ?? "")?.[0];
  if (version === undefined || Number.parseInt(version, 10) < oldestPostgres) return undefined;
  return { folder, version };
}
