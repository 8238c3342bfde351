// The packaged app as a person starts it: no debugger in its main process (its fuses refuse one), seen
// through the window's own debugging port. On Linux as root it runs as `nobody`, so that Chromium's
// sandbox is on.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as nextTurn } from "node:timers/promises";
import { chromium, type Browser, type Page } from "playwright-core";

const nobody = 65_534;
const startLimitMs = 40_000;
const closeLimitMs = 15_000;

export interface Packaged {
  page: Page;
  browser: Browser;
  pid: number;
  close(): Promise<void>;
}

/** A copy of the app that an ordinary user may read, in a folder of that user. */
export function settle(appDir: string, home: string): string {
  const app = join(home, "app");
  rmSync(app, { recursive: true, force: true });
  mkdirSync(join(home, "data"), { recursive: true });
  cpSync(appDir, app, { recursive: true });
  chmodSync(home, 0o755);
  if (isRoot()) execFileSync("chown", ["-R", `${nobody}:${nobody}`, home]);
  return app;
}

export async function startPackaged(
  app: string,
  home: string,
  env: Record<string, string>,
): Promise<Packaged> {
  const program = join(app, "aetheria");
  const args = ["--remote-debugging-port=0", "--disable-gpu", "--password-store=basic"];
  const asUser = ["--reuid", String(nobody), "--regid", String(nobody), "--clear-groups", program];
  const child = isRoot()
    ? spawn("setpriv", [...asUser, ...args], { env, stdio: ["ignore", "ignore", "pipe"] })
    : spawn(program, args, { env, stdio: ["ignore", "ignore", "pipe"] });
  try {
    const address = await debuggingAddress(child);
    await windowAt(address);
    const browser = await chromium.connectOverCDP(address);
    const [context] = browser.contexts();
    if (!context) throw new Error("The packaged app has no window.");
    const page = context.pages()[0] ?? (await context.waitForEvent("page"));
    await page.waitForURL("app://aetheria/**");
    return { page, browser, pid: child.pid ?? 0, close: () => end(child, browser, home) };
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

/** Chromium says it on stderr. */
async function debuggingAddress(child: ChildProcess): Promise<string> {
  let said = "";
  const limit = AbortSignal.timeout(startLimitMs);
  for await (const chunk of child.stderr ?? []) {
    said += String(chunk);
    const address = /DevTools listening on (ws:\/\/\S+)/.exec(said)?.[1];
    if (address) {
      child.stderr?.resume();
      return address;
    }
    if (limit.aborted) break;
  }
  throw new Error(`The packaged app did not start:\n${said}`);
}

/** Who connects before the window has its page may wait for it for ever. */
async function windowAt(address: string): Promise<void> {
  const list = `http://${new URL(address).host}/json/list`;
  const limit = AbortSignal.timeout(startLimitMs);
  for (;;) {
    const targets = (await (await fetch(list, { signal: limit })).json()) as { url: string }[];
    if (targets.some(({ url }) => url.startsWith("app://aetheria/"))) return;
    await nextTurn(100, undefined, { signal: limit });
  }
}

async function end(child: ChildProcess, browser: Browser, home: string): Promise<void> {
  const ended = child.exitCode === null ? once(child, "exit") : Promise.resolve();
  await browser.close();
  child.kill("SIGTERM");
  const limit = setTimeout(() => child.kill("SIGKILL"), closeLimitMs);
  await ended;
  clearTimeout(limit);
  rmSync(join(home, "data"), { recursive: true, force: true });
}

export type ProcessFacts = { pid: number; type: string; args: string[]; seccomp: string };

/** The app's processes on Linux, as the kernel knows them. */
export function processesOf(app: string): ProcessFacts[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      // Chromium's zygote writes its children's with blanks.
      const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split(/[\0 ]/);
      if (!args[0]?.startsWith(join(app, "aetheria"))) return [];
      const type = args.find((arg) => arg.startsWith("--type="))?.slice(7) ?? "main";
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      const seccomp = /^Seccomp:\s+(\d)/m.exec(status)?.[1] ?? "";
      return [{ pid: Number(pid), type, args, seccomp }];
    } catch {
      return []; // ended meanwhile
    }
  });
}

const isRoot = (): boolean => process.getuid?.() === 0;
