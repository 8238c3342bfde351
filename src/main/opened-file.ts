// A file that the person opened with Aetheria: our own export, read whole.
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { basename } from "node:path";
import type { Destination } from "../contract/desktop.ts";
import { AetheriaError } from "../contract/errors.ts";
import { exportEnding } from "./arguments.ts";

const largestBytes = 200_000_000;

/** Throws bad_input, too_large or not_found with the sentence to show. */
export async function readOpenedFile(path: string): Promise<Destination> {
  const name = basename(path).slice(-255);
  if (!name.toLowerCase().endsWith(exportEnding))
    throw new AetheriaError("bad_input", `“${name}” is not an export of Aetheria.`);
  // A pipe would be waited for, and with it a thread that everything else here needs.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const file = await open(path, flags).catch((cause: unknown) => {
    throw new AetheriaError("not_found", `“${name}” cannot be read.`, { cause });
  });
  try {
    const stat = await file.stat();
    if (!stat.isFile()) throw new AetheriaError("bad_input", `“${name}” is not a file.`);
    if (stat.size > largestBytes)
      throw new AetheriaError("too_large", `“${name}” is larger than an export can be.`);
    return { kind: "import", name, text: await file.readFile("utf8") };
  } finally {
    await file.close();
  }
}
