// All of this room for one project of Supabase: who is signed in and the server, over one client.
import type { MirrorServer } from "../core/mirror/ports.ts";
import { createAuth, type CloudAuth } from "./auth.ts";
import { closeSupabase, openSupabase, type SupabaseSetup } from "./open-supabase.ts";
import { createSupabaseServer } from "./supabase-server.ts";

export interface Cloud {
  readonly auth: CloudAuth;
  readonly server: MirrorServer;
  /** Every row and file on the server, then signed out here. The account itself stays. */
  deleteCloudData(signal: AbortSignal): Promise<void>;
  /** Ends timers, watches and connections; the sign-in stays. */
  close(): Promise<void>;
}

/** Loads supabase-js and reads the kept sign-in; asks nobody yet, unless that has to be renewed. */
export async function openCloud(setup: SupabaseSetup): Promise<Cloud> {
  const client = await openSupabase(setup);
  const { tokens, url, anonKey } = setup;
  const auth = createAuth({ client, tokens, url, anonKey });
  const closing = new AbortController();
  const server = createSupabaseServer(client, closing.signal);
  return {
    auth,
    server,
    async deleteCloudData(signal) {
      await server.deleteAll(signal);
      await auth.signOut("here");
    },
    async close() {
      closing.abort();
      await closeSupabase(client);
    },
  };
}
