// What would wall off code that the agent runs. The room of the sandboxes looks, as it does for a
// session: what is said here is what is used there.
import type { SandboxTier } from "../../contract/sandbox.ts";
import type { Finding } from "./finding.ts";

export type WallsFound = {
  /** The wall that sessions get; null: there is none. */
  found: { tier: SandboxTier; title: string } | null;
  /** Why the stronger ones cannot be had, strongest first; each may have a `hint`. */
  problems: readonly { message: string; hint: string | undefined }[];
};

export function checkSandbox({ found, problems }: WallsFound): Finding {
  const [strongest] = problems;
  if (found && !strongest) return { state: "ok", found: `${found.title} is used.` };
  const used = found
    ? `${found.title} is used instead.`
    : "So nothing can be run, except on this machine itself with your consent.";
  const fix = strongest?.hint;
  return {
    state: "warning",
    found: [...problems.map(({ message }) => message), used].join(" "),
    ...(fix === undefined ? {} : { fix }),
  };
}
