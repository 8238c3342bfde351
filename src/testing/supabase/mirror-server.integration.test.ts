// The port's own suite over the adapter of src/cloud: unmodified supabase-js, the Supabase-compatible
// gateway, a real PostgreSQL and the migrations as they are.
import { randomUUID } from "node:crypto";
import { openCloud, type Cloud } from "../../cloud/open-cloud.ts";
import type { TokenStore } from "../../cloud/token-storage.ts";
import { mirrorServerSuite } from "../mirror-server-suite.ts";
import { startSupabase } from "./start-supabase.ts";

mirrorServerSuite("MirrorServer over the Supabase-compatible gateway", async () => {
  const supabase = await startSupabase();
  const clouds: Cloud[] = [];

  async function open(email: string, password: string): Promise<Cloud> {
    const cloud = await openCloud({
      url: supabase.url,
      anonKey: supabase.anonKey,
      tokens: inMemory(),
    });
    clouds.push(cloud);
    await cloud.auth.signIn(email, password);
    return cloud;
  }

  return {
    async newUser() {
      const [email, password] = [`${randomUUID()}@example.com`, randomUUID()];
      const { userId } = await supabase.signUp(email, password);
      return {
        open: async () => (await open(email, password)).server,
        expireTokens: async () => supabase.expireTokens(userId),
      };
    },
    async close() {
      await Promise.all(clouds.map((cloud) => cloud.close()));
      await supabase.close();
    },
  };
});

function inMemory(): TokenStore {
  let kept: string | null = null;
  return {
    load: async () => kept,
    save: async (secret) => void (kept = secret),
    remove: async () => void (kept = null),
  };
}
