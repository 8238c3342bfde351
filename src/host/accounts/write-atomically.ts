// Replaces a private file as a whole: readers see the old one or the new one, never a half.
import { open, rename, rm } from "node:fs/promises";

/** Readable by its owner only. On failure the old file is as it was. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const temporary = `${path}.${process.pid}.new`;
  try {
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
