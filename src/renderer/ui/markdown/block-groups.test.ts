import { expect, it } from "vitest";
import { BlockGroups } from "./block-groups.ts";
import type { MarkdownBlock } from "./markdown-piece.ts";

it("keeps the groups in which nothing changed, and the order of all", () => {
  const blocks = Array.from({ length: 100 }, (_, at): MarkdownBlock => {
    return { kind: "html", html: String(at) };
  });
  const groups = new BlockGroups(32);
  const first = groups.update(blocks);
  const later = groups.update([...blocks.slice(0, 99), { kind: "html", html: "new" }]);
  expect(first.flat()).toEqual(blocks);
  expect(later.slice(0, 3).map((group, at) => group === first[at])).toEqual([true, true, true]);
  expect(later.at(-1)).not.toBe(first.at(-1));
  expect(later.flat().at(-1)).toEqual({ kind: "html", html: "new" });
  expect(groups.update(blocks.slice(0, 40)).flat()).toEqual(blocks.slice(0, 40));
});
