// A long list of blocks in groups that stay the same object while nothing in them changes, so that
// the page looks only at the groups that did.
import type { MarkdownBlock } from "./markdown-piece.ts";

export class BlockGroups {
  readonly #perGroup: number;
  #groups: MarkdownBlock[][] = [];

  constructor(perGroup: number) {
    this.#perGroup = perGroup;
  }

  update(blocks: readonly MarkdownBlock[]): readonly MarkdownBlock[][] {
    const [before, perGroup] = [this.#groups, this.#perGroup];
    this.#groups = Array.from({ length: Math.ceil(blocks.length / perGroup) }, (_, at) => {
      const old = before[at];
      const group = blocks.slice(at * perGroup, (at + 1) * perGroup);
      const isSame = old?.length === group.length && group.every((block, i) => block === old[i]);
      return isSame && old ? old : group;
    });
    return this.#groups;
  }
}
