// supabase-js, loaded when it is needed and set up as both devices use it. It gets its way out, its
// WebSocket and the place for its tokens from whoever opens it.
import type { SupabaseClient, WebSocketLikeConstructor } from "@supabase/supabase-js";
import { AetheriaError } from "../contract/errors.ts";
import { createCloudFetch } from "./cloud-fetch.ts";
import { createTokenStorage, sessionName, type TokenStore } from "./token-storage.ts";

export type SupabaseSetup = {
  /** The project's address, such as `https://abc.supabase.co`. */
  url: string;
  anonKey: string;
  tokens: TokenStore;
  /** The host's goes through its egress room. Absent: the browser's own. */
  fetch?: typeof fetch;
  /** As `ws` or a browser makes them. Electron's Node has none of its own. */
  webSocket?: WebSocketLikeConstructor;
};

export async function openSupabase(setup: SupabaseSetup): Promise<SupabaseClient> {
  checkAddress(setup);
  const { createClient } = await import("@supabase/supabase-js");
  return createClient(setup.url, setup.anonKey, {
    auth: {
      storage: createTokenStorage(setup.tokens),
      storageKey: sessionName,
      flowType: "pkce",
      persistSession: true,
      autoRefreshToken: true,
      // The companion hands the address over itself (`finish`), as the host does.
      detectSessionInUrl: false,
    },
    // The mirror has its own back-off; two of them would wait for each other.
    db: { retry: false },
    global: { fetch: createCloudFetch(setup.fetch ?? fetch, setup.anonKey) },
    realtime: {
      ...(setup.webSocket === undefined ? {} : { transport: setup.webSocket }),
      disconnectOnEmptyChannelsAfterMs: 0,
    },
  });
}

/** Ends its timers and connections; the sign-in stays. */
export async function closeSupabase(client: SupabaseClient): Promise<void> {
  await client.auth.dispose();
  // The line first: a server that does not answer would hold up each channel's farewell.
  await client.realtime.disconnect();
  await client.removeAllChannels();
}

function checkAddress({ url, anonKey }: SupabaseSetup): void {
  const isWeb = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
  if (isWeb && anonKey.trim() !== "") return;
  throw new AetheriaError("bad_input", "That is not the address and key of a Supabase project.", {
    hint: "Copy the project's URL (https://….supabase.co) and its anon key from Supabase: Project Settings → API.",
  });
}
