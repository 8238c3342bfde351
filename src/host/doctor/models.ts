// Is there a model to talk to, and which one would answer?
import type { ModelCatalog, ProviderState } from "../../contract/system.ts";
import type { Finding } from "./finding.ts";

export async function checkModels(list: () => Promise<ModelCatalog>): Promise<Finding> {
  const catalog = await list();
  const troubled = catalog.providers.filter((provider) => !provider.ready && provider.error);
  if (!catalog.chosen)
    return {
      state: "missing",
      found: withTrouble("There is no model.", troubled),
      fix: catalog.why,
    };
  const { provider, name } = catalog.chosen;
  const ready = catalog.providers.filter((state) => state.ready).map((state) => state.title);
  const from = ready.length > 0 ? ` from ${ready.join(", ")}` : "";
  const count = catalog.models.length;
  const found = `${provider}/${name} answers; ${count} ${count === 1 ? "model" : "models"}${from}.`;
  return { state: "ok", found };
}

/** A provider that is simply not there says nothing; one that answers wrongly does. */
function withTrouble(sentence: string, troubled: ProviderState[]): string {
  return [sentence, ...troubled.map(({ title, error }) => `${title}: ${error?.message}`)].join(" ");
}
