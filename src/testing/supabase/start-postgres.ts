// A PostgreSQL of its own for one run of tests: in a fresh folder, reached through a socket there,
// gone without a trace. Durable in nothing, since nothing is to last.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPostgres } from "./find-postgres.ts";

export type Postgres = {
  /** For `pg`: host (a folder or an address), port, nobody's password. */
  at: { host: string; port: number; database: string };
  stop(): Promise<void>;
};

const settings = {
  fsync: "off",
  synchronous_commit: "off",
  full_page_writes: "off",
  shared_buffers: "64MB",
  max_connections: "60",
  timezone: "UTC",
  // Nobody is in a hurry to come up again.
  max_wal_size: "1GB",
  autovacuum_naptime: "1h",
};

export async function startPostgres(): Promise<Postgres> {
  const bin = findPostgres();
  if (bin === undefined)
    throw new Error(
      "No PostgreSQL found: install it, or name its folder in AETHERIA_POSTGRES_BIN.",
    );
  const folder = mkdtempSync(join(tmpdir(), "aetheria-pg-"));
  const account = accountOfServer();
  try {
    if (account) chownSync(folder, account.uid, account.gid);
    const data = join(folder, "data");
    const made = ["-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "-N"];
    await run(join(bin, "initdb"), [...made, "--no-instructions"], account);
    const place = await placeIn(folder);
    const options = Object.entries({ ...settings, ...place.settings });
    const args = ["-D", data, ...options.flatMap(([name, value]) => ["-c", `${name}=${value}`])];
    const child = launch(join(bin, "postgres"), args, folder, account);
    await whenReady(child).catch(async (error) => {
      await end(child);
      throw error;
    });
    return {
      at: { host: place.host, port: place.port, database: "postgres" },
      async stop() {
        await end(child);
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** null: whoever runs the tests. */
type Account = { uid: number; gid: number } | null;

/** PostgreSQL refuses to run as root: there it runs as the user that Debian made for it. */
function accountOfServer(): Account {
  if (process.getuid?.() !== 0) return null;
  const ask = (what: string) => Number(spawnSync("id", [what, "postgres"]).stdout.toString());
  return { uid: ask("-u"), gid: ask("-g") };
}

/** Reads until whoever started it is gone, however that came, and then ends the server. */
const untilGone = `
"$0" "$@" </dev/null &
cat >/dev/null
kill -QUIT $!
wait
cd / && rm -rf "$OLDPWD"`;

function launch(program: string, args: string[], folder: string, account: Account): ChildProcess {
  const options = { ...account, cwd: folder };
  if (process.platform === "win32")
    return spawn(program, args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  return spawn("sh", ["-c", untilGone, program, ...args], {
    ...options,
    stdio: ["pipe", "ignore", "pipe"],
  });
}

async function placeIn(folder: string) {
  if (process.platform !== "win32")
    return {
      host: folder,
      port: 5432,
      settings: { listen_addresses: "", unix_socket_directories: folder },
    };
  const port = await freePort();
  return {
    host: "127.0.0.1",
    port,
    settings: { listen_addresses: "127.0.0.1", port: String(port) },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function run(program: string, args: string[], account: Account): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...account, cwd: "/", stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => (said += chunk));
    child.stderr.on("data", (chunk: Buffer) => (said += chunk));
    child.once("error", reject);
    child.once("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}:\n${said}`)),
    );
  });
}

function whenReady(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    child.stderr?.on("data", (chunk: Buffer) => {
      // Read to the end, or the server would wait for its reader; kept only until it is up.
      if (said !== "ready") said += chunk;
      if (said.includes("FATAL")) reject(new Error(`postgres did not start:\n${said}`));
      if (!said.includes("ready to accept connections")) return;
      said = "ready";
      resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`postgres ended with ${code}:\n${said}`)));
  });
}

/** At once, without a last checkpoint: nothing is to be kept. */
function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    if (child.stdin) child.stdin.end();
    else child.kill("SIGKILL");
  });
}
