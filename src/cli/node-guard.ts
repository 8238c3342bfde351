// Decides whether this Node can run Aetheria, and finds the project's own Node if not.
// Uses only what Node has had for years: it must load where nothing else of ours does,
// and it must never touch a native module, which would crash an old Node.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";

export const oldestNode = { major: 22, minor: 14 };

/** Exit code for "something needed is missing". */
export const missingPartExitCode = 4;

const forwardedSignals: NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

export function isNodeNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > oldestNode.major || (major === oldestNode.major && minor >= oldestNode.minor);
}

/** The Node that `npm ci` put beside the program, looked for from `folder` upwards. */
export function findProjectNode(folder: string): string | undefined {
  const name = process.platform === "win32" ? "node.exe" : "node";
  const candidate = join(folder, "node_modules", "node", "bin", name);
  if (existsSync(candidate)) return candidate;
  const parent = dirname(folder);
  return parent === folder ? undefined : findProjectNode(parent);
}

export function explainOldNode(version: string): string {
  const needed = `${oldestNode.major}.${oldestNode.minor}`;
  return `Aetheria needs Node ${needed} or newer and this is ${version}: install it from https://nodejs.org, or run "npm ci" in Aetheria's folder, which brings its own.`;
}

/** Runs `program` again on the project's own Node; resolves to the exit code to end with. */
export function runOnProjectNode(program: string, args: string[]): Promise<number> {
  const node = findProjectNode(dirname(program));
  if (!node || realpathSync(node) === realpathSync(process.execPath)) {
    process.stderr.write(`${explainOldNode(process.versions.node)}\n`);
    return Promise.resolve(missingPartExitCode);
  }
  return runForwarding(node, [program, ...args]);
}

/** Runs a command in our place: same streams, our signals passed on, its exit code returned. */
export function runForwarding(command: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "inherit" });
    for (const signal of forwardedSignals) process.on(signal, () => forward(child, signal));
    child.once("error", (error) => {
      process.stderr.write(`Could not start ${command}: ${error.message}\n`);
      resolve(missingPartExitCode);
    });
    child.once("exit", (code, signal) => resolve(exitCodeOf(code, signal)));
  });
}

function forward(child: ChildProcess, signal: NodeJS.Signals): void {
  // A terminal sends Ctrl-C to both of us; a second one would read as "stop at once".
  if (signal === "SIGINT" && process.stdin.isTTY) return;
  child.kill(signal);
}

function exitCodeOf(code: number | null, signal: NodeJS.Signals | null): number {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
