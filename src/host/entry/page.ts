// Where the built page and the built companion lie, seen from the sources and from the bundle.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** null: it was not built, and only programs can connect. */
export const findPage = (): string | null => findBuilt("renderer");

/** null: it was not built, and phones find nothing under `/companion`. */
export const findCompanion = (): string | null => findBuilt("companion");

function findBuilt(name: string): string | null {
  const here = [`../../../out/${name}`, `../${name}`, `./${name}`];
  const folders = here.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  return folders.find((folder) => existsSync(`${folder}/index.html`)) ?? null;
}
