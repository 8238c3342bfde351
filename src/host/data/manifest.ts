// What a backup says of itself: which file holds what, how large, and its sum. A restore believes
// nothing that is not in here.
import * as z from "zod/mini";
import { Sha256 } from "../../contract/ids.ts";
import { database } from "./contents.ts";

export const manifestName = "manifest.json";
/** More files than this are neither backed up nor restored. */
export const maxFiles = 300_000;

const path = z.string().check(z.maxLength(8_192));
const whole = z.int().check(z.minimum(0));

export const BackupFile = z.object({
  /** Where it lies in the data folder, with `/`. */
  path,
  sizeBytes: whole,
  sha256: Sha256,
  /** The permission bits it had. */
  mode: whole,
});
export type BackupFile = z.infer<typeof BackupFile>;

export const Manifest = z.object({
  format: z.literal("aetheria-backup"),
  version: z.literal(1),
  app: z.string(),
  createdAt: z.number(),
  files: z.array(BackupFile).check(z.maxLength(maxFiles)),
  /** Folders that hold nothing. */
  folders: z.array(path).check(z.maxLength(maxFiles)),
});
export type Manifest = z.infer<typeof Manifest>;

/** The version of whatever calls itself a backup of ours, also one of tomorrow. */
export const ManifestHead = z.object({
  format: z.literal("aetheria-backup"),
  version: z.number(),
});

/** The name in the zip: `\` means a folder to some programs. */
export const entryName = (path: string): string =>
  path.replaceAll("%", "%25").replaceAll("\\", "%5C");

const windowsReserved = /[<>:"|?*\\]|[. ]$/;

/** Whether a backup may put this file there: the database, an attachment under the name of its own
 * bytes, or something inside the trash. */
export function isOfBackup(path: string, sha256: string | null, isWindows: boolean): boolean {
  if (path === database) return sha256 !== null;
  const parts = path.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".." || part.includes("\0")))
    return false;
  if (isWindows && parts.some((part) => windowsReserved.test(part))) return false;
  if (parts[0] === "trash") return parts.length > 1 || sha256 === null;
  if (parts[0] !== "attachments" || sha256 === null) return false;
  return parts.length === 3 && parts[2] === sha256 && parts[1] === sha256.slice(0, 2);
}
