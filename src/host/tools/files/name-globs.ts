// Name patterns for a search. ripgrep's own -g would overrule .gitignore, so the last part of each
// pattern goes in as a file type, which does not, and whole paths are compared here.
import { posix } from "node:path";

export type NameGlobs = {
  args: string[];
  /** `path` is relative with forward slashes. */
  matches(path: string): boolean;
};

export function nameGlobs(globs: readonly string[]): NameGlobs {
  const wanted = globs.map((glob) => glob.replace(/^\.?\//, "")).filter((glob) => glob !== "");
  if (wanted.length === 0) return { args: [], matches: () => true };
  const types = wanted.map((glob) => `--type-add=wanted:${lastPart(glob)}`);
  return {
    args: [...types, "--type=wanted"],
    matches: (path) => wanted.some((glob) => matchesGlob(path, glob)),
  };
}

/** Without a slash a pattern is about names anywhere, as in .gitignore. */
function matchesGlob(path: string, glob: string): boolean {
  return posix.matchesGlob(glob.includes("/") ? path : posix.basename(path), glob);
}

function lastPart(glob: string): string {
  if (/[{[][^}\]]*\//.test(glob)) return "*";
  const last = glob.slice(glob.lastIndexOf("/") + 1);
  return last === "" || last === "**" ? "*" : last;
}
