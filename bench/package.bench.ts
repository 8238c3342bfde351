// What Aetheria adds to the Electron runtime it is packaged with: the unpacked app as it is installed,
// less the same runtime with the same languages.
import { execFileSync } from "node:child_process";
import { existsSync, lstatSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { findElectron } from "../scripts/electron.ts";
import { report } from "./report.ts";

const unpacked = { linux: "dist/linux-unpacked", win32: "dist/win-unpacked" };
/** What makes a distribution a test runtime (scripts/package.ts); no package has it. */
const testRuntime = ["resources/app", "sqlite", "browser_v8_context_snapshot.bin"];

const electron = findElectron();
if (!electron) throw new Error("No Electron found: run `npm run provision`.");
const { platform } = process;
if (platform !== "linux" && platform !== "win32")
  throw new Error("The size of the package is measured on Linux and Windows.");
execFileSync(process.execPath, ["scripts/run.js", "package", "--dir"], {
  stdio: ["ignore", 2, "inherit"],
});

const [app, runtime] = [unpacked[platform], dirname(electron)];
const appBytes = bytesBelow(app, () => true);
const runtimeBytes = bytesBelow(runtime, isInPackage);
for (const part of ["resources", "locales"])
  console.error(`${part}: ${mb(bytesBelow(join(app, part), () => true)).toFixed(1)} MB`);
console.error(`app ${mb(appBytes).toFixed(1)} MB, runtime ${mb(runtimeBytes).toFixed(1)} MB`);
report({
  name: "package-size",
  promise: "the app as installed, over its runtime",
  value: mb(appBytes - runtimeBytes),
  limit: 60,
  unit: "MB more",
  yardstick: "the Electron it was made of, same languages",
});

function isInPackage(path: string): boolean {
  if (testRuntime.some((extra) => path === join(runtime, extra))) return false;
  return dirname(path) !== join(runtime, "locales") || existsSync(path.replace(runtime, app));
}

function bytesBelow(folder: string, counts: (path: string) => boolean): number {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  return paths.filter(counts).reduce((sum, path) => {
    const stat = lstatSync(path);
    return sum + (stat.isDirectory() ? bytesBelow(path, counts) : stat.size);
  }, 0);
}

function mb(bytes: number): number {
  return bytes / 1e6;
}
