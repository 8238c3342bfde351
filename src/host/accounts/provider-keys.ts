// Which key a provider is used with. One typed in the app wins over the environment's; a base URL
// alone is enough, for servers that want no key.
import type { Secrets } from "./secrets.ts";

export type ProviderKey = {
  key: string;
  baseUrl?: string | undefined;
  source: "settings" | "environment";
};

export interface ProviderKeys {
  keyFor(provider: string): Promise<ProviderKey | null>;
  keep(provider: string, key: string, baseUrl: string | undefined): Promise<void>;
  /** The environment's key, if any, is in use again. */
  drop(provider: string): Promise<void>;
}

type Env = Readonly<Record<string, string | undefined>>;

const variables: Record<string, { key: string; baseUrl?: string }> = {
  openai: { key: "OPENAI_API_KEY", baseUrl: "OPENAI_BASE_URL" },
  brave: { key: "BRAVE_API_KEY" },
  tavily: { key: "TAVILY_API_KEY" },
};

/** Where a key came from that was not typed in, for people: `OPENAI_API_KEY and OPENAI_BASE_URL`. */
export const variablesOf = (provider: string): string =>
  Object.values(variables[provider] ?? {}).join(" and ");

export function createProviderKeys(secrets: Secrets, env: Env): ProviderKeys {
  const names = (provider: string) => ({ key: `${provider}.key`, url: `${provider}.baseUrl` });
  return {
    async keyFor(provider) {
      const { key, url } = names(provider);
      const [typed, baseUrl] = await Promise.all([secrets.get(key), secrets.get(url)]);
      if (typed !== null) return { key: typed, baseUrl: baseUrl || undefined, source: "settings" };
      return environmentKey(provider, env);
    },
    async keep(provider, key, baseUrl) {
      const name = names(provider);
      await secrets.set(name.url, baseUrl ?? "");
      await secrets.set(name.key, key);
    },
    async drop(provider) {
      const name = names(provider);
      await secrets.delete(name.key);
      await secrets.delete(name.url);
    },
  };
}

function environmentKey(provider: string, env: Env): ProviderKey | null {
  const names = variables[provider];
  const key = env[names?.key ?? ""]?.trim() ?? "";
  const baseUrl = env[names?.baseUrl ?? ""]?.trim() || undefined;
  return key === "" && baseUrl === undefined ? null : { key, baseUrl, source: "environment" };
}
