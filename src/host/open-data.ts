// The data folder, opened: what a restore or a deletion left to do is done before the store opens, and
// in its lock. And what is looked at in the background once it is open.
import type { ErrorData } from "../contract/errors.ts";
import type { Store } from "../core/ports.ts";
import type { Secrets } from "./accounts/secrets.ts";
import { applyPending, type Applied } from "./data/pending.ts";
import { openStore } from "./store/store.ts";
import { clock, describe } from "./system-parts.ts";

/** Throws data_folder_in_use, disk_full or store_damaged. */
export function openData(dataDir: string, log: (line: string) => void) {
  let pending: Applied = { restored: false, settled: () => undefined };
  const beforeOpening = () => void (pending = applyPending(dataDir));
  const store = openStore({ dataDir, clock, log, beforeOpening });
  return { store, pending };
}

/** Reading the whole file would make the page, which starts at the same time, wait. */
const startMs = 3_000;

/** The background check of the file. Damage it finds is repaired then and there; the person reads
 * what was saved, and where the damaged original lies. */
export async function watchIntegrity(
  store: Store,
  signal: AbortSignal,
  tell: (notice: ErrorData) => void,
  log: (line: string) => void,
): Promise<void> {
  const told = new Set(store.notices);
  try {
    await clock.sleep(startMs, signal).catch(() => undefined);
    if (signal.aborted) return;
    await store.checkIntegrity();
    for (const notice of store.notices) if (!told.has(notice)) tell(notice);
  } catch (error) {
    log(`integrity check: ${describe(error)}`);
  }
}

/** The file of keys is opened with the first question to it; what is wrong with it shows then. */
export async function tellSecretsNotices(
  secrets: Secrets,
  tell: (notice: ErrorData) => void,
  log: (line: string) => void,
): Promise<void> {
  try {
    await secrets.names();
    for (const notice of secrets.notices) tell(notice);
  } catch (error) {
    log(`secrets: ${describe(error)}`);
  }
}
