// Who is signed in at which project of Supabase, and the ways in and out. The package behind it is loaded
// with the first project that is named.
import { AetheriaError } from "../../contract/errors.ts";
import type { MirrorAccount } from "../../contract/mirror.ts";
import type { Cloud } from "../../cloud/open-cloud.ts";
import type { SupabaseSetup } from "../../cloud/open-supabase.ts";
import { noCloud } from "./mirror-files.ts";
import type { MirrorSecrets, Project } from "./mirror-secrets.ts";
import type { WayBack } from "./way-back.ts";

export type SignedIn = { cloud: Cloud; account: MirrorAccount };
export type SignInProvider = "google" | "github" | "apple" | "azure";

export type SignInNeeds = {
  kept: MirrorSecrets;
  fetch: typeof fetch;
  webSocket(): Promise<NonNullable<SupabaseSetup["webSocket"]>>;
  wayBack: WayBack;
  /** What the way back brought, in its turn. */
  finish(address: string): Promise<unknown>;
  /** Before the connection to a project is given up: what works through it stops. */
  closing(): Promise<void>;
};

export type SignIn = ReturnType<typeof createSignIn>;

export function createSignIn(needs: SignInNeeds) {
  const { kept, wayBack } = needs;
  let cloud: Cloud | null = null;
  let project: Project | null = null;
  let signedIn: SignedIn | null = null;

  async function openCloudOf(next: Project): Promise<Cloud> {
    if (cloud && project?.url === next.url && project.anonKey === next.anonKey) return cloud;
    await close();
    const [{ openCloud }, ws] = await Promise.all([
      import("../../cloud/open-cloud.ts"),
      needs.webSocket(),
    ]);
    cloud = await openCloud({ ...next, tokens: kept.tokens, fetch: needs.fetch, webSocket: ws });
    project = next;
    return cloud;
  }

  async function close(): Promise<void> {
    await needs.closing();
    await cloud?.close();
    cloud = null;
    signedIn = null;
  }

  async function enter(
    next: Project,
    by: (auth: Cloud["auth"]) => Promise<MirrorAccount | null>,
  ): Promise<SignedIn> {
    const opened = await openCloudOf(next);
    const account = await by(opened.auth);
    await kept.saveProject(next);
    if (account === null) throw confirmFirst();
    return (signedIn = { cloud: opened, account });
  }

  return {
    current: () => signedIn,
    /** Throws where nobody is signed in. */
    here(): SignedIn {
      if (!signedIn) throw noCloud();
      return signedIn;
    },
    /** Who was signed in when this host ended; asks nobody when nobody was. */
    async resume(): Promise<SignedIn | null> {
      const next = await kept.project();
      if (!next) return null;
      const opened = await openCloudOf(next);
      const account = await opened.auth.account();
      return (signedIn = account && { cloud: opened, account });
    },
    byPassword: ({ url, anonKey, ...who }: Project & Password): Promise<SignedIn> =>
      enter({ url, anonKey }, async (auth) =>
        who.isNew
          ? auth.signUp(who.email, who.password, await wayBack.open(needs.finish))
          : auth.signIn(who.email, who.password),
      ),
    /** Returns the address to open in the system's browser; null: a link was sent by mail. */
    async start(
      next: Project,
      by: { provider: SignInProvider } | { email: string },
    ): Promise<string | null> {
      const { auth } = await openCloudOf(next);
      await kept.saveProject(next);
      const back = await wayBack.open(needs.finish);
      if ("provider" in by) return auth.startOAuth(by.provider, back);
      await auth.sendMagicLink(by.email, back);
      return null;
    },
    /** `address`: the way back with what the server wrote behind it. */
    async finish(address: string): Promise<SignedIn> {
      const next = await kept.project();
      if (!next) throw noCloud();
      return enter(next, (auth) => auth.finish(address));
    },
    async close(): Promise<void> {
      await Promise.all([close(), wayBack.close()]);
    },
  };
}

type Password = { email: string; password: string; isNew: boolean };

const confirmFirst = () =>
  new AetheriaError("unauthorized", "The account is made; its e-mail address is to be confirmed.", {
    hint: "Open the link in the mail that was just sent, then sign in.",
  });
