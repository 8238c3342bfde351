// What every MirrorServer must do, done by Supabase's: unmodified supabase-js, our own migrations and a
// real PostgreSQL behind the Supabase-compatible gateway.
import { WebSocket } from "ws";
import { openCloud, type Cloud } from "../../cloud/open-cloud.ts";
import type { SupabaseSetup } from "../../cloud/open-supabase.ts";
import type { TokenStore } from "../../cloud/token-storage.ts";
import { mirrorServerSuite } from "../mirror-server-suite.ts";
import { startSupabase } from "./start-supabase.ts";

function memoryTokens(): TokenStore {
  let kept: string | null = null;
  return {
    load: async () => kept,
    save: async (secret) => void (kept = secret),
    remove: async () => void (kept = null),
  };
}

mirrorServerSuite("the server in between, by the Supabase-compatible gateway", async () => {
  const supabase = await startSupabase();
  const clouds: Cloud[] = [];
  return {
    async newUser() {
      const { email, password, userId } = await supabase.signUp();
      return {
        async open() {
          const { url, anonKey } = supabase;
          const webSocket = WebSocket as unknown as SupabaseSetup["webSocket"];
          const cloud = await openCloud({ url, anonKey, tokens: memoryTokens(), webSocket });
          clouds.push(cloud);
          await cloud.auth.signIn(email, password);
          return cloud.server;
        },
        expireTokens: async () => supabase.expireTokens(userId),
      };
    },
    async close() {
      for (const cloud of clouds) await cloud.close();
      await supabase.close();
    },
  };
});
