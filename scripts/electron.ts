// Where an Electron to run is. Looks, and on request tries the `electron` package's own download.
// For tests on a Linux that cannot download it: provision-electron.ts puts an older one in a cache.
import { spawn } from "node:child_process";
import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";

type Env = Readonly<Record<string, string | undefined>>;

const packageDir = resolve(import.meta.dirname, "../node_modules/electron");
/** The download is about 110 MB; where it hangs, the window is not worth the wait. */
const downloadLimitMs = 180_000;

/** Where `provisionElectron` puts its runtime: outside the repository, shared by checkouts. */
export function electronCacheDir(env: Env = process.env): string {
  const named = env["XDG_CACHE_HOME"];
  const cache = named !== undefined && isAbsolute(named) ? named : join(homedir(), ".cache");
  return join(cache, "aetheria", "electron-33");
}

/** The program: `ELECTRON_PATH` if set, else the `electron` package's, else the provisioned one. */
export function findElectron(env: Env = process.env): string | undefined {
  const named = env["ELECTRON_PATH"];
  if (named) return isExecutable(named) ? named : undefined;
  return [ofPackage(), join(electronCacheDir(env), "electron")].find(
    (path) => path !== undefined && isExecutable(path),
  );
}

/** Lets the `electron` package download its program; resolves to whether it is there now. */
export async function downloadElectron(say: (line: string) => void): Promise<boolean> {
  say("Getting the Electron program, once (about 110 MB)…");
  const isDone = await new Promise<boolean>((done) => {
    const child = spawn(process.execPath, [join(packageDir, "install.js")], { stdio: "ignore" });
    const limit = setTimeout(() => child.kill("SIGKILL"), downloadLimitMs);
    child.once("error", () => done(false));
    child.once("close", (code) => {
      clearTimeout(limit);
      done(code === 0);
    });
  });
  return isDone && ofPackage() !== undefined;
}

/** Chromium refuses to run as root with its sandbox on. */
export const needsNoSandbox = (): boolean =>
  process.platform === "linux" && process.getuid?.() === 0;

/** A window needs a screen: on Linux an X or Wayland server must be named. */
export function hasDisplay(env: Env = process.env): boolean {
  return process.platform !== "linux" || !!(env["DISPLAY"] || env["WAYLAND_DISPLAY"]);
}

function ofPackage(): string | undefined {
  const pathFile = join(packageDir, "path.txt");
  if (!existsSync(pathFile)) return undefined;
  const program = join(packageDir, "dist", readFileSync(pathFile, "utf8"));
  return existsSync(program) ? program : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** True where the `electron` package has downloaded its program: the only one to ship. */
export const hasOwnElectron = (): boolean => ofPackage() !== undefined;
