// Real hosts that mirror to a Supabase-compatible gateway over a real PostgreSQL, and phones of the same
// account, for one file of tests.
import type { SessionId } from "../contract/ids.ts";
import type { MirrorStatus } from "../contract/mirror.ts";
import { readLinkCode } from "../cloud/link-code.ts";
import { openMirrorPhone, type MirrorPhone } from "./mirror-phone.ts";
import { noModels, openRealHost, type RealHost } from "./real-host.ts";
import { startSupabase, type Supabase, type SupabaseSetup } from "./supabase/start-supabase.ts";

export const password = "correct horse 42";
export const passphrase = "four words nobody says";

export type MirroredHost = RealHost & { email: string };

export interface MirroredHosts {
  readonly supabase: Supabase;
  /** Signed out. */
  open(env?: Record<string, string>): Promise<RealHost>;
  /** With an account of its own, or as one more host of somebody's; mirroring when it resolves. */
  signedIn(options?: { env?: Record<string, string>; email?: string }): Promise<MirroredHost>;
  /** By the same password; the key is still there. */
  again(real: MirroredHost): Promise<void>;
  phoneOf(real: RealHost): Promise<MirrorPhone>;
  newEmail(): string;
  /** All hosts and phones; the server goes on. */
  closeAll(): Promise<void>;
  close(): Promise<void>;
}

export async function openMirroredHosts(setup?: SupabaseSetup): Promise<MirroredHosts> {
  const supabase = await startSupabase(setup);
  const closings: (() => Promise<unknown>)[] = [];
  let accounts = 0;
  const newEmail = () => `ada${++accounts}@example.test`;

  async function open(env: Record<string, string> = noModels): Promise<RealHost> {
    const real = await openRealHost({ env });
    closings.push(real.close);
    return real;
  }

  async function closeAll(): Promise<void> {
    for (const close of closings.splice(0).toReversed()) await close();
  }

  return {
    ...{ supabase, open, newEmail, closeAll },
    async signedIn({ env, email } = {}) {
      const real = await open(env);
      const who = { email: email ?? newEmail(), password, isNew: email === undefined };
      const { url, anonKey } = supabase;
      await real.client.call("mirror.signIn", { url, anonKey, ...who });
      await real.client.call("mirror.unlock", { passphrase });
      await real.pushed((push) =>
        push.type === "mirror.changed" && push.status.phase === "up_to_date" ? push : undefined,
      );
      return { ...real, email: who.email };
    },
    async again({ client, email }) {
      const { url, anonKey } = supabase;
      await client.call("mirror.signIn", { url, anonKey, email, password, isNew: false });
    },
    async phoneOf(real) {
      const { link } = await real.client.call("mirror.link", { companion: "https://c.example/" });
      const code = readLinkCode(link);
      if (!code) throw new Error("There is no code in the link.");
      const phone = await openMirrorPhone(code, password);
      closings.push(phone.close);
      return phone;
    },
    async close() {
      await closeAll();
      await supabase.close();
    },
  };
}

/** As it was told last. */
export const statusOf = (real: RealHost): MirrorStatus | undefined =>
  real.pushes.findLast((push) => push.type === "mirror.changed")?.status;

export async function begin(real: RealHost, title: string): Promise<SessionId> {
  const { sessionId } = await real.client.call("session.create", { title });
  return sessionId;
}

/** How far the server is, as the host knows. */
export async function mirroredSeq(real: RealHost, sessionId: SessionId): Promise<number> {
  return (await real.client.call("mirror.session", { sessionId })).mirroredSeq;
}
