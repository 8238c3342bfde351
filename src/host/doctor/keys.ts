// Which accounts are connected, and where their keys come from. Keys themselves are never shown.
import type { Account } from "../../contract/system.ts";
import type { Finding } from "./finding.ts";

export async function checkKeys(list: () => Promise<Account[]>): Promise<Finding> {
  const connected = (await list()).filter((account) => account.connected);
  // The others are keys of search engines.
  const ofModels = connected.some(({ provider }) => provider === "openai");
  if (ofModels) return { state: "ok", found: `${connected.map(inWords).join("; ")}.` };
  return {
    state: "warning",
    found: `No key for a model is kept; only models on this machine can be used.${others(connected)}`,
    fix: "Add a key under Settings › Models, or set OPENAI_API_KEY.",
  };
}

const others = (connected: readonly Account[]) =>
  connected.length === 0 ? "" : ` There is: ${connected.map(inWords).join("; ")}.`;

function inWords({ provider, source, keyEnd }: Account): string {
  const from = source === "environment" ? "the environment" : "settings";
  return `${provider}, from ${from}${keyEnd ? `, ending in ${keyEnd}` : ""}`;
}
