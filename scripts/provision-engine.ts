// A real engine for the sandbox's tests, and the images they run in. Uses the engine that answers; on
// Debian as root it starts one of its own where none does, with everything it keeps in a cache folder.
// Where no registry can be reached, images are made from a base that debootstrap makes, once.
// Safe to run again; `stop` ends what was started here and leaves the cache.
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import { AetheriaError } from "../src/contract/errors.ts";
import type { Engine } from "../src/host/sandbox/docker/engine.ts";
import { findEngine, openEngine } from "../src/host/sandbox/docker/engine.ts";
import { createImages } from "../src/host/sandbox/docker/image.ts";
import { imageNames, readImageSource } from "../src/host/sandbox/docker/image-source.ts";
import { canUseApt, installFromDebian, isInstalled } from "./apt.ts";
import { secondsSince } from "./steps.ts";

export interface ProvisionedEngine {
  /** What tests and the host are to be started with, besides `process.env`. */
  env: Record<string, string>;
  missing: string[];
  stop(): Promise<void>;
}

type Say = (line: string) => void;

const madeBase = "aetheria-base:bookworm";
const mirror = "http://deb.debian.org/debian";
const sources = `deb ${mirror} bookworm main
deb ${mirror} bookworm-updates main
deb http://deb.debian.org/debian-security bookworm-security main
`;
const startMs = 60_000;

/** What apt is to bring, in one go; nothing where it is there already. A `docker` program alone is no
 * engine. */
function enginePrograms(hasEngine: boolean): string[] {
  const daemon = ["docker.io", ...(hasCgroups() ? [] : ["cgroupfs-mount"])];
  return [
    ...(hasEngine || isInstalled("dockerd") ? [] : daemon),
    ...(isInstalled("debootstrap") ? [] : ["debootstrap", "debian-archive-keyring"]),
    ...(isInstalled("bwrap") ? [] : ["bubblewrap"]),
    ...(isInstalled("python3") ? [] : ["python3"]),
    ...(drawsCharts() ? [] : ["python3-matplotlib", "python3-pandas"]),
  ];
}

const hasCgroups = (): boolean => readFileSync("/proc/mounts", "utf8").includes(" cgroup");

/** Behind bubblewrap code has what the machine's own Python has. */
const drawsCharts = (): boolean =>
  spawnSync("/usr/bin/python3", ["-c", "import matplotlib, pandas"]).status === 0;

export async function provisionEngine(say: Say = console.log): Promise<ProvisionedEngine> {
  const answering = await findEngine(around(), AbortSignal.timeout(startMs));
  const programs = canUseApt() ? enginePrograms(!(answering instanceof AetheriaError)) : [];
  if (programs.length > 0) installFromDebian(programs, say);
  const missing = ["bwrap", "python3"].filter((name) => isLinux && !isInstalled(name));
  if (missing.length > 0)
    say(`provision: ${missing.join(" and ")} not found: the tests of that sandbox are skipped.`);
  const daemon = await engineOrDaemon(say);
  if (daemon instanceof AetheriaError) {
    say(
      `provision: ${daemon.message} ${daemon.hint ?? ""} The sandbox's tests in Docker are skipped.`,
    );
    return { env: {}, missing: [...missing, "docker"], stop: async () => undefined };
  }
  const { engine, socket, stop } = daemon;
  const env: Record<string, string> = socket ? { DOCKER_HOST: `unix://${socket}` } : {};
  try {
    const base = process.env["AETHERIA_SANDBOX_BASE"] ?? (await provisionBase(engine, say));
    if (base) env["AETHERIA_SANDBOX_BASE"] = base;
    await provisionImages(engine, base, say);
    return { env, missing, stop };
  } catch (error) {
    say(`provision: ${error instanceof Error ? error.message : String(error)}`);
    return { env, missing: [...missing, "the sandbox's images"], stop };
  }
}

const isLinux = process.platform === "linux";

type Daemon = { engine: Engine; socket: string | null; stop(): Promise<void> };

async function engineOrDaemon(say: Say): Promise<Daemon | AetheriaError> {
  const found = await findEngine(around(), AbortSignal.timeout(startMs));
  if (!(found instanceof AetheriaError)) {
    say(`provision: ${found.kind} ${found.version} answers.`);
    return { engine: await openEngine(found), socket: null, stop: async () => undefined };
  }
  if (!canUseApt() || !isInstalled("dockerd")) return found;
  return (await startDaemon([], say)) ?? (await startDaemon(withoutNetwork, say)) ?? found;
}

/** For machines where no bridge can be made; sandboxes have no network anyway, and builds borrow. */
const withoutNetwork = ["--iptables=false", "--ip6tables=false", "--bridge=none"];

const around = (more: Record<string, string> = {}) => ({
  platform: process.platform,
  env: { ...process.env, ...more },
  home: homedir(),
});

export function engineCacheDir(env: NodeJS.ProcessEnv = process.env): string {
  const named = env["XDG_CACHE_HOME"];
  const cache = named !== undefined && isAbsolute(named) ? named : join(homedir(), ".cache");
  return join(cache, "aetheria", "engine");
}

async function startDaemon(options: string[], say: Say): Promise<Daemon | null> {
  const folder = engineCacheDir();
  const socket = join(folder, "docker.sock");
  const logFile = join(folder, "dockerd.log");
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, "docker.pid"), { force: true });
  if (!hasCgroups()) spawnSync("cgroupfs-mount");
  const log = openSync(logFile, "w");
  const own = [
    ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
    ...["--pidfile", join(folder, "docker.pid"), "--host", `unix://${socket}`],
  ];
  const child = spawn("dockerd", [...own, ...options], { stdio: ["ignore", log, log] });
  const kill = () => void child.kill("SIGTERM");
  process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    await end(child);
  };
  const startedMs = performance.now();
  const found = await whenAnswering(child, `unix://${socket}`);
  if (found) {
    say(`provision: started dockerd ${found.version} (${secondsSince(startedMs).toFixed(1)} s)`);
    return { engine: await openEngine(found), socket, stop };
  }
  await stop();
  const why = readFileSync(logFile, "utf8").trim().split("\n").slice(-3).join("\n");
  say(`provision: dockerd ${options.join(" ")} did not start:\n${why}`);
  return null;
}

async function whenAnswering(child: ChildProcess, address: string) {
  const signal = AbortSignal.timeout(startMs);
  while (!signal.aborted && child.exitCode === null && child.signalCode === null) {
    const found = await findEngine(around({ DOCKER_HOST: address }), signal);
    if (!(found instanceof AetheriaError)) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return null;
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const force = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.once("exit", () => {
      clearTimeout(force);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** The name of a base that can be had without a registry; undefined: the usual one is pulled. */
async function provisionBase(engine: Engine, say: Say): Promise<string | undefined> {
  if (await hasImage(engine, madeBase)) return madeBase;
  if (!canUseApt() || !isInstalled("debootstrap")) return undefined;
  say("provision: making a small Debian with debootstrap, once…");
  const startedMs = performance.now();
  const folder = join(engineCacheDir(), "base");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(engineCacheDir(), { recursive: true });
  await run("debootstrap", ["--variant=minbase", "bookworm", folder, mirror]);
  writeFileSync(join(folder, "etc/apt/sources.list"), sources);
  for (const left of ["var/cache/apt/archives", "var/lib/apt/lists", "var/log"])
    rmSync(join(folder, left), { recursive: true, force: true });
  for (const needed of ["var/cache/apt/archives/partial", "var/lib/apt/lists/partial", "var/log"])
    mkdirSync(join(folder, needed), { recursive: true });
  await importImage(engine, folder);
  rmSync(folder, { recursive: true, force: true });
  say(`provision: made ${madeBase} (${secondsSince(startedMs).toFixed(0)} s)`);
  return madeBase;
}

async function importImage(engine: Engine, folder: string): Promise<void> {
  const tar = spawn("tar", ["-C", folder, "--numeric-owner", "-c", "."], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [repo, tag] = madeBase.split(":");
  const answer = await engine.docker.importImage(tar.stdout, { repo, tag });
  for await (const _line of answer);
  if (!(await hasImage(engine, madeBase))) throw new Error(`${madeBase} could not be imported.`);
}

async function hasImage(engine: Engine, tag: string): Promise<boolean> {
  return engine.docker
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      () => false,
    );
}

/** Built by the product's own code, before the tests, so that no two of them build the same. */
async function provisionImages(engine: Engine, base: string | undefined, say: Say): Promise<void> {
  const images = createImages({ onBuild: () => undefined });
  const waiter = { signal: new AbortController().signal, onProgress: () => undefined };
  // `full` first: `python` is its first half.
  for (const name of [...imageNames].reverse()) {
    const startedMs = performance.now();
    const tag = await images.ensure(engine, await readImageSource(name, base), waiter);
    say(`provision: image ${tag} (${secondsSince(startedMs).toFixed(1)} s)`);
  }
}

/** Its output is shown only when it fails. */
async function run(program: string, args: string[]): Promise<void> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => output.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => output.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return;
  const said = Buffer.concat(output).toString().trim().split("\n").slice(-5).join("\n");
  throw new Error(`${program} ended with ${code}:\n${said}`);
}

export async function main(): Promise<number> {
  const { missing, stop } = await provisionEngine();
  await stop();
  return missing.length === 0 ? 0 : 4;
}

if (import.meta.main) process.exitCode = await main();
