// Aetheria's own data folder holds keys, tokens and every conversation. A workspace may contain it (a
// whole home folder, say); tools still neither look into it nor change it.
import { realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import type { Tool } from "../../../core/ports.ts";
import { isInside, resolveInWorkspace } from "./workspace-path.ts";
import type { WorkspacePath } from "./workspace-path.ts";

export interface OwnFolder {
  /** The tool, which refuses whatever path of its input leads into the folder. */
  guard(tool: Tool): Tool;
  /** True for what a search of this workspace must not show. */
  hides(workspace: string, path: string): Promise<boolean>;
  /** True for a workspace that has the folder in it, or is it. */
  liesIn(workspace: string): Promise<boolean>;
}

/** The inputs of the files family that name a path. */
const pathKeys = ["path", "from", "to"];

export function createOwnFolder(dataDir: string): OwnFolder {
  let known: Promise<string> | null = null;
  // Made when the host starts, so it is there by the first call.
  const own = () => (known ??= realpath(dataDir).catch(() => resolve(dataDir)));

  /** Names are compared without their case: some file systems do, and nothing else is named so. */
  const holds = async (workspace: string, path: string): Promise<boolean> => {
    const folder = folded(await own());
    // A folder granted within the data folder was meant.
    const isMeant = isInside(folder, folded(workspace)) && folded(workspace) !== folder;
    return !isMeant && isInside(folder, folded(path));
  };

  const refuse = async (workspace: string, key: string, path: string): Promise<void> => {
    const { real, root, shown } = await resolveInWorkspace(workspace, path, {
      followLast: key !== "from",
    });
    const takesAway = key === "from" && isInside(folded(real), folded(await own()));
    if (takesAway || (await holds(root, real))) throw refused(shown);
  };

  return {
    hides: holds,
    liesIn: async (workspace) => isInside(folded(workspace), folded(await own())),
    guard: (tool) => ({
      ...tool,
      async plan(input, context) {
        const { workspace } = context;
        if (workspace !== null)
          for (const [key, path] of pathsIn(input)) await refuse(workspace, key, path);
        return tool.plan(input, context);
      },
    }),
  };
}

/** Throws where a person's look would lead into the folder. */
export async function refuseOwn(
  own: Pick<OwnFolder, "hides">,
  { root, real, shown }: Pick<WorkspacePath, "root" | "real" | "shown">,
): Promise<void> {
  if (await own.hides(root, real)) throw refused(shown);
}

const folded = (path: string): string => path.normalize("NFC").toLowerCase();

function pathsIn(input: unknown): [string, string][] {
  if (typeof input !== "object" || input === null) return [];
  return Object.entries(input).filter(
    (entry): entry is [string, string] =>
      pathKeys.includes(entry[0]) && typeof entry[1] === "string",
  );
}

const refused = (shown: string) =>
  new AetheriaError("refused", `“${shown}” holds Aetheria's own data.`, {
    hint: "Name something else.",
  });
