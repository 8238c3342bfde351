// What is new, gone or different between two readings of a page. Lines that a page made anew with the
// same words count as the same.

export type Told = { key: string; text: string };

export type Change<Now extends Told = Told> =
  | { kind: "new"; line: Now; at: number }
  | { kind: "changed"; line: Now; at: number; before: Now }
  | { kind: "gone"; before: Now; after: string | null }
  /** It is there as before, but elsewhere among the others. */
  | { kind: "moved"; line: Now; at: number };

/** In the order of the page as it is now; what is gone stands where it was. */
export function difference<Now extends Told>(
  before: readonly Now[],
  now: readonly Now[],
): Change<Now>[] {
  const partner = pair(before, now);
  const paired = new Set(partner.filter((at) => at >= 0));
  const still = inOrder(partner);
  const goneAfter = new Map<string | null, Now[]>();
  let anchor: string | null = null;
  const nowAt = new Map(partner.map((was, at) => [was, now[at]!.key]));
  before.forEach((line, was) => {
    if (paired.has(was)) anchor = nowAt.get(was) ?? anchor;
    else goneAfter.set(anchor, [...(goneAfter.get(anchor) ?? []), line]);
  });
  const gone = (after: string | null): Change<Now>[] =>
    (goneAfter.get(after) ?? []).map((line) => ({ kind: "gone", before: line, after }));
  const changes = gone(null);
  now.forEach((line, at) => {
    const was = partner[at]!;
    if (was < 0) changes.push({ kind: "new", line, at });
    else if (before[was]!.text !== line.text)
      changes.push({ kind: "changed", line, at, before: before[was]! });
    else if (!still.has(at)) changes.push({ kind: "moved", line, at });
    changes.push(...gone(line.key));
  });
  return changes;
}

/** For each line now, which it was before; -1: none. By key, then by the same words. */
function pair(before: readonly Told[], now: readonly Told[]): number[] {
  const byKey = new Map(before.map(({ key }, at) => [key, at]));
  const partner = now.map(({ key }) => byKey.get(key) ?? -1);
  const taken = new Set(partner);
  const byText = new Map<string, number[]>();
  before.forEach(({ text }, at) => {
    if (!taken.has(at)) byText.set(text, [...(byText.get(text) ?? []), at]);
  });
  now.forEach(({ text }, at) => {
    if (partner[at] === -1) partner[at] = byText.get(text)?.shift() ?? -1;
  });
  return partner;
}

/** The most lines that kept their order (a longest increasing subsequence), by their place now. */
function inOrder(partner: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  partner.forEach((was, at) => {
    if (was < 0) return;
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (partner[tails[middle]!]! < was) low = middle + 1;
      else high = middle;
    }
    previous[at] = low > 0 ? tails[low - 1]! : -1;
    tails[low] = at;
  });
  const kept = new Set<number>();
  for (let at = tails.at(-1) ?? -1; at >= 0; at = previous[at]!) kept.add(at);
  return kept;
}
