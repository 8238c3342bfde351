// Files as the wire tells of them: a workspace's entries and changes, moments to go back to, and the
// backups and exports of the data folder.
import * as z from "zod/mini";

export const FileEntry = z.object({
  name: z.string(),
  /** Relative to the workspace, with `/`. */
  path: z.string(),
  type: z.enum(["file", "folder", "link", "other"]),
  sizeBytes: z.number(),
  modifiedAt: z.number(),
});
export type FileEntry = z.infer<typeof FileEntry>;

/** The sum of what the agent did to one file: from before its first change to after its last. */
export const FileChange = z.object({
  path: z.string(),
  change: z.enum(["added", "modified", "deleted"]),
  addedLines: z.number(),
  removedLines: z.number(),
  /** Of the last change. */
  seq: z.number(),
  at: z.number(),
  /** It is not any more as the agent left it: somebody else has changed it since. */
  changedSince: z.boolean(),
});
export type FileChange = z.infer<typeof FileChange>;

export const RewindFile = z.object({
  path: z.string(),
  action: z.enum(["restore", "remove"]),
  /** Somebody else has changed it since: their version would go to the trash. */
  changedSince: z.boolean(),
  /** Unified, from now to what it would be; empty when it is not text. */
  diff: z.string(),
  /** Why it would stay as it is: a sentence. */
  problem: z.optional(z.string()),
});
export type RewindFile = z.infer<typeof RewindFile>;

/** `title`: the beginning of the message that would be gone; null: the start of the session. */
export const Moment = z.object({
  toSeq: z.number(),
  at: z.number(),
  title: z.nullable(z.string()),
  restores: z.number(),
  removes: z.number(),
});
export type Moment = z.infer<typeof Moment>;

export const DataFile = z.object({
  name: z.string(),
  kind: z.enum(["backup", "export"]),
  path: z.string(),
  sizeBytes: z.number(),
  createdAt: z.number(),
});
export type DataFile = z.infer<typeof DataFile>;

export const DataProgress = z.object({
  job: z.enum(["backup", "export", "restore"]),
  doneBytes: z.number(),
  totalBytes: z.number(),
  finished: z.boolean(),
});
export type DataProgress = z.infer<typeof DataProgress>;
