// Which version a browser is. Asking it takes a process, so what it said is kept beside the profiles for
// as long as the file stays the same; Windows' browsers do not answer, their folder's name does.
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import * as z from "zod/mini";

const Known = z.record(z.string(), z.string());
const versionPattern = /\b\d{2,4}(\.\d+){3}\b/;
const answerMs = 5_000;

export type Versions = ReturnType<typeof createVersions>;

export function createVersions(folder: string, platform: NodeJS.Platform) {
  const file = join(folder, "versions.json");
  let known: Promise<Record<string, string>> | null = null;

  const load = async () => {
    const text = await readFile(file, "utf8").catch(() => "{}");
    const read = Known.safeParse(parsed(text));
    return read.success ? { ...read.data } : {};
  };

  const look = async (path: string): Promise<string | null> => {
    const all = await (known ??= load());
    const found = await stat(path).catch(() => null);
    if (found === null) return null;
    const key = `${path} ${found.size} ${Math.trunc(found.mtimeMs)}`;
    const before = all[key];
    if (before !== undefined) return before;
    const version = await (platform === "win32" ? beside(path) : asked(path));
    if (version === null) return null;
    all[key] = version;
    await mkdir(folder, { recursive: true });
    await writeFile(file, JSON.stringify({ [key]: version }));
    return version;
  };

  return {
    /** `156.0.8078.114`; null: it does not tell. Never throws. */
    of: (path: string): Promise<string | null> => look(path).catch(() => null),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

async function asked(path: string): Promise<string | null> {
  const { stdout } = await promisify(execFile)(path, ["--version"], { timeout: answerMs });
  return versionPattern.exec(stdout)?.[0] ?? null;
}

async function beside(path: string): Promise<string | null> {
  const names = await readdir(dirname(path));
  const versions = names.filter((name) => versionPattern.test(name));
  return versions.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? null;
}
