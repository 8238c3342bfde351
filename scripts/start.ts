// `npm start`: builds what is missing and opens the desktop's window; where there is no screen or no
// Electron, serves the page to a browser and says why.
import { runForwarding } from "../src/cli/node-guard.ts";
import { buildStale } from "./build.ts";
import { downloadElectron, findElectron, hasDisplay, needsNoSandbox } from "./electron.ts";

export async function main(args: string[]): Promise<number> {
  const built = await buildStale();
  if (!built) {
    console.error("Aetheria could not be built; the lines above say why.");
    return 1;
  }
  const fresh = built.length > 0 ? ` (built: ${built.join(", ")})` : "";
  const electron = await electronForWindow();
  if (!("path" in electron)) {
    console.log(`Starting serve, because ${electron.why}${fresh}.`);
    return runForwarding(process.execPath, ["out/cli.js", "serve", "--open", ...args]);
  }
  const asRoot = needsNoSandbox();
  const note = asRoot ? ", without Chromium's sandbox because you are root" : "";
  console.log(`Opening the window${note}${fresh}.`);
  return runForwarding(electron.path, [...(asRoot ? ["--no-sandbox"] : []), ".", ...args]);
}

async function electronForWindow(): Promise<{ path: string } | { why: string }> {
  if (!hasDisplay()) return { why: "there is no display to open a window on" };
  const found = findElectron() ?? ((await downloadElectron(console.log)) ? findElectron() : null);
  return found ? { path: found } : { why: "Electron could not be had on this machine" };
}
