import { describe, expect, it } from "vitest";
import type { Frame } from "./cast.ts";
import { createViewer } from "./viewer.ts";

function watched() {
  const shown: number[] = [];
  const viewer = createViewer(({ at }) => void shown.push(at));
  const show = (at: number) =>
    viewer.show({ bytes: new Uint8Array(), width: 1, height: 1, at } satisfies Frame);
  return { shown, viewer, show };
}

describe("a window that watches", () => {
  it("has two pictures on the way, and of what comes meanwhile only the newest", () => {
    const { shown, viewer, show } = watched();
    for (const at of [1, 2, 3, 4, 5]) show(at);
    expect(shown).toEqual([1, 2]);
    viewer.drawn(1);
    expect(shown).toEqual([1, 2, 5]);
    viewer.drawn(2);
    show(6);
    expect(shown).toEqual([1, 2, 5, 6]);
  });

  it("gets no more by claiming what it was never sent", () => {
    const { shown, viewer, show } = watched();
    viewer.drawn(1_000);
    viewer.drawn(-5);
    viewer.drawn(Number.NaN);
    for (const at of [1, 2, 3]) show(at);
    expect(shown).toEqual([1, 2]);
  });
});
