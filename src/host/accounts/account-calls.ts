// The contract's account.* calls. A key is checked against its provider before it is kept; only its
// last four characters ever leave this room.
import type { CallInput, CallOutput } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { Account } from "../../contract/system.ts";
import { variablesOf, type ProviderKeys } from "./provider-keys.ts";

export type AccountCallsParts = {
  keys: ProviderKeys;
  /** Asks the provider; throws the AetheriaError that says what is wrong. */
  checkKey(provider: string, key: { key: string; baseUrl?: string | undefined }): Promise<void>;
  /** A key came or went: models may have changed, and accounts have. */
  onChange(): void;
};

export interface AccountCalls {
  "account.list"(input: CallInput<"account.list">): Promise<CallOutput<"account.list">>;
  "account.connect"(input: CallInput<"account.connect">): Promise<CallOutput<"account.connect">>;
  "account.disconnect"(
    input: CallInput<"account.disconnect">,
  ): Promise<CallOutput<"account.disconnect">>;
}

/** Models, then engines of web_search; those have no address of one's own. */
const providers = ["openai", "brave", "tavily"];
const keyPages: Readonly<Record<string, string>> = {
  openai: "https://platform.openai.com/api-keys",
  brave: "https://api-dashboard.search.brave.com/app/keys",
  tavily: "https://app.tavily.com",
};

export function createAccountCalls({ keys, checkKey, onChange }: AccountCallsParts): AccountCalls {
  return {
    "account.list": async () => ({
      accounts: await Promise.all(providers.map((provider) => accountOf(provider, keys))),
    }),
    async "account.connect"({ provider, key, baseUrl }) {
      const isModels = provider === "openai";
      const given = { key: key.trim(), baseUrl: isModels ? addressOf(baseUrl) : undefined };
      if (given.key === "" && given.baseUrl === undefined) throw nothingGiven(provider);
      if (/[^\x21-\x7e]/.test(given.key)) throw notAKey();
      await checkKey(provider, given);
      await keys.keep(provider, given.key, given.baseUrl);
      onChange();
      return accountOf(provider, keys);
    },
    async "account.disconnect"({ provider }) {
      if (!providers.includes(provider)) throw unknown(provider);
      const current = await keys.keyFor(provider);
      if (current?.source === "environment") throw fromEnvironment(provider);
      await keys.drop(provider);
      onChange();
      return {};
    },
  };
}

async function accountOf(provider: string, keys: ProviderKeys): Promise<Account> {
  const found = await keys.keyFor(provider);
  if (found === null) return { provider, connected: false, source: "none" };
  return {
    provider,
    connected: true,
    source: found.source,
    // A short key would be given away by its end.
    ...(found.key.length >= 12 ? { keyEnd: found.key.slice(-4) } : {}),
    ...(found.baseUrl === undefined ? {} : { baseUrl: withoutSecrets(found.baseUrl) }),
  };
}

function addressOf(baseUrl: string | undefined): string | undefined {
  const text = baseUrl?.trim() ?? "";
  if (text === "") return undefined;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === "http:" || url?.protocol === "https:") return text.replace(/\/+$/, "");
  throw new AetheriaError("bad_input", `“${text.slice(0, 200)}” is not a web address.`, {
    hint: "It begins with http:// or https://, for example http://127.0.0.1:8080/v1.",
  });
}

function withoutSecrets(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return baseUrl;
  const url = new URL(baseUrl);
  url.username = "";
  url.password = "";
  url.search = "";
  return url.href.replace(/\/$/, "");
}

function nothingGiven(provider: string): AetheriaError {
  const isModels = provider === "openai";
  const problem = isModels ? "There is neither a key nor an address." : "There is no key.";
  return new AetheriaError("bad_input", problem, {
    hint: `Paste a key from ${keyPages[provider]}${isModels ? ", or the address of a local server" : ""}.`,
  });
}

const notAKey = () =>
  new AetheriaError("bad_input", "A key has no spaces or special characters in it.", {
    hint: "Copy it again, without quotation marks.",
  });

const unknown = (provider: string) =>
  new AetheriaError("not_found", `There is no account named “${provider}”.`);

const fromEnvironment = (provider: string) =>
  new AetheriaError("conflict", "This key comes from the environment of the program.", {
    hint: `Remove ${variablesOf(provider)} where Aetheria is started, and start it again.`,
  });
