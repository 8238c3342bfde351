// A model in one line: where it runs, how much it can take in, what it costs.
import type { ModelInfo } from "../../../contract/system.ts";
import { count, money } from "../../words/amounts.ts";
import type { Words } from "../../words/words.ts";

export function describeModel(w: Words, { local, contextTokens, price }: ModelInfo): string {
  const parts = [local ? w.shell.local : w.shell.cloud];
  if (contextTokens !== null) parts.push(w.shell.modelContext(count(w.locale, contextTokens)));
  if (price && !local)
    parts.push(w.shell.modelPrice(money(w.locale, price.input), money(w.locale, price.output)));
  return parts.join(" · ");
}
