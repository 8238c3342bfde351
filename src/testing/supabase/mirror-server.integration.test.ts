// The port's own suite over the adapter of src/cloud: unmodified supabase-js, the Supabase-compatible
// gateway, a real PostgreSQL and the migrations as they are.
import { randomUUID } from "node:crypto";
import { describe } from "vitest";
import type { Cloud } from "../../cloud/open-cloud.ts";
import { mirrorServerSuite, type MirrorServerRig } from "../mirror-server-suite.ts";
import { findPostgres } from "./find-postgres.ts";
import { openCloudAt } from "./open-cloud-at.ts";
import { startSupabase } from "./start-supabase.ts";

async function startRig(): Promise<MirrorServerRig> {
  const supabase = await startSupabase();
  const clouds: Cloud[] = [];

  async function open(email: string, password: string): Promise<Cloud> {
    const cloud = await openCloudAt(supabase);
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
        async backdateSeen() {
          const sooner = "update devices set seen_at = seen_at - interval '1 minute'";
          await supabase.sql(`${sooner} where user_id = $1`, [userId]);
        },
      };
    },
    async close() {
      await Promise.all(clouds.map((cloud) => cloud.close()));
      await supabase.close();
    },
  };
}

describe.skipIf(findPostgres() === undefined)("with a real PostgreSQL", () => {
  mirrorServerSuite("MirrorServer over the Supabase-compatible gateway", startRig);
});
