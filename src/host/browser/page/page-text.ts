// The text and the tables of a page or of an element, through its frames.
import { AetheriaError } from "../../../contract/errors.ts";
import type { Table } from "../../../core/browser-ports.ts";
import type { WireText } from "./in-page/markdown.ts";
import type { WireTables } from "./in-page/tables.ts";
import type { PagePrograms } from "./page-programs.ts";
import type { FrameStep, Place } from "./page-model.ts";

const maxDepth = 5;

type Within = { frames: readonly FrameStep[]; place: Place | null };

const gone = () =>
  new AetheriaError("bad_input", "That element is no longer on the page.", {
    hint: "Look at the page again and use the number that it has now.",
  });

export async function textOf(
  programs: PagePrograms,
  within: Within,
  signal: AbortSignal,
): Promise<string> {
  const asked = { verb: "text", id: within.place?.id ?? null };
  const found = await programs.ask<WireText>(within.frames, asked, signal);
  if (!found.found || (within.place && found.document !== within.place.document)) throw gone();
  let text = found.text;
  for (const id of found.frames) {
    const frames = [...within.frames, { document: found.document, id }];
    const inner = await ofFrame(frames, signal, "", () =>
      textOf(programs, { frames, place: null }, signal),
    );
    text = text.replace(`\u0001${id}\u0001`, () => inner);
  }
  return text.replace(/\n{3,}/g, "\n\n").trim();
}

export async function tablesOf(
  programs: PagePrograms,
  within: Within,
  signal: AbortSignal,
): Promise<Table[]> {
  const asked = { verb: "tables", id: within.place?.id ?? null };
  const found = await programs.ask<WireTables>(within.frames, asked, signal);
  if (!found.found || (within.place && found.document !== within.place.document)) throw gone();
  const tables: Table[] = [...found.tables];
  for (const id of found.frames) {
    const frames = [...within.frames, { document: found.document, id }];
    tables.push(
      ...(await ofFrame(frames, signal, [], () =>
        tablesOf(programs, { frames, place: null }, signal),
      )),
    );
  }
  return tables;
}

/** A frame that is gone or does not answer has nothing. */
async function ofFrame<Found>(
  frames: readonly FrameStep[],
  signal: AbortSignal,
  nothing: Found,
  find: () => Promise<Found>,
): Promise<Found> {
  if (frames.length > maxDepth) return nothing;
  return find().catch(() => {
    signal.throwIfAborted();
    return nothing;
  });
}
