// How soon the desktop shows itself and takes words, with a store of 1,000,000 messages, and what its
// processes hold while idle: against a bare Electron window, interleaved, on the same virtual screen.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { openDisplay } from "../e2e/virtual-display.ts";
import { findElectron } from "../scripts/electron.ts";
import { openStore } from "../src/host/store/store.ts";
import { fill } from "./filled-store.ts";
import { quantile, report } from "./report.ts";
import { pssMb, startApp, type StartedApp } from "./started-app.ts";

const firstPaint = "first-contentful-paint";
const composer = "aetheria:composer";
/** The host has told its settings. */
const answer = "aetheria:host";
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 9);
const sessions = Number(process.env["BENCH_SESSIONS"] ?? 10_000);
const electron = findElectron() ?? "";
if (electron === "") throw new Error("No Electron found: run `npm run provision`.");

const folder = mkdtempSync(join(tmpdir(), "aetheria-window-bench-"));
const dataDir = join(folder, "data");
const bareData = join(folder, "bare");
mkdirSync(dataDir, { mode: 0o700 });
mkdirSync(bareData);
const display = await openDisplay();

const env = {
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  XDG_CACHE_HOME: process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
  OLLAMA_HOST: "http://127.0.0.1:1",
  AETHERIA_DATA: dataDir,
  BARE_DATA: bareData,
  ...display.env,
};
const bare = () => startApp(electron, [resolve("bench/bare-window")], env);
const ours = () => startApp(electron, [resolve(".")], env);

/** When an entry of the page's timeline was made, in milliseconds since the epoch. */
async function timeOf(app: StartedApp, name: string): Promise<number> {
  const entry = `performance.getEntriesByName("${name}")[0]`;
  for (;;) {
    const at = await app.page.evaluate<number>(`performance.timeOrigin + ${entry}?.startTime`);
    if (!Number.isNaN(at)) return at;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

try {
  const store = openStore({ dataDir, clock: { now: Date.now }, log: console.error });
  fill(store, sessions);
  store.saveSettings({ guided: true });
  store.close();
  await warmUp();
  await measureStart();
  await measureMemory();
} finally {
  await display.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Caches of code and fonts, and what the device remembers, as on every start but the first. */
async function warmUp(): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await (await bare()).end();
    const app = await ours();
    await timeOf(app, answer);
    await app.quit();
  }
}

async function measureStart(): Promise<void> {
  const bareMs: number[] = [];
  const frameMs: number[] = [];
  const composerMs: number[] = [];
  const hostMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const one = await bare();
    bareMs.push((await timeOf(one, firstPaint)) - one.startedAt);
    await one.end();
    const other = await ours();
    frameMs.push((await timeOf(other, firstPaint)) - other.startedAt);
    composerMs.push((await timeOf(other, composer)) - other.startedAt);
    hostMs.push((await timeOf(other, answer)) - other.startedAt);
    await other.end();
  }
  const median = (values: number[]) => quantile(values, 0.5);
  const inMs = (values: number[]) => `${median(values).toFixed(0)} ms`;
  console.error(
    `bare ${inMs(bareMs)}, frame ${inMs(frameMs)}, composer ${inMs(composerMs)}, host ${inMs(hostMs)}`,
  );
  const yardstick = "a bare Electron window's first paint";
  report({
    name: "window-paint",
    promise: "desktop, store of 1,000,000 messages: first meaningful paint",
    value: median(frameMs) / median(bareMs),
    limit: 1.25,
    unit: "×",
    yardstick,
  });
  report({
    name: "window-composer",
    promise: "the same: the composer takes words",
    value: median(composerMs) / median(bareMs),
    limit: 1.6,
    unit: "×",
    yardstick,
  });
}

async function measureMemory(): Promise<void> {
  const apps = [await bare(), await ours()];
  // The check of the store and what loads late are part of being idle.
  await new Promise((resolve) => setTimeout(resolve, 10_000));
  const [bareMb = 0, oursMb = 0] = apps.map(({ child }) => pssMb(child.pid ?? 0));
  for (const app of apps) await app.end();
  console.error(`bare ${bareMb.toFixed(0)} MB, ours ${oursMb.toFixed(0)} MB`);
  report({
    name: "window-memory",
    promise: "desktop idle after its start: memory of all processes (PSS)",
    value: oursMb - bareMb,
    limit: 70,
    unit: "MB more",
    yardstick: "a bare Electron window",
  });
}
