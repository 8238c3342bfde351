// Whether bubblewrap is here and may do its work, and if not, what to do.
import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";

export type FoundBubblewrap = {
  program: string;
  /** As it says: `bubblewrap 0.8.0`. */
  version: string;
  python: string;
};

export type BubblewrapSearch = {
  platform: string;
  path: string;
  signal: AbortSignal;
};

/** Throws AetheriaError `part_missing` with the fix. */
export async function findBubblewrap(search: BubblewrapSearch): Promise<FoundBubblewrap> {
  if (search.platform !== "linux")
    throw missing("Bubblewrap is for Linux only.", "Install Docker.");
  const program = await find("bwrap", search.path.split(delimiter));
  if (program === null)
    throw missing("Bubblewrap is not installed.", "Install it: `sudo apt install bubblewrap`.");
  // Behind the wall there is only what the system itself brings.
  const python = await find("python3", ["/usr/bin", "/usr/local/bin", "/bin"]);
  if (python === null)
    throw missing("Python 3 is not installed.", "Install it: `sudo apt install python3`.");
  const version = await output(program, ["--version"], search.signal);
  await output(program, [...smallestWall, "/proc/self/exe", "--version"], search.signal);
  return { program, version: version.trim(), python };
}

/** Fails as the whole one would, where it is not allowed. */
const smallestWall = [
  "--unshare-user",
  "--unshare-pid",
  "--unshare-net",
  "--ro-bind",
  "/",
  "/",
  "--proc",
  "/proc",
  "--",
];

function missing(message: string, hint: string): AetheriaError {
  return new AetheriaError("part_missing", message, { hint });
}

async function find(name: string, folders: string[]): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      continue;
    }
  }
  return null;
}

function output(program: string, args: string[], signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { signal, timeout: 10_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(signal.aborted ? error : wallRefused(stderr));
    });
  });
}

/** Why bubblewrap could not build its wall, from what it says. */
export function wallRefused(said: string): AetheriaError {
  if (/uid map|apparmor|permission denied|RTM_NEWADDR/i.test(said))
    return missing(
      "This system keeps bubblewrap from making a sandbox (AppArmor forbids it user namespaces).",
      "Allow it: `sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`, or install Docker.",
    );
  if (/namespace|not permitted|no space left/i.test(said))
    return missing(
      "This system allows no user namespaces, which bubblewrap needs.",
      "Allow them: `sudo sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=15000`, or install Docker.",
    );
  const first = said.trim().split("\n")[0] ?? "";
  return missing(
    `Bubblewrap could not make a sandbox${first === "" ? "" : `: ${first}`}.`,
    "Update bubblewrap, or install Docker.",
  );
}
