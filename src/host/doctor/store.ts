// Is the store sound?
import type { Finding } from "./finding.ts";

export async function checkStore(check: () => Promise<string | null>): Promise<Finding> {
  const problem = await check();
  if (problem === null) return { state: "ok", found: "The store is sound." };
  return {
    state: "failed",
    found: problem,
    fix: "Export the sessions you need, then start Aetheria again: it saves what can be read and keeps the damaged file.",
  };
}
