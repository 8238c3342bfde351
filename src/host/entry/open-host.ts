// Makes the host of a data folder, with its log; when another one has the folder, says which.
import { mkdir } from "node:fs/promises";
import { AetheriaError } from "../../contract/errors.ts";
import type { Host, HostOptions } from "../host.ts";
import type { Environment } from "./environment.ts";
import { readHostFile } from "./host-file.ts";
import { openLog } from "./log-file.ts";

/** Throws data_folder_in_use, naming the address and process where they are known. */
export async function openHost(
  dataDir: string,
  env: Environment,
  more: Pick<HostOptions, "restart" | "keychain" | "hasLinks"> = {},
): Promise<Host> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw unusable(dataDir, cause);
  });
  const { createHost } = await import("../host.ts");
  try {
    const log = openLog(dataDir);
    return await createHost({ dataDir, env, log, ...more });
  } catch (error) {
    throw await namingTheOther(error, dataDir);
  }
}

/** The store's lock knows that somebody is there; the word they left says who. */
async function namingTheOther(error: unknown, dataDir: string): Promise<unknown> {
  if (!(error instanceof AetheriaError) || error.code !== "data_folder_in_use") return error;
  const other = await readHostFile(dataDir);
  if (!other) return error;
  return new AetheriaError(
    "data_folder_in_use",
    `Aetheria already runs on this data folder, at ${other.url} (process ${other.pid}).`,
    {
      hint: `Open ${other.url}, stop that one first, or choose another folder with --data DIR.`,
      cause: error,
    },
  );
}

function unusable(dataDir: string, cause: unknown): AetheriaError {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
  const isFull = code === "ENOSPC" || code === "EDQUOT";
  return new AetheriaError(
    isFull ? "disk_full" : "part_missing",
    `The data folder ${dataDir} cannot be made (${code}).`,
    { hint: "Choose a folder you may write in with --data DIR or AETHERIA_DATA.", cause },
  );
}
