// `npm run cap:sync [android|ios …]`: builds the companion when it is stale, makes the projects for
// Android and iOS that are missing, and puts the built files into them. Both systems' own tools are
// only needed to open and sign what comes out.
import { existsSync } from "node:fs";
import { buildCompanion, isCompanionStale } from "./build.ts";
import { countFailed, runSteps, type Step } from "./steps.ts";

const platforms = ["android", "ios"] as const;

export async function main(args: string[]): Promise<number> {
  const unknown = args.filter((arg) => !platforms.some((platform) => platform === arg));
  if (unknown.length > 0) {
    console.error(`cap:sync knows android and ios, not ${unknown.join(", ")}.`);
    return 2;
  }
  if ((await isCompanionStale()) && !(await buildCompanion())) return 1;
  const wanted = platforms.filter((platform) => args.length === 0 || args.includes(platform));
  // One after the other: both write the same lists of plugins.
  for (const platform of wanted) if (countFailed(await runSteps([stepFor(platform)])) > 0) return 1;
  return 0;
}

const stepFor = (platform: (typeof platforms)[number]): Step =>
  existsSync(platform)
    ? { name: `sync: ${platform}`, command: ["cap", "sync", platform] }
    : { name: `add: ${platform}`, command: ["cap", "add", platform] };
