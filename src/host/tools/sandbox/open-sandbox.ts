// The session's sandbox for one call, with what its making says on the way (an image being built).
import { AetheriaError } from "../../../contract/errors.ts";
import type { ToolContext } from "../../../core/ports.ts";
import type { Sandbox, Sandboxes } from "../../../core/sandbox-ports.ts";
import type { RunPlans } from "./run-plan.ts";

/** Yields lines of progress. Throws what Sandboxes.open throws, and `refused` when by now it would run
 * without the wall that was decided on. */
export async function* openSandbox(
  sandboxes: Sandboxes,
  plans: RunPlans,
  context: ToolContext,
): AsyncGenerator<string, Sandbox, void> {
  const { sessionId, signal } = context;
  const lines: string[] = [];
  let wake: (() => void) | null = null;
  const onProgress = (line: string) => {
    lines.push(`${line}\n`);
    wake?.();
  };
  let isOver = false;
  const opening = sandboxes.open(sessionId, { signal, onProgress }).finally(() => {
    isOver = true;
    wake?.();
  });
  // Awaited below; a failure meanwhile must not count as nobody's.
  opening.catch(() => undefined);
  while (!isOver) {
    if (lines.length > 0) yield lines.splice(0).join("");
    else await new Promise<void>((resolve) => (wake = resolve));
  }
  const sandbox = await opening;
  if (lines.length > 0) yield lines.join("");
  if (sandbox.tier === "machine" && plans.plannedTier(context) !== "machine") throw noWall();
  return sandbox;
}

const noWall = () =>
  new AetheriaError("refused", "The sandbox went away, so this did not run.", {
    hint: "Call again: then it is asked whether it may run on this machine without a sandbox.",
  });
