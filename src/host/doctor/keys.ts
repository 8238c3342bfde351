// Which accounts are connected, and where their keys come from. Keys themselves are never shown.
import type { Account } from "../../contract/system.ts";
import type { Finding } from "./finding.ts";

export async function checkKeys(list: () => Promise<Account[]>): Promise<Finding> {
  const connected = (await list()).filter((account) => account.connected);
  if (connected.length > 0) return { state: "ok", found: `${connected.map(inWords).join("; ")}.` };
  return {
    state: "warning",
    found: "No key is kept; only models on this machine can be used.",
    fix: "Add a key under Settings › Models, or set OPENAI_API_KEY.",
  };
}

function inWords({ provider, source, keyEnd }: Account): string {
  const from = source === "environment" ? "the environment" : "settings";
  return `${provider}, from ${from}${keyEnd ? `, ending in ${keyEnd}` : ""}`;
}
