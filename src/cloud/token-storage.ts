// Where a sign-in is kept: supabase-js's storage over one secret of the keychain (host) or of the
// encrypted storage (browser). Read anew each time, since another window may have renewed it.
import * as z from "zod/mini";
import { parseJson } from "./parse-json.ts";

/** One secret text. The host's lies in the keychain, the companion's in its encrypted storage. */
export interface TokenStore {
  load(): Promise<string | null>;
  save(secret: string): Promise<void>;
  remove(): Promise<void>;
}

/** What supabase-js asks for. */
export interface TokenStorage {
  getItem(name: string): Promise<string | null>;
  setItem(name: string, value: string): Promise<void>;
  removeItem(name: string): Promise<void>;
}

/** Under which name supabase-js keeps the session. */
export const sessionName = "aetheria-mirror";

const Items = z.record(z.string(), z.string());
type Items = z.infer<typeof Items>;

export function createTokenStorage(store: TokenStore): TokenStorage {
  let last: Promise<unknown> = Promise.resolve();

  const load = async (): Promise<Items> => readItems(await store.load());

  /** One after the other, so that none overwrites what another wrote meanwhile. */
  function change(edit: (items: Items) => void): Promise<void> {
    const done = last.then(async () => {
      const items = await load();
      edit(items);
      await (Object.keys(items).length === 0 ? store.remove() : store.save(JSON.stringify(items)));
    });
    last = done.catch(() => undefined);
    return done;
  }

  return {
    getItem: async (name) => {
      await last;
      return (await load())[name] ?? null;
    },
    setItem: (name, value) => change((items) => void (items[name] = value)),
    removeItem: (name) => change((items) => void delete items[name]),
  };
}

/** What is damaged counts as signed out. */
function readItems(secret: string | null): Items {
  const items = Items.safeParse(secret === null ? {} : parseJson(secret));
  return items.success ? items.data : {};
}
