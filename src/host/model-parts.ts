// Joins the models to the keys, the way out and those who watch; and the contract's model.* and account.*.
import type { Push } from "../contract/calls.ts";
import type { Store } from "../core/ports.ts";
import { createAccountCalls, type AccountCalls } from "./accounts/account-calls.ts";
import { createProviderKeys, type ProviderKeys } from "./accounts/provider-keys.ts";
import type { Secrets } from "./accounts/secrets.ts";
import type { Egress } from "./egress/egress.ts";
import { createModelCalls, type ModelCalls } from "./models/model-calls.ts";
import { createModels, type ModelRoom } from "./models/models.ts";
import { clock } from "./system-parts.ts";
import { checkSearchKey } from "./tools/web/web-search-api.ts";

export type ModelParts = {
  models: ModelRoom;
  keys: ProviderKeys;
  calls: AccountCalls & Omit<ModelCalls, "close">;
  /** What decides which models there are is another now. */
  changed(): void;
  close(): Promise<void>;
};

type Needs = {
  env: Readonly<Record<string, string | undefined>>;
  store: Store;
  secrets: Secrets;
  egress: Egress;
  broadcast(push: Push): void;
};

export function createModelParts({ env, store, secrets, egress, broadcast }: Needs): ModelParts {
  const keys = createProviderKeys(secrets, env);
  const models = createModels({
    fetch: egress.fetch("models", { allowPrivate: true }),
    keyFor: (provider) => keys.keyFor(provider),
    settings: () => store.settings(),
    env,
    clock,
  });
  const changed = () => {
    models.forget();
    broadcast({ type: "models.changed" });
  };
  const accountCalls = createAccountCalls({
    keys,
    checkKey: (provider, given) =>
      provider === "brave" || provider === "tavily"
        ? checkSearchKey(provider, given.key, egress.fetch("web_search"))
        : models.checkKey(provider, given),
    onChange: changed,
  });
  const { close, ...modelCalls } = createModelCalls({ models, broadcast });
  return { models, keys, calls: { ...modelCalls, ...accountCalls }, changed, close };
}
