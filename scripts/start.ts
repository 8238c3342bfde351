// `npm start`: builds what is missing, says what it starts and why, and becomes it.
import { runForwarding } from "../src/cli/node-guard.ts";
import { buildStale } from "./build.ts";

export async function main(args: string[]): Promise<number> {
  const built = await buildStale();
  if (!built) {
    console.error("Aetheria could not be built; the lines above say why.");
    return 1;
  }
  const fresh = built.length > 0 ? ` (built: ${built.join(", ")})` : "";
  console.log(`Starting serve, because this version has no desktop window${fresh}.`);
  return runForwarding(process.execPath, ["out/cli.js", "serve", "--open", ...args]);
}
