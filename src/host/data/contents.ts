// What lies in a data folder, by name: what a backup holds, and what is Aetheria's to delete. A name
// that is not here is never touched: the folder may be somebody's home.

export const database = "aetheria.db";
/** Beside the database: folders of files. Every backup puts all of these in place. */
export const contentFolders = ["attachments", "trash"] as const;
export const contents = [database, ...contentFolders] as const;

export const backupFolder = "backups";
export const exportFolder = "exports";
/** Profiles with logins, and files that are held. In no backup: nobody wants to be logged in twice. */
export const browserFolder = "browser";
/** Work under way; without meaning after a crash. */
export const workFolder = "backup-work";
export const stagingFolder = "restore-staging";
/** Whole and checked: the next start puts it in place. */
export const pendingFolder = "restore-pending";
export const deletePending = "delete-pending";
export const replacedPrefix = "replaced-";

const owned: readonly RegExp[] = [
  /^aetheria\.db/,
  /^aetheria\.log(\.1)?$/,
  /^secrets\.(key|json\.enc)/,
  /^replaced-\d{4}-\d\d-\d\dT/,
];
const ownedNames: ReadonlySet<string> = new Set([
  ...contents,
  backupFolder,
  exportFolder,
  browserFolder,
  workFolder,
  stagingFolder,
  pendingFolder,
]);

/** What “delete everything” deletes. The token, the lock and host.json belong to who runs now. */
export const isOwned = (name: string): boolean =>
  ownedNames.has(name) || owned.some((pattern) => pattern.test(name));
