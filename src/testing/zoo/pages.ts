// The pages that are files: pages/NAME.html at /NAME. `{{home}}` and `{{other}}` in them become the two
// origins.
import { readFile } from "node:fs/promises";
import { join } from "node:path";

export type Origins = { home: string; other: string };

/** null: there is none. */
export async function readPage(path: string, origins: Origins): Promise<string | null> {
  const name = path === "/" ? "index" : path.slice(1).replaceAll("/", "-");
  if (!/^[a-z0-9-]+$/.test(name)) return null;
  try {
    const text = await readFile(join(import.meta.dirname, "pages", `${name}.html`), "utf8");
    return text.replaceAll("{{home}}", origins.home).replaceAll("{{other}}", origins.other);
  } catch {
    return null; // there is no such file
  }
}
