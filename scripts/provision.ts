// Makes sure the outside parts that tests drive are here, and says what it does.
// Installs only on Debian as root with apt; everywhere else it uses what is installed
// and names what is missing. Safe to run again.
import { spawnSync } from "node:child_process";
import { installFromDebian, isInstalled } from "./apt.ts";
import { findChromium } from "./chromium.ts";
import { downloadElectron, electronCacheDir, findElectron, hasDisplay } from "./electron.ts";
import { provisionElectron } from "./provision-electron.ts";
import { provisionEngine } from "./provision-engine.ts";
import { findPostgres } from "../src/testing/supabase/find-postgres.ts";

export interface Provisioned {
  chromium: string | undefined;
  electron: string | undefined;
  /** The folder of its programs. */
  postgres: string | undefined;
  missing: string[];
}

type Say = (line: string) => void;

/** Debian's names for what Electron's program is linked with, and for a screen without a screen. */
const electronLibraries = [
  "libgtk-3-0",
  "libnss3",
  "libasound2",
  "libgbm1",
  "libxss1",
  "libxtst6",
  "libnotify4",
  "libatspi2.0-0",
];
const virtualDisplay = ["xvfb", "xauth"];

export async function provision(say: Say = console.log): Promise<Provisioned> {
  const chromium = provisionChromium(say);
  const electron = await provisionDesktop(say);
  const postgres = provisionPostgres(say);
  const hasScreen = hasDisplay() || isInstalled("Xvfb");
  const missing = [
    ...(chromium ? [] : ["chromium"]),
    ...(electron ? [] : ["electron"]),
    ...(hasScreen ? [] : ["xvfb"]),
    ...(postgres ? [] : ["postgresql"]),
  ];
  if (!hasScreen)
    say("provision: no display and no Xvfb: the desktop's tests are skipped until there is one.");
  return { chromium, electron, postgres, missing };
}

function provisionChromium(say: Say): string | undefined {
  if (!findChromium()) installFromDebian(["chromium", "fonts-liberation"], say);
  const chromium = findChromium();
  say(
    chromium
      ? `provision: browser for the end-to-end tests: ${chromium}`
      : "provision: no Chromium, Chrome or Edge found. Install one, or set CHROMIUM_PATH to its program; the browser tests are skipped until then.",
  );
  return chromium;
}

/** Tests start servers of their own with its programs; one that is installed is left alone. */
function provisionPostgres(say: Say): string | undefined {
  if (!findPostgres()) installFromDebian(["postgresql"], say);
  const postgres = findPostgres();
  say(
    postgres
      ? `provision: PostgreSQL for the mirror's tests: ${postgres}`
      : "provision: no PostgreSQL found. Install version 15 or newer, or set AETHERIA_POSTGRES_BIN to the folder of its programs; the mirror's tests on a real server are skipped until then.",
  );
  return postgres;
}

async function provisionDesktop(say: Say): Promise<string | undefined> {
  if (!hasDisplay() && !isInstalled("Xvfb")) installFromDebian(virtualDisplay, say);
  const electron = (await ownElectron(say)) ?? (await carriedElectron(say));
  if (electron && lacksLibraries(electron)) installFromDebian(electronLibraries, say);
  say(
    electron
      ? `provision: Electron for the desktop's tests: ${electron}`
      : "provision: no Electron can be had here. Set ELECTRON_PATH to its program; the desktop's tests are skipped until then.",
  );
  return electron;
}

/** The one that the project is made for, or that was named; downloaded where no other can be had. */
async function ownElectron(say: Say): Promise<string | undefined> {
  const isCarried = process.platform === "linux" && process.arch === "x64";
  if (!findElectron() && !isCarried) await downloadElectron(say);
  const found = findElectron();
  return found?.startsWith(electronCacheDir()) ? undefined : found;
}

async function carriedElectron(say: Say): Promise<string | undefined> {
  try {
    return await provisionElectron(say);
  } catch (error) {
    say(`provision: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

function lacksLibraries(program: string): boolean {
  if (process.platform !== "linux") return false;
  return spawnSync("ldd", [program], { encoding: "utf8" }).stdout.includes("not found");
}

export async function main(): Promise<number> {
  const { missing } = await provision();
  const engine = await provisionEngine();
  await engine.stop();
  return missing.length + engine.missing.length === 0 ? 0 : 4;
}

if (import.meta.main) process.exitCode = await main();
