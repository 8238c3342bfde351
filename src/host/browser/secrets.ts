// What a person typed into fields for secrets while they drove: kept in the memory of one browser and in
// nothing else, to take it out of every text that leaves it.
import * as z from "zod/mini";
import type { Frame, Page } from "playwright-core";
import { secretFields } from "./secret-fields.ts";
import { spellingsOf } from "./secret-spellings.ts";

export interface Secrets {
  /** Remembers what stands in the secret fields of all frames. Call it while and after the person
   * drives: around every input that is no mere movement, for a form may be gone with it. Never throws. */
  collect(page: Page): Promise<void>;
  /** Each remembered value, however it is encoded, as `••••••`. */
  redact(text: string): string;
}

export const redacted = "••••••";

/** Shorter ones are in every other word. */
const minChars = 4;
/** Longer ones than any password; a page cannot fill the memory. */
const maxChars = 2_000;
const maxValues = 300;

const Fields = z.array(z.object({ id: z.string(), value: z.string() }));

export function createSecrets(): Secrets {
  /** What each field held last, by what the page calls it. */
  const typed = new Map<string, string>();
  const values = new Set<string>();
  let pattern: RegExp | null = null;

  function remember(field: string, value: string): void {
    const before = typed.get(field);
    if (before === value || value.length < minChars || value.length > maxChars) return;
    // Still being typed: half a password is none, and would be found in other words.
    if (before !== undefined && value.startsWith(before)) values.delete(before);
    typed.set(field, value);
    values.add(value);
    const [oldest] = values;
    if (values.size > maxValues && oldest !== undefined) values.delete(oldest);
    pattern = null;
  }

  async function collectIn(frame: Frame, at: number): Promise<void> {
    const found = Fields.safeParse(await frame.evaluate(secretFields).catch(() => []));
    for (const { id, value } of found.success ? found.data : []) remember(`${at} ${id}`, value);
  }

  return {
    async collect(page) {
      await Promise.all(page.frames().map(collectIn));
    },
    redact(text) {
      if (values.size === 0) return text;
      pattern ??= patternOf(values);
      return text.replace(pattern, redacted);
    },
  };
}

/** The longest first: one may begin with another. */
function patternOf(values: Iterable<string>): RegExp {
  const sorted = [...values].sort((one, other) => other.length - one.length);
  return new RegExp(sorted.map(spellingsOf).join("|"), "g");
}
