// Where the built page lies, seen from the sources and from the bundle.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The folder of the built page; null: it was not built, and only programs can connect. */
export function findPage(): string | null {
  const here = ["../../../out/renderer", "../renderer", "./renderer"];
  const folders = here.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}/index.html`)) ?? null;
}
