// Turns what the operating system says about a file into a sentence with a way out.
import { AetheriaError } from "../../../contract/errors.ts";
import type { ErrorCode } from "../../../contract/errors.ts";

const known: Record<string, { code: ErrorCode; what: string; hint: string }> = {
  ENOENT: {
    code: "not_found",
    what: "does not exist",
    hint: "List the folder to see what is there.",
  },
  EACCES: refused("may not be touched: the system does not allow it"),
  EPERM: refused("may not be touched: the system does not allow it"),
  EROFS: refused("is on a disk that can only be read"),
  ENOTDIR: {
    code: "bad_input",
    what: "is not a folder",
    hint: "Check the path.",
  },
  EISDIR: { code: "bad_input", what: "is a folder, not a file", hint: "Name a file in it." },
  EEXIST: { code: "conflict", what: "is there already", hint: "Choose another name." },
  ENOTEMPTY: { code: "conflict", what: "is there already", hint: "Choose another name." },
  ELOOP: {
    code: "bad_input",
    what: "is a link that leads in a circle",
    hint: "Use the real path.",
  },
  ENAMETOOLONG: { code: "bad_input", what: "has too long a name", hint: "Use a shorter one." },
  ENOSPC: full(),
  EDQUOT: full(),
  EBUSY: {
    code: "conflict",
    what: "is in use by another program",
    hint: "Close it and try again.",
  },
  ENXIO: { code: "bad_input", what: "is not a plain file", hint: "Name a file." },
};

/** AetheriaErrors and aborts pass through as they are. */
export function fileProblem(error: unknown, shown: string): unknown {
  const code = systemCode(error);
  const found = code === null ? undefined : known[code];
  if (!found) return error;
  const message = `“${shorten(shown)}” ${found.what}.`;
  return new AetheriaError(found.code, message, { hint: found.hint, cause: error });
}

/** `ENOENT` and the like; null for any other error. */
export function systemCode(error: unknown): string | null {
  const isSystem = error instanceof Error && "code" in error && typeof error.code === "string";
  return isSystem && !(error instanceof AetheriaError) ? String(error.code) : null;
}

/** Runs `work`; what the system refuses comes out as a sentence about `shown`. */
export async function told<T>(shown: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw fileProblem(error, shown);
  }
}

export function shorten(path: string): string {
  return path.length <= 120 ? path : `${path.slice(0, 60)}…${path.slice(-40)}`;
}

function refused(what: string) {
  return {
    code: "refused",
    what,
    hint: "Change its permissions, or choose another place.",
  } as const;
}

function full() {
  return {
    code: "disk_full",
    what: "could not be written: the disk is full",
    hint: "Free some space and try again; nothing was changed.",
  } as const;
}
