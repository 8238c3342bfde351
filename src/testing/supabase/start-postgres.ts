// A real PostgreSQL for one test file: a copy of a prepared cluster in a fresh temporary folder, on a
// socket in there, run by the user `postgres` where we are root (it refuses root). Whatever becomes of
// this process, the shell it runs under ends it and removes the folder.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { createHash } from "node:crypto";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync } from "node:fs";
import { rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { isAbsolute, join } from "node:path";
import pg from "pg";
import { findPostgres, type FoundPostgres } from "../../../scripts/postgres.ts";

export type Postgres = {
  /** For a superuser. */
  connection: pg.ClientConfig;
  close(): Promise<void>;
};

export const superuser = "supabase_admin";
const startMs = 30_000;

const settings = {
  listen_addresses: "",
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  wal_level: "minimal",
  max_wal_senders: "0",
  max_connections: "80",
  shared_buffers: "64MB",
  jit: "off",
};

export function postgresHere(): FoundPostgres {
  const found = findPostgres();
  if (found === undefined) throw new Error("These tests need PostgreSQL 15 or newer.");
  return found;
}

/** `prepare` is SQL that the cluster begins with; it is run once and kept in a cache. */
export async function startPostgres(prepare: string): Promise<Postgres> {
  const found = postgresHere();
  const template = await templateOf(found, prepare);
  const folder = newFolder();
  try {
    run("cp", ["-a", template, join(folder, "data")]);
    return await serve(found, folder, "QUIT");
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

async function templateOf(found: FoundPostgres, prepare: string): Promise<string> {
  const key = createHash("sha256").update(`${found.folder} ${found.version}\n${prepare}`);
  const template = join(cacheDir(), `${found.version}-${key.digest("hex").slice(0, 16)}`);
  if (existsSync(template)) return template;
  const folder = newFolder();
  const init = ["-D", join(folder, "data"), "-U", superuser, "-A", "trust", "-E", "UTF8"];
  run(
    join(found.folder, "initdb"),
    [...init, "--locale=C", "--no-sync", "--wal-segsize=4"],
    personOf(),
  );
  const postgres = await serve(found, folder, "INT", async (connection) => {
    const client = new pg.Client(connection);
    await client.connect();
    await client.query(prepare).finally(() => client.end());
  });
  mkdirSync(cacheDir(), { recursive: true });
  const copy = `${template}.${process.pid}.new`;
  // Before the folder goes, but when nothing is written any more.
  await postgres.close(() => run("cp", ["-a", join(folder, "data"), copy]));
  keepAs(copy, template);
  return template;
}

/** Another test file may have been faster: then theirs is as good. */
function keepAs(copy: string, template: string): void {
  try {
    renameSync(copy, template);
  } catch (error) {
    rmSync(copy, { recursive: true, force: true });
    if (!existsSync(template)) throw error;
  }
}

function cacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const named = env["XDG_CACHE_HOME"];
  const cache = named !== undefined && isAbsolute(named) ? named : join(homedir(), ".cache");
  return join(cache, "aetheria", "postgres");
}

/** A short path that the user `postgres` reaches: sockets have at most 107 characters. */
function newFolder(): string {
  const folder = mkdtempSync(join(personOf() ? "/tmp" : tmpdir(), "aetheria-pg-"));
  const person = personOf();
  if (person) chownSync(folder, person.uid, person.gid);
  return folder;
}

type Person = { uid: number; gid: number };

function personOf(): Person | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) =>
    Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout);
  return { uid: id("-u"), gid: id("-g") };
}

function run(program: string, args: string[], person?: Person): void {
  const { status, stderr, error } = spawnSync(program, args, {
    ...person,
    cwd: "/",
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${program} failed: ${error?.message ?? stderr}`);
}

/** Ends with its standard input: `read` returns when this process is gone, however it went. */
const untilAlone = `"$1" -D "$2/data" >"$2/log" 2>&1 & read -r _; kill -"$3" $! 2>/dev/null; wait $!
test -f "$2/keep" || rm -rf "$2"`;

async function serve(
  found: FoundPostgres,
  folder: string,
  end: "INT" | "QUIT",
  prepare?: (connection: pg.ClientConfig) => Promise<void>,
): Promise<{ connection: pg.ClientConfig; close(before?: () => void): Promise<void> }> {
  const lines = Object.entries({ ...settings, unix_socket_directories: folder });
  const config = lines.map(([name, value]) => `${name} = '${value}'\n`).join("");
  writeFileSync(join(folder, "data", "postgresql.auto.conf"), config);
  const program = join(found.folder, "postgres");
  const shell = spawn("sh", ["-c", untilAlone, "sh", program, folder, end], {
    ...personOf(),
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });
  const connection = { host: folder, user: superuser, database: "postgres" };
  const close = async (before?: () => void) => {
    if (before) writeFileSync(join(folder, "keep"), "");
    shell.stdin?.end("\n");
    await ended(shell);
    before?.();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answering(shell, connection, join(folder, "log"));
    await prepare?.(connection);
  } catch (error) {
    await close();
    throw error;
  }
  return { connection, close };
}

async function answering(
  shell: ChildProcess,
  connection: pg.ClientConfig,
  log: string,
): Promise<void> {
  const limit = AbortSignal.timeout(startMs);
  for (;;) {
    const client = new pg.Client(connection);
    try {
      await client.connect();
      return await client.end();
    } catch (error) {
      const said = existsSync(log) ? readFileSync(log, "utf8") : "";
      if (/FATAL: {2}(?!the database system)/.test(said) || shell.exitCode !== null)
        throw new Error(`PostgreSQL did not start:\n${said}`, { cause: error });
      if (limit.aborted) throw new Error(`PostgreSQL does not answer:\n${said}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }
}

function ended(shell: ChildProcess): Promise<void> {
  if (shell.exitCode !== null || shell.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => shell.once("close", () => resolve()));
}
