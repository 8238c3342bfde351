// Values of a known shape in the vault. What does not parse any more, after an update say, is as if it
// were not there: it can be had again.
import * as z from "zod/mini";
import type { Vault } from "./vault.ts";

export async function loadKept<Schema extends z.core.$ZodType>(
  vault: Vault,
  name: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  const text = await vault.get(name);
  if (text === null) return null;
  const value = z.safeParse(schema, JSON.parse(text));
  return value.success ? value.data : null;
}

export const saveKept = (vault: Vault, name: string, value: unknown): Promise<void> =>
  vault.set(name, JSON.stringify(value));
