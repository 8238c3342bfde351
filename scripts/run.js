// Entry of every npm script: `node scripts/run.js NAME` runs scripts/NAME.ts on a Node that can.
// Plain JavaScript that any Node parses; the guard for Nodes that cannot read TypeScript or
// would crash on our native modules.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...args] = process.argv.slice(2);
const [major, minor] = process.versions.node.split(".").map(Number);
const readsTypeScript = major > 22 || (major === 22 && minor >= 18);

if (readsTypeScript) {
  process.chdir(root);
  const script = await import(`./${name}.ts`);
  process.exitCode = await script.main(args);
} else {
  const ownNode = join(root, "node_modules", "node", "bin", "node");
  if (existsSync(ownNode)) restartOn(ownNode);
  else explain();
}

function restartOn(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => (signal === "SIGINT" && process.stdin.isTTY) || child.kill(signal));
  }
  child.once("exit", (code) => (process.exitCode = code === null ? 1 : code));
}

function explain() {
  console.error(
    `Aetheria's scripts need Node 22.18 or newer and this is ${process.versions.node}: run "npm ci", which brings the project's own, or install a newer Node.`,
  );
  process.exitCode = 4;
}
