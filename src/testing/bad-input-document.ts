// docs/bad-input.md tells what a person reads in each bad situation. Tests of those situations pass
// what they got through here, so that the page cannot say anything else than Aetheria does.
import { readFileSync } from "node:fs";
import { AetheriaError, ErrorData } from "../contract/errors.ts";

export const badInputPage = readFileSync(
  new URL("../../docs/bad-input.md", import.meta.url),
  "utf8",
);

/** The error as the page writes it, with what differs each time (addresses, folders) replaced by
 * names. Throws when the page does not have its sentence or its hint. */
export function documented(error: unknown, names: Record<string, string> = {}): ErrorData {
  const given = ErrorData.safeParse(error);
  const data = given.success ? given.data : AetheriaError.toData(error);
  const plain = (text: string) =>
    Object.entries(names).reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const message = plain(data.message);
  const hint = data.hint === undefined ? undefined : plain(data.hint);
  for (const sentence of [message, hint])
    if (sentence !== undefined && !badInputPage.includes(sentence))
      throw new Error(`docs/bad-input.md does not have: ${sentence}`);
  return { ...data, message, ...(hint === undefined ? {} : { hint }) };
}
