// How well a few typed letters name a path. Pure.

/** Higher is better; null: the letters are not all there in order. */
export function fuzzyScore(path: string, query: string): number | null {
  const letters = query.toLowerCase().replace(/\s+/g, "");
  if (letters === "") return -path.length;
  const lower = path.toLowerCase();
  const nameStart = lower.lastIndexOf("/") + 1;
  const inName = lower.indexOf(letters, nameStart);
  if (inName !== -1) return 10_000 - (inName - nameStart) * 10 - path.length;
  if (lower.includes(letters)) return 5_000 - path.length;
  return scattered(lower, letters, nameStart);
}

function scattered(path: string, letters: string, nameStart: number): number | null {
  let score = 0;
  let last = -2;
  for (const letter of letters) {
    const at = path.indexOf(letter, last < 0 ? 0 : last + 1);
    if (at === -1) return null;
    if (at === last + 1) score += 15;
    if (at === 0 || /[/._ -]/.test(path.charAt(at - 1))) score += 20;
    if (at >= nameStart) score += 5;
    last = at;
  }
  return score - path.length / 10;
}
