// One device's way to the gateway: src/cloud over unmodified supabase-js, its sign-in kept in memory.
import { openCloud, type Cloud } from "../../cloud/open-cloud.ts";
import type { TokenStore } from "../../cloud/token-storage.ts";
import type { Supabase } from "./start-supabase.ts";

/** Nobody is signed in yet. The caller closes it. */
export function openCloudAt({ url, anonKey }: Supabase, tokens = inMemory()): Promise<Cloud> {
  return openCloud({ url, anonKey, tokens });
}

export function inMemory(): TokenStore {
  let kept: string | null = null;
  return {
    load: async () => kept,
    save: async (secret) => void (kept = secret),
    remove: async () => void (kept = null),
  };
}
