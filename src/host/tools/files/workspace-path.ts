// The boundary of the workspace: turns a path as it was asked for into the real one, links resolved,
// and refuses what leads out. The result is a claim about a moment; guarded-open.ts holds it to that.
import { lstat, readlink, realpath } from "node:fs/promises";
import { isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { AetheriaError } from "../../../contract/errors.ts";
import { fileProblem, shorten, systemCode } from "./file-problem.ts";
import { windowsPathProblem } from "./windows-path.ts";

export type WorkspacePath = {
  /** The workspace, absolute, links resolved. */
  root: string;
  /** The absolute path with every link on the way resolved. */
  real: string;
  /** Relative to the workspace with forward slashes; `.` is the workspace itself. */
  shown: string;
  exists: boolean;
};

type Options = {
  /** false: the last name is not followed when it is a link (to move or delete the link itself). */
  followLast?: boolean;
};

const maxLinks = 40;
const maxNameBytes = 255;
const maxPathBytes = 4096;

/** Throws workspace_missing, outside_workspace, bad_input or refused. */
export async function resolveInWorkspace(
  workspace: string | null,
  path: string,
  { followLast = true }: Options = {},
): Promise<WorkspacePath> {
  checkSpelling(path);
  const root = await realWorkspace(workspace);
  const target = isAbsolute(path) ? resolve(path) : resolve(root, path);
  const { real, exists } = await walk(root, target, followLast, path);
  if (!isInside(root, real)) throw outside(path);
  return { root, real, shown: shownPath(root, real), exists };
}

/** The workspace with its links resolved; throws workspace_missing when there is none. */
export async function realWorkspace(workspace: string | null): Promise<string> {
  if (workspace === null)
    throw new AetheriaError("workspace_missing", "This session has no folder to work in.", {
      hint: "Choose a folder for the session, then ask again.",
    });
  try {
    const root = await realpath(workspace);
    if ((await lstat(root)).isDirectory()) return root;
  } catch (error) {
    if (systemCode(error) === null) throw error;
  }
  throw new AetheriaError("workspace_missing", `The folder “${shorten(workspace)}” is gone.`, {
    hint: "Put it back or connect its disk, or choose another folder for the session.",
  });
}

export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

export function shownPath(root: string, real: string): string {
  return relative(root, real).split(sep).join("/") || ".";
}

export function outside(path: string): AetheriaError {
  return new AetheriaError(
    "outside_workspace",
    `“${shorten(path)}” is outside the session's folder.`,
    {
      hint: "Use a path inside the folder, or choose a wider folder for the session.",
    },
  );
}

// ── Walking ──────────────────────────────────────────────────────────────────────────────────────

/** Goes name by name, as the system would, so that a link to nowhere and a file that is yet to be
 * made have a real path too. */
async function walk(root: string, target: string, followLast: boolean, asked: string) {
  let at = isInside(root, target) ? root : parse(target).root;
  let names = namesIn(at, target);
  let links = 0;
  while (names.length > 0) {
    const [name = "", ...rest] = names;
    const next = join(at, name);
    const found = await look(next, isInside(root, at), asked);
    if (found === "missing") return { real: join(next, ...rest), exists: false };
    if (found === "link" && (followLast || rest.length > 0)) {
      if (++links > maxLinks) throw fileProblem(loop(), asked);
      const to = resolve(at, await readlink(next));
      at = parse(to).root;
      names = [...namesIn(at, to), ...rest];
      continue;
    }
    if (found !== "folder" && rest.length > 0) throw throughFile(root, next, asked);
    at = next;
    names = rest;
  }
  return { real: at, exists: true };
}

function namesIn(base: string, path: string): string[] {
  return relative(base, path).split(sep).filter(Boolean);
}

async function look(path: string, inside: boolean, asked: string) {
  try {
    const stats = await lstat(path);
    if (stats.isSymbolicLink()) return "link";
    return stats.isDirectory() ? "folder" : "other";
  } catch (error) {
    if (systemCode(error) === "ENOENT") return "missing";
    throw inside ? fileProblem(error, asked) : outside(asked);
  }
}

function loop(): Error {
  return Object.assign(new Error("too many links"), { code: "ELOOP" });
}

function throughFile(root: string, path: string, asked: string): AetheriaError {
  if (!isInside(root, path)) return outside(asked);
  return new AetheriaError("bad_input", `“${shownPath(root, path)}” is a file, not a folder.`, {
    hint: "Check the path: something is asked for inside that file.",
  });
}

// ── Spelling ─────────────────────────────────────────────────────────────────────────────────────

function checkSpelling(path: string): void {
  const problem = spellingProblem(path);
  if (problem !== null)
    throw new AetheriaError("bad_input", problem, {
      hint: "Give a path relative to the session's folder, like notes/today.md.",
    });
}

function spellingProblem(path: string): string | null {
  if (path.includes("\0")) return "The path has a NUL character in it.";
  if (path === "~" || path.startsWith("~/"))
    return "“~” is not understood here: paths start at the session's folder.";
  const longest = path.split(/[\\/]/).reduce((a, b) => (a.length >= b.length ? a : b), "");
  if (Buffer.byteLength(longest) > maxNameBytes)
    return `The name “${shorten(longest)}” is too long: it has ${longest.length.toLocaleString("en")} characters, and a name may have ${maxNameBytes}.`;
  if (Buffer.byteLength(path) > maxPathBytes)
    return `The path “${shorten(path)}” is too long: it has ${path.length.toLocaleString("en")} characters.`;
  return process.platform === "win32" ? windowsPathProblem(path) : null;
}
