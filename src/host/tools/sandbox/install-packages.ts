// install_packages: pip and npm, through the proxy, with the registry as the only host. What it installs
// lives in the sandbox and goes with it.
import * as z from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import type { SandboxTier } from "../../../contract/sandbox.ts";
import type { Tool } from "../../../core/ports.ts";
import { defineTool } from "../define-tool.ts";
import { runProgram, type RunParts } from "./run-program.ts";

const hosts = {
  python: ["pypi.org", "files.pythonhosted.org"],
  node: ["registry.npmjs.org"],
} as const;

/** A name with extras and a version (PEP 508, without addresses and files); a name of npm's. */
const names = {
  python:
    /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:\[[\w.,-]+\])?(?:(?:===?|[<>~!]=|<|>)[\w.*+!-]+(?:,(?:===?|[<>~!]=|<|>)[\w.*+!-]+)*)?$/,
  node: /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*(?:@[\w.^~<>=*+-]+)?$/i,
} as const;

const timeoutMs = 600_000;

export function installPackagesTool(parts: RunParts): Tool {
  return defineTool({
    name: "install_packages",
    family: "sandbox",
    title: "Install packages",
    description:
      "Installs packages of Python (pip) or Node (npm) into the session's sandbox, from their usual registry; the person is asked. " +
      "They are gone when the sandbox ends. System packages (apt) cannot be installed: the sandbox has no root and its system is read-only.",
    effect: "run_code",
    input: z.object({
      language: z.enum(["python", "node", "system"]).describe("system is refused, see above"),
      packages: z
        .array(z.string().min(1).max(200))
        .min(1)
        .max(50)
        .describe('Like "scipy" or "scipy==1.14.1"'),
    }),
    plan: ({ language, packages }, context) => {
      if (language === "system") throw noRoot();
      check(language, packages);
      const list = packages.join(" ");
      return parts.plans.plan(
        {
          summary: `install ${list.length > 80 ? `${list.slice(0, 79)}…` : list}`,
          deed: `Install ${packages.length === 1 ? "this package" : "these packages"}`,
          code: { name: "packages", value: list },
          hosts: hosts[language],
        },
        context,
      );
    },
    async *run({ language, packages }, context) {
      if (language === "system") throw noRoot();
      check(language, packages);
      const tier = await parts.sandboxes.tierFor(context.sessionId);
      const code = command(language, packages, tier);
      return yield* runProgram(
        parts,
        { language: "shell", code, fresh: true, timeoutMs, hosts: hosts[language] },
        context,
      );
    },
  });
}

/** An option or an address among the names would be another command than the one that was asked. */
function check(language: "python" | "node", packages: readonly string[]): void {
  const wrong = packages.find((name) => !names[language].test(name));
  if (wrong === undefined) return;
  throw new AetheriaError("bad_input", `“${wrong}” is not the name of a package.`, {
    hint: "Name packages as the registry does, with a version where one matters: scipy==1.14.1.",
  });
}

/** Debian's Python wants to be told that nothing of the system is meant; on the person's own machine
 * that is for its own pip to say. */
function command(
  language: "python" | "node",
  packages: readonly string[],
  tier: SandboxTier | null,
): string {
  const list = packages.map((name) => `'${name}'`).join(" ");
  if (language === "node")
    return `npm install --global --no-audit --no-fund --loglevel=error -- ${list}`;
  const own = tier === "machine" || tier === "seatbelt" ? "" : " --break-system-packages";
  return `python3 -m pip install --user${own} --no-input --disable-pip-version-check --progress-bar off -- ${list}`;
}

const noRoot = () =>
  new AetheriaError(
    "refused",
    "System packages cannot be installed in the sandbox: it has no root, and its system is read-only.",
    { hint: "Look for a package of Python or Node that does the same." },
  );
