import { expect, it } from "vitest";
import { shareOf } from "./share-of.ts";

const page = { width: 1280, height: 800 };

it("cuts a box at the edge of what is visible", () => {
  expect(shareOf({ x: 320, y: 200, width: 640, height: 80 }, page)).toEqual({
    ...{ x: 25, y: 25, width: 50, height: 10 },
  });
  expect(shareOf({ x: -100, y: 700, width: 228, height: 400 }, page)).toEqual({
    ...{ x: 0, y: 87.5, width: 10, height: 12.5 },
  });
  expect(shareOf({ x: 10, y: 900, width: 10, height: 10 }, page)).toBeNull();
});
