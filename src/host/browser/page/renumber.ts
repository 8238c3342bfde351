// Pages make their elements anew. An element that stands for one that is gone, with the same role and
// name in the same surroundings, and alone in that, takes its number over.
import type { Numbers } from "./numbers.ts";
import { chainOf, elementsOf, keyOf, type PageModel, type Place } from "./page-model.ts";

export function renumber(before: PageModel, now: PageModel, numbers: Numbers): void {
  const present = new Set(now.lines.flatMap(elementsOf).map(({ place }) => keyOf(place)));
  const gone = signatures(
    before,
    (place) => numbers.known(place) !== undefined && !present.has(keyOf(place)),
  );
  if (gone.size === 0) return;
  const fresh = signatures(now, (place) => numbers.known(place) === undefined);
  for (const [signature, places] of gone) {
    const candidates = fresh.get(signature) ?? [];
    // As many as before, in the same order: the same ones. Fewer or more: nobody knows which.
    if (candidates.length !== places.length) continue;
    places.forEach((place, at) => {
      if (candidates[at]!.document === place.document) numbers.move(place, candidates[at]!);
    });
  }
}

function signatures(model: PageModel, isMeant: (place: Place) => boolean): Map<string, Place[]> {
  const found = new Map<string, Place[]>();
  for (const line of model.lines) {
    const around = chainOf(model, line.container).map((at) => model.containers[at]!);
    const where = around.map(({ role, name }) => `${role} ${name}`).join(">");
    const words = line.parts
      .map((part) => (typeof part === "string" ? part.trim() : part.name))
      .join("|");
    for (const { place, role, name } of elementsOf(line)) {
      if (!isMeant(place)) continue;
      const signature = `${where}>${words}>${role} ${name}`;
      found.set(signature, [...(found.get(signature) ?? []), place]);
    }
  }
  return found;
}
