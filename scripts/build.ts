// `npm run build`: the command line with the host (out/cli.js), the page (out/renderer), the companion
// (out/companion) and the desktop (out/main, out/preload).
// Knows what is missing or older than its sources, so that `npm start` builds only that.
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { countFailed, runSteps, type Step } from "./steps.ts";

interface Part {
  step: Step;
  output: string;
  /** What is left of an earlier build and would only pile up. */
  leftovers: string[];
  sources: string[];
  ignores: RegExp;
}

const notShipped = /\.test\.ts$|[\\/]testing[\\/]|\.md$/;
const commonSources = ["package-lock.json", "src/contract", "src/rpc", "src/core"];

const companion: Part = {
  step: { name: "build: companion", command: viteBuild("vite.companion.config.ts") },
  output: "out/companion/index.html",
  leftovers: [],
  sources: [
    ...commonSources,
    "src/cloud",
    "src/companion",
    "src/renderer/ui",
    "resources/icons",
    "vite.companion.config.ts",
    "scripts/companion-icons.ts",
  ],
  ignores: notShipped,
};

const parts: Part[] = [
  {
    step: { name: "build: command line", command: viteBuild("vite.node.config.ts") },
    output: "out/cli.js",
    leftovers: ["out/chunks", "out/compile-cache"],
    sources: [...commonSources, "src/cli", "src/host", "vite.node.config.ts", "scripts"],
    ignores: notShipped,
  },
  {
    step: { name: "build: page", command: viteBuild("vite.renderer.config.ts") },
    output: "out/renderer/index.html",
    leftovers: [],
    sources: [...commonSources, "src/renderer", "vite.renderer.config.ts"],
    ignores: notShipped,
  },
  companion,
  {
    step: {
      name: "build: desktop",
      command: ["electron-vite", "build", "--logLevel", "warn", "--ignoreConfigWarning"],
    },
    output: "out/main/index.js",
    leftovers: [],
    sources: [
      ...commonSources,
      "src/main",
      "src/preload",
      "src/host",
      "resources/icons",
      "electron.vite.config.ts",
      "scripts",
    ],
    ignores: notShipped,
  },
];

export async function main(): Promise<number> {
  return (await build(parts)) ? 0 : 1;
}

/** `npm run build:companion`. */
export const buildCompanion = (): Promise<boolean> => runParts([companion]);

export const isCompanionStale = (): Promise<boolean> => isStale(companion);

/** Builds what is missing or stale; undefined when a build failed, else the names of what it built. */
export async function buildStale(): Promise<string[] | undefined> {
  const stale: Part[] = [];
  for (const part of parts) if (await isStale(part)) stale.push(part);
  const isBuilt = await build(stale);
  return isBuilt ? stale.map((part) => part.step.name.replace("build: ", "")) : undefined;
}

async function build(chosen: Part[]): Promise<boolean> {
  return (await runParts(chosen)) && isFirstStageAlone("out/cli.js");
}

async function runParts(chosen: Part[]): Promise<boolean> {
  for (const folder of chosen.flatMap((part) => part.leftovers)) {
    rmSync(folder, { recursive: true, force: true });
  }
  return countFailed(await runSteps(chosen.map((part) => part.step))) === 0;
}

async function isStale({ output, sources, ignores }: Part): Promise<boolean> {
  if (!existsSync(output)) return true;
  const builtAtMs = statSync(output).mtimeMs;
  for (const source of sources) {
    if ((await newestMs(source, ignores)) > builtAtMs) return true;
  }
  return false;
}

async function newestMs(path: string, ignores: RegExp): Promise<number> {
  if (!existsSync(path)) return 0;
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  const names = await readdir(path, { recursive: true });
  return names
    .map((name) => join(path, name))
    .filter((file) => !ignores.test(file))
    .reduce((newest, file) => Math.max(newest, statSync(file).mtimeMs), stat.mtimeMs);
}

/** The first stage must load on any Node, so nothing but `node:` modules may be imported up front. */
function isFirstStageAlone(program: string): boolean {
  const imports = readFileSync(program, "utf8").matchAll(/^import\b[^"']*["']([^"']+)["']/gm);
  const foreign = [...imports].map((match) => match[1] ?? "").filter((id) => !/^node:/.test(id));
  if (foreign.length === 0) return true;
  console.log(
    `FAIL  ${program} imports ${foreign.join(", ")} up front, so an old Node would crash on it. Load it with \`await import(...)\` in src/cli/main.ts.`,
  );
  return false;
}

function viteBuild(config: string): string[] {
  return ["vite", "build", "--config", config, "--logLevel", "warn"];
}
