// Looks at the machine the way a person would have to, all at once, and says for each thing what
// was found and what to do about it. It never throws, and one slow check holds up no other.
// `missing` and `failed` are for what Aetheria needs; what it can do without is a `warning`.
import type { Account, Check, ModelCatalog } from "../../contract/system.ts";
import { checkBrowser } from "./browsers.ts";
import { checkDataFolder, checkDiskSpace } from "./data-folder.ts";
import type { Finding, Machine } from "./finding.ts";
import { checkKeys } from "./keys.ts";
import { checkModels } from "./models.ts";
import { checkNode } from "./node-version.ts";
import { checkPort } from "./port.ts";
import { checkRipgrep } from "./ripgrep.ts";
import { checkSandbox, type WallsFound } from "./sandbox.ts";
import { checkSecrets, type SecretsPlace } from "./secrets.ts";
import { checkStore } from "./store.ts";

/** What the doctor asks of other rooms; each may throw and may take its time. */
export interface DoctorParts {
  dataDir: string;
  env: Machine["env"];
  /** null when the store is sound, else what is wrong, in a sentence. */
  checkStore(): Promise<string | null>;
  models(): Promise<ModelCatalog>;
  accounts(): Promise<Account[]>;
  /** Where the search program lies; throws when its package is not installed. */
  ripgrepPath(): Promise<string> | string;
  /** The wall that code would get. */
  walls(signal: AbortSignal): Promise<WallsFound>;
  /** What the browser that would be driven is called; null: there is none. */
  browser(): Promise<string | null>;
  /** Where keys are kept; absent: nothing is said about it. */
  secrets?(): Promise<SecretsPlace>;
  /** The address this data folder's host answers at; null: it does not serve. */
  servingAt(): Promise<string | null>;
  port?: number;
  platform?: NodeJS.Platform;
  nodeVersion?: string;
  limitMs?: number;
}

export function createDoctor(parts: DoctorParts): () => Promise<Check[]> {
  const platform = parts.platform ?? process.platform;
  const limitMs = parts.limitMs ?? 3000;
  const version = parts.nodeVersion ?? process.versions.node;
  const checks: [name: string, look: (machine: Machine) => Promise<Finding>][] = [
    ["Node", async () => checkNode(version)],
    ["Data folder", () => checkDataFolder(parts.dataDir)],
    ["Disk space", () => checkDiskSpace(parts.dataDir)],
    ["Store", () => checkStore(parts.checkStore)],
    ["Models", () => checkModels(parts.models)],
    ["Keys", () => checkKeys(parts.accounts)],
    ["File search", async () => checkRipgrep(await parts.ripgrepPath())],
    ["Sandbox", async ({ signal }) => checkSandbox(await parts.walls(signal))],
    ["Browser", async () => checkBrowser(await parts.browser(), platform)],
    ["Port", () => checkPort(parts.port ?? 4517, parts.servingAt)],
  ];
  const { secrets } = parts;
  if (secrets) checks.splice(6, 0, ["Secrets", () => checkSecrets(secrets, platform)]);
  return () =>
    Promise.all(
      checks.map(async ([name, look]) => ({
        name,
        ...(await within(limitMs, (signal) => look({ platform, env: parts.env, signal }))),
      })),
    );
}

/** The finding, or a warning once the time is over; what was thrown is a failed check. */
async function within(
  limitMs: number,
  look: (signal: AbortSignal) => Promise<Finding>,
): Promise<Finding> {
  const controller = new AbortController();
  const { signal } = controller;
  const late = new Promise<Finding>((resolve) =>
    signal.addEventListener("abort", () => resolve(noAnswer(limitMs))),
  );
  const timer = setTimeout(() => controller.abort(), limitMs);
  try {
    return await Promise.race([late, look(signal)]);
  } catch (error) {
    return failedBy(error);
  } finally {
    clearTimeout(timer);
  }
}

const noAnswer = (limitMs: number): Finding => ({
  state: "warning",
  found: `There was no answer within ${Math.round(limitMs / 100) / 10} seconds.`,
  fix: "Look again in a moment; a busy or sleeping machine can be that slow.",
});

function failedBy(error: unknown): Finding {
  const found = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && "hint" in error ? error.hint : undefined;
  return { state: "failed", found, ...(typeof hint === "string" ? { fix: hint } : {}) };
}
