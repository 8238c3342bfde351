// What other apps shared into this one, between the service worker that takes it and the page that
// asks for which session it is. It leaves with the first who takes it.
import { openDB } from "idb";

export type Shared = { text: string; files: File[] };

export interface Shares {
  put(shared: Shared): Promise<void>;
  take(): Promise<Shared | null>;
}

export async function openShares(): Promise<Shares> {
  const database = await openDB<{ shared: { key: string; value: Shared } }>(
    "aetheria-companion-shared",
    1,
    { upgrade: (fresh) => void fresh.createObjectStore("shared") },
  );
  return {
    async put(shared) {
      await database.put("shared", shared, "last");
    },
    async take() {
      const change = database.transaction("shared", "readwrite");
      const shared = await change.store.get("last");
      if (shared) await change.store.delete("last");
      await change.done;
      return shared ?? null;
    },
  };
}
