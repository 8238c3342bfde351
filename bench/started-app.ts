// An Electron app as a process from outside: when it painted, what it holds in memory, its end.
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { chromium, type Page } from "playwright-core";

export interface StartedApp {
  child: ChildProcess;
  /** Milliseconds since the epoch at which the process was started. */
  startedAt: number;
  page: Page;
  end(): Promise<void>;
  /** As the system does it when the person goes: it may put away what it keeps. */
  quit(): Promise<void>;
}

/** Starts `args` of Electron and waits for the window's page. */
export async function startApp(
  program: string,
  args: string[],
  env: Record<string, string>,
): Promise<StartedApp> {
  const startedAt = Date.now();
  const flags = ["--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"];
  const child = spawn(program, [...flags, ...args], {
    env,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const address = await debuggingAddress(child);
  const page = await pageAt(address);
  return {
    child,
    startedAt,
    page,
    end: () => endWith(child, "SIGKILL"),
    quit: () => endWith(child, "SIGTERM"),
  };
}

async function endWith(child: ChildProcess, signal: "SIGKILL" | "SIGTERM"): Promise<void> {
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

async function debuggingAddress(child: ChildProcess): Promise<string> {
  let said = "";
  for await (const chunk of child.stderr ?? []) {
    said += String(chunk);
    const found = /DevTools listening on (ws:\/\/\S+)/.exec(said)?.[1];
    if (!found) continue;
    child.stderr?.resume();
    return found;
  }
  throw new Error(`The app did not start:\n${said}`);
}

/** Looking for the page begins late enough not to take part in its start. */
async function pageAt(address: string): Promise<Page> {
  const list = `http://${new URL(address).host}/json/list`;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const targets = (await (await fetch(list)).json()) as { url: string }[];
    if (targets.some(({ url }) => /^(?:app|file):/.test(url))) break;
  }
  const browser = await chromium.connectOverCDP(address);
  const page = browser.contexts()[0]?.pages()[0];
  if (!page) throw new Error("The app has no page.");
  return page;
}

/** Proportional set size of a process and all its children, in MB. */
export function pssMb(pid: number): number {
  return [pid, ...childrenOf(pid)].reduce((sum, each) => sum + ownPssMb(each), 0);
}

/** Of one process alone. */
export function ownPssMb(pid: number): number {
  try {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
    return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // ended meanwhile
  }
}

function childrenOf(pid: number): number[] {
  const direct = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((each) => parentOf(each) === pid);
  return direct.flatMap((each) => [each, ...childrenOf(each)]);
}

function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return 0; // ended meanwhile
  }
}
