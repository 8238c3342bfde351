// What an element is and what pressing it sends, for the permission policy.
import { AetheriaError } from "../../../contract/errors.ts";
import type { ElementFacts, ElementNumber, Sending } from "../../../core/browser-ports.ts";
import type { WireFacts, WireSending } from "./in-page/facts.ts";
import type { PagePrograms } from "./page-programs.ts";
import type { Place } from "./page-model.ts";

/** What was typed into a document since it was opened. */
export type Typed = { document: string; element: ElementNumber; name: string; text: string };

export type FactsNeeds = { programs: PagePrograms; redact(text: string): string };

export async function factsOf(
  { programs, redact }: FactsNeeds,
  place: Place,
  typed: readonly Typed[],
): Promise<ElementFacts> {
  const found = await ask(programs, place);
  const { role, name, href, secret } = found;
  const title = name === "" ? role : `${role} “${name}”`;
  const sends = masked(sendingOf(found, found.sends, typed), redact);
  return { role, name, title, href, secret, sends };
}

export async function pressSendsOf(
  { programs, redact }: FactsNeeds,
  keys: readonly string[],
  place: Place | null,
  typed: readonly Typed[],
): Promise<Sending | null> {
  if (!keys.some((key) => /^(enter|numpadenter| |space)$/i.test(key.split("+").at(-1) || " ")))
    return null;
  const steps = { document: "", id: 0, frames: [] };
  const found = await ask(programs, place ?? steps, place === null).catch((error: unknown) => {
    if (place === null && error instanceof AetheriaError) return null;
    throw error;
  });
  if (!found) return null;
  const entered = keys.some((key) => /enter$/i.test(key)) ? found.pressSends : found.sends;
  return masked(sendingOf(found, entered, typed), redact);
}

async function ask(programs: PagePrograms, place: Place, isActive = false): Promise<WireFacts> {
  const asked = { verb: "facts", id: isActive ? null : place.id };
  const found = await programs.ask<WireFacts>(place.frames, asked);
  if (found.found && (isActive || found.document === place.document)) return found;
  throw gone();
}

function sendingOf(
  found: WireFacts,
  sends: WireSending | null,
  typed: readonly Typed[],
): Sending | null {
  if (sends) return { ...sends, host: hostOf(sends.url) };
  const here = typed.filter(({ document }) => document === found.document);
  if (!found.loose || here.length === 0) return null;
  const fields = here.map(({ name, text }) => ({ name: name || "a field", value: text }));
  return { host: hostOf(found.pageUrl), url: found.pageUrl, method: "post", fields };
}

function masked(sending: Sending | null, redact: (text: string) => string): Sending | null {
  if (!sending) return null;
  const fields = sending.fields.map(({ name, value }) => ({ name, value: redact(value) }));
  return { ...sending, url: redact(sending.url), fields };
}

export async function attributesOf(
  { programs, redact }: FactsNeeds,
  place: Place,
): Promise<Record<string, string>> {
  const asked = { verb: "attributes", id: place.id };
  const found = await programs.ask<{ document: string; attributes?: Record<string, string> }>(
    ...([place.frames, asked] as const),
  );
  if (!found.attributes || found.document !== place.document) throw gone();
  return Object.fromEntries(
    Object.entries(found.attributes).map(([name, value]) => [name, redact(value)]),
  );
}

function hostOf(url: string): string {
  try {
    return new URL(url).host.toLowerCase();
  } catch {
    return "";
  }
}

const gone = () =>
  new AetheriaError("bad_input", "That element is no longer on the page.", {
    hint: "Look at the page again and use the number that it has now.",
  });
