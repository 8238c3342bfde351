// The doctor for a machine on which the host itself will not start: the same checks, with what
// stopped it in place of what only a host knows.
import { homedir } from "node:os";
import { AetheriaError } from "../../contract/errors.ts";
import type { Check } from "../../contract/system.ts";
import { findBrowser, kindTitles } from "../browser/find-browser.ts";
import { createDoctor } from "../doctor/doctor.ts";
import { lookForWalls } from "../sandbox/walls.ts";
import type { Environment } from "./environment.ts";
import { readHostFile } from "./host-file.ts";

/** One that Aetheria fetched is the host's to know. */
function browserHere(env: Environment): Promise<string | null> {
  const places = { env, platform: process.platform, home: homedir() };
  return findBrowser({ ...places, fetched: () => Promise.resolve(null) }, null).then(
    ({ kind }) => kindTitles[kind],
    () => null,
  );
}

const askedOfHost = new Set(["Store", "Models", "Keys"]);

export async function doctorWithoutHost(
  dataDir: string,
  env: Environment,
  reason: unknown,
): Promise<Check[]> {
  const look = createDoctor({
    dataDir,
    env,
    checkStore: () => Promise.reject(reason),
    models: () => Promise.reject(reason),
    accounts: () => Promise.reject(reason),
    ripgrepPath: async () => (await import("@vscode/ripgrep")).rgPath,
    walls: (signal) => lookForWalls({ env, platform: process.platform }, signal),
    browser: () => browserHere(env),
    servingAt: async () => (await readHostFile(dataDir))?.url ?? null,
  });
  const { message, hint } = AetheriaError.toData(reason);
  const host: Check = { name: "Host", state: "failed", found: message, ...(hint && { fix: hint }) };
  return [host, ...(await look()).filter(({ name }) => !askedOfHost.has(name))];
}
