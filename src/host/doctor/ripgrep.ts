// Is the program that searches files by content there, and may it be run?
import { constants } from "node:fs";
import { access } from "node:fs/promises";
import type { Finding } from "./finding.ts";

export async function checkRipgrep(path: string): Promise<Finding> {
  try {
    await access(path, constants.X_OK);
    return { state: "ok", found: `ripgrep at ${path}.` };
  } catch {
    return {
      state: "missing",
      found: `ripgrep is not at ${path}, or may not be run.`,
      fix: 'Run "npm ci" in Aetheria\'s folder, or install Aetheria again.',
    };
  }
}
