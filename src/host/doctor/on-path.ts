// Finds a program the way a shell would.
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import type { Machine } from "./finding.ts";

/** The first of `names` found in the folders of PATH, as a whole path; null: none. */
export async function onPath(
  names: readonly string[],
  { env, platform }: Pick<Machine, "env" | "platform">,
): Promise<string | null> {
  const folders = (env["PATH"] ?? env["Path"] ?? "").split(delimiter).filter((f) => f !== "");
  const endings = platform === "win32" ? [".exe", ".cmd", ""] : [""];
  const paths = names.flatMap((name) =>
    folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending))),
  );
  return firstRunnable(paths);
}

export async function firstRunnable(paths: readonly string[]): Promise<string | null> {
  for (const path of paths) if (await runnable(path)) return path;
  return null;
}

const runnable = (path: string) =>
  access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
