// The programs that run behind the wall, as files to be put there. They are kept as they are beside
// this module, in src/ as in a build; code inside an archive is no place that another program can read.
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Where they are behind a wall that has a file system of its own. */
export const insideFolder = "/opt/aetheria";

export const insideFiles: readonly { name: string; url: URL }[] = [
  { name: "channel.py", url: new URL("./channel.py", import.meta.url) },
  { name: "jobs.py", url: new URL("./jobs.py", import.meta.url) },
  { name: "line.py", url: new URL("./line.py", import.meta.url) },
  { name: "loop.py", url: new URL("./loop.py", import.meta.url) },
  { name: "node_kernel.mjs", url: new URL("./node_kernel.mjs", import.meta.url) },
  { name: "processes.py", url: new URL("./processes.py", import.meta.url) },
  { name: "proxy.py", url: new URL("./proxy.py", import.meta.url) },
  { name: "python_kernel.py", url: new URL("./python_kernel.py", import.meta.url) },
  { name: "supervisor.py", url: new URL("./supervisor.py", import.meta.url) },
  { name: "tree.py", url: new URL("./tree.py", import.meta.url) },
  { name: "watch.py", url: new URL("./watch.py", import.meta.url) },
  { name: "workspace.py", url: new URL("./workspace.py", import.meta.url) },
];

/** What Python is started with. `port`: where the way out listens; else the usual one, or any where
 * that is taken. */
export function supervisorCommand(folder: string, workspace: string, port?: number): string[] {
  const more = port === undefined ? [] : [String(port)];
  return ["-I", "-B", `${folder}/supervisor.py`, workspace, ...more];
}

/** The files with what is in them, and a hash that changes when one of them does. */
export async function readInside(): Promise<{
  hash: string;
  files: { name: string; text: string }[];
}> {
  const files = await Promise.all(
    insideFiles.map(async ({ name, url }) => ({ name, text: await readFile(url, "utf8") })),
  );
  const hash = createHash("sha256");
  for (const { name, text } of files) hash.update(`${name}\0${text}\0`);
  return { hash: hash.digest("hex").slice(0, 16), files };
}

/** Puts them below `parent` once and returns the folder; older ones stay for hosts that use them. */
export async function writeInside(parent: string): Promise<string> {
  const { hash, files } = await readInside();
  const folder = join(parent, `inside-${hash}`);
  const made = `${folder}.${process.pid}-${Math.random().toString(36).slice(2)}`;
  await mkdir(made, { recursive: true, mode: 0o755 });
  try {
    for (const { name, text } of files) await writeFile(join(made, name), text, { mode: 0o644 });
    await rename(made, folder);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    if (!isThere(error)) throw error;
  }
  return folder;
}

function isThere(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : "";
  return code === "ENOTEMPTY" || code === "EEXIST";
}
