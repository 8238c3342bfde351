// What Windows makes of odd names. A pure check, so that every machine can test it: device names,
// streams, drive-relative and network paths would silently name something else than they say.

const reserved = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/** A full sentence, or null when the path means on Windows what it says. */
export function windowsPathProblem(path: string): string | null {
  if (/^[\\/]{2}/.test(path))
    return "Network and device paths (starting with \\\\) are not allowed.";
  if (/^[a-z]:(?![\\/])/i.test(path))
    return "A path like C:name depends on where a program stands.";
  const parts = path.replace(/^[a-z]:/i, "").split(/[\\/]+/);
  for (const part of parts) {
    const problem = part === "." || part === ".." ? null : partProblem(part);
    if (problem !== null) return problem;
  }
  return null;
}

function partProblem(part: string): string | null {
  if (part.includes(":")) return `“${part}” has a colon, which names a hidden stream of a file.`;
  if (/[<>"|?*]/.test(part) || hasControl(part))
    return `“${part}” has a character that Windows refuses.`;
  if (/[. ]$/.test(part)) return `“${part}” ends in a dot or a space, which Windows drops.`;
  const stem = part.split(".")[0]?.trimEnd() ?? "";
  return reserved.test(stem) ? `“${part}” is the name of a device.` : null;
}

function hasControl(part: string): boolean {
  return Array.from(part).some((character) => character < " ");
}
