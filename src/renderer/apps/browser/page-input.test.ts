import { describe, expect, it } from "vitest";
import {
  buttonOf,
  fitted,
  heldButton,
  keyUse,
  modifiersOf,
  pagePoint,
  textInputs,
  wheelPixels,
  type PressedKey,
} from "./page-input.ts";

const page = { width: 1280, height: 800 };
const bare = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };

describe("the picture of a page", () => {
  it("fits its place and keeps its shape", () => {
    expect(fitted(page, { width: 640, height: 640 })).toEqual({
      ...{ x: 0, y: 120, width: 640, height: 400 },
    });
    expect(fitted(page, { width: 384, height: 640 })).toMatchObject({ y: 0, height: 240 });
    expect(fitted(page, { width: 2000, height: 400 })).toMatchObject({ width: 640, x: 680 });
    expect(fitted(page, { width: 0, height: 400 })).toMatchObject({ width: 0, height: 0 });
  });

  it("says where on the page a point of it is, and never beyond its edge", () => {
    const picture = { width: 640, height: 400 };
    expect(pagePoint({ x: 320, y: 100 }, picture, page)).toEqual({ x: 640, y: 200 });
    expect(pagePoint({ x: -5, y: 900 }, picture, page)).toEqual({ x: 0, y: 799 });
    expect(pagePoint({ x: 1, y: 1 }, { width: 0, height: 0 }, page)).toEqual({ x: 0, y: 0 });
  });
});

describe("the hand", () => {
  it("has three buttons, and wheels that count in pixels, lines or pages", () => {
    expect([0, 1, 2, 3].map(buttonOf)).toEqual(["left", "middle", "right", null]);
    expect([0, 1, 2, 4, 3].map(heldButton)).toEqual(["none", "left", "right", "middle", "left"]);
    expect([0, 1, 2].map((mode) => wheelPixels(3, mode, 800))).toEqual([3, 48, 2400]);
  });

  it("tells the keys that are held, and only those", () => {
    expect(modifiersOf({ ...bare, shiftKey: true, metaKey: true })).toEqual({
      ...{ shift: true, meta: true },
    });
    expect(modifiersOf(bare)).toEqual({});
  });
});

describe("a key over the page", () => {
  const use = (key: string, held: Partial<PressedKey> = {}) =>
    keyUse({ ...bare, isComposing: false, key, ...held });

  it.each(["a", "Enter", "Tab", "Escape", "F5", "ArrowDown", "ä"])("%s goes to the page", (key) =>
    expect(use(key)).toBe("send"),
  );

  it("is copied, cut and pasted through this machine's clipboard", () => {
    expect(use("v", { ctrlKey: true })).toBe("paste");
    expect(use("C", { metaKey: true })).toBe("copy");
    expect(use("x", { ctrlKey: true })).toBe("cut");
    expect(use("a", { ctrlKey: true })).toBe("send");
    expect(use("c", { ctrlKey: true, shiftKey: true })).toBe("send");
  });

  it("leaves the page where it says so", () => {
    expect(use("Escape", { ctrlKey: true, shiftKey: true })).toBe("leave");
  });

  it.each(["Process", "Dead", "Unidentified"])("%s is left to the input method", (key) =>
    expect(use(key)).toBe("compose"),
  );
  it("is left to the input method while it composes", () => {
    expect(use("Enter", { isComposing: true })).toBe("compose");
  });
});

it("takes a long text apart", () => {
  const inputs = textInputs("x".repeat(250_000));
  expect(inputs.map((one) => (one.kind === "text" ? one.text.length : 0))).toEqual([
    ...[100_000, 100_000, 50_000],
  ]);
  expect(textInputs("")).toEqual([]);
});
