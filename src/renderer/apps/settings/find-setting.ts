// Which sections a few words lead to, and by which of their lines. Pure.

/** Every sentence of a table of words; those that want a value are left out. */
export function sentencesOf(table: unknown): string[] {
  if (typeof table === "string") return [table];
  if (typeof table !== "object" || table === null) return [];
  return Object.values(table).flatMap(sentencesOf);
}

export type Found<Section> = { section: Section; lines: string[] };

const maxLines = 3;
const shortLine = 60;

/** In the order given. A section whose name fits needs no lines to be found by. */
export function findSettings<Section>(
  query: string,
  sections: readonly { section: Section; name: string; sentences: readonly string[] }[],
): Found<Section>[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string) => wanted.every((word) => text.toLowerCase().includes(word));
  return sections.flatMap(({ section, name, sentences }) => {
    if (wanted.length === 0 || fits(name)) return [{ section, lines: [] }];
    const found = sentences.filter(fits);
    if (found.length === 0) return [];
    const lines = found.filter((line) => line.length <= shortLine).slice(0, maxLines);
    return [{ section, lines }];
  });
}
