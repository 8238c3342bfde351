// Who is signed in to the mirror on this device: in by password, provider or link (PKCE), out here or
// everywhere. supabase-js renews the sign-in and keeps it in the TokenStore it was opened with.
import type { Provider, SupabaseClient } from "@supabase/supabase-js";
import * as z from "zod/mini";
import { AetheriaError } from "../contract/errors.ts";
import type { MirrorAccount } from "../contract/mirror.ts";
import { nobody } from "./cloud-fetch.ts";
import { errorOfAuth, type AuthProblem } from "./error-of-auth.ts";
import { parseJson } from "./parse-json.ts";
import { createTokenStorage, sessionName, type TokenStore } from "./token-storage.ts";

export type AuthSetup = {
  client: SupabaseClient;
  /** Those the client was opened with. */
  tokens: TokenStore;
  url: string;
  anonKey: string;
};

/** Every method may throw AetheriaError: `unauthorized`, `bad_input`, `conflict`, `refused`, `expired`,
 * `cancelled`, `rate_limited`, and those of the network. */
export interface CloudAuth {
  /** Who is kept as signed in; asks nobody. */
  account(): Promise<MirrorAccount | null>;
  /** null: the address must be confirmed first, by the link that was sent to it. `redirectTo`: where
   * that link leads. */
  signUp(email: string, password: string, redirectTo?: string): Promise<MirrorAccount | null>;
  signIn(email: string, password: string): Promise<MirrorAccount>;
  /** The address to open in the system's browser. It comes back to `redirectTo`: hand that to `finish`. */
  startOAuth(provider: Provider, redirectTo: string): Promise<string>;
  /** Also signs up, where the server allows it. */
  sendMagicLink(email: string, redirectTo: string): Promise<void>;
  /** With the whole address that was called back, on the device that began. */
  finish(callbackUrl: string): Promise<MirrorAccount>;
  /** For devices that sign in by it: an account made by a provider or a link has none. */
  setPassword(password: string): Promise<void>;
  /** `here` works offline too. */
  signOut(where: "here" | "everywhere"): Promise<void>;
  /** Signed in, out, or as somebody else. null: signed out. */
  onChange(listener: (account: MirrorAccount | null) => void): () => void;
}

/** What counts of a session of supabase-js. */
const KeptSession = z.object({ user: z.object({ id: z.string(), email: z.optional(z.string()) }) });
type KeptSession = z.infer<typeof KeptSession>;

export function createAuth(setup: AuthSetup): CloudAuth {
  const { auth } = setup.client;
  const storage = createTokenStorage(setup.tokens);

  const accountOf = (session: KeptSession | null): MirrorAccount | null =>
    session === null
      ? null
      : {
          url: setup.url,
          anonKey: setup.anonKey,
          userId: session.user.id,
          email: session.user.email ?? "",
        };

  const signedIn = (session: KeptSession | null): MirrorAccount => {
    const account = accountOf(session);
    if (account === null) throw nobody();
    return account;
  };

  return {
    async account() {
      const kept = KeptSession.safeParse(parseJson((await storage.getItem(sessionName)) ?? ""));
      return accountOf(kept.success ? kept.data : null);
    },

    async signUp(email, password, redirectTo) {
      const options = redirectTo === undefined ? {} : { emailRedirectTo: redirectTo };
      const { data, error } = await auth.signUp({ email, password, options });
      check(error);
      return accountOf(data.session);
    },

    async signIn(email, password) {
      const { data, error } = await auth.signInWithPassword({ email, password });
      check(error);
      return signedIn(data.session);
    },

    async startOAuth(provider, redirectTo) {
      const options = { redirectTo, skipBrowserRedirect: true };
      const { data, error } = await auth.signInWithOAuth({ provider, options });
      check(error);
      return data.url ?? Promise.reject(noWay());
    },

    async sendMagicLink(email, redirectTo) {
      const { error } = await auth.signInWithOtp({
        email,
        options: { emailRedirectTo: redirectTo },
      });
      check(error);
    },

    async finish(callbackUrl) {
      const { code, flowId } = readCallback(callbackUrl);
      const options = flowId === null ? {} : { flowId };
      const { data, error } = await auth.exchangeCodeForSession(code, options);
      check(error);
      return signedIn(data.session);
    },

    async setPassword(password) {
      const { error } = await auth.updateUser({ password });
      check(error);
    },

    // On this device it is done before the server is asked: that one may be out of reach.
    async signOut(where) {
      const { error } = await auth.signOut({ scope: where === "here" ? "local" : "global" });
      if (where === "everywhere") check(error);
    },

    onChange(listener) {
      let last: string | null | undefined;
      const { data } = auth.onAuthStateChange((event, session) => {
        const account = accountOf(session);
        const who = account && `${account.userId} ${account.email}`;
        const isFirst = event === "INITIAL_SESSION";
        if (!isFirst && who !== last) listener(account);
        last = who;
      });
      return () => data.subscription.unsubscribe();
    },
  };
}

function check(error: AuthProblem | null): void {
  if (error !== null) throw errorOfAuth(error);
}

/** What the server put into the address it called back. Errors come in the query, the fragment or both. */
function readCallback(callbackUrl: string): { code: string; flowId: string | null } {
  const url = URL.canParse(callbackUrl) ? new URL(callbackUrl) : null;
  const query = url?.searchParams ?? new URLSearchParams();
  const fragment = new URLSearchParams(url?.hash.slice(1) ?? "");
  const read = (name: string) => query.get(name) ?? fragment.get(name);
  const error = read("error");
  if (error !== null) {
    const code = read("error_code") ?? error;
    throw errorOfAuth({ name: "", message: read("error_description") ?? "", status: 400, code });
  }
  const code = read("code");
  if (code === null) throw notACallback();
  return { code, flowId: read("sb_flow_id") };
}

const notACallback = (): AetheriaError =>
  new AetheriaError("bad_input", "That address does not finish a sign-in.", {
    hint: "Begin again, and open the link that comes back with Aetheria.",
  });

const noWay = (): AetheriaError =>
  new AetheriaError("refused", "This server does not offer that way of signing in.", {
    hint: "Choose another way of signing in.",
  });
