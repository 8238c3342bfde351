import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { BrowserInput } from "../../../contract/browser.ts";
import { PageHand } from "./page-hand.ts";

let sent: BrowserInput[];
let hand: PageHand;
let pan: (by: { x: number; y: number }) => { x: number; y: number };

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  pan = (by) => by;
  hand = new PageHand({
    add: (...inputs) => void sent.push(...inputs),
    point: ({ clientX, clientY }) => ({ x: clientX * 2, y: clientY * 2 }),
    scale: () => 2,
    pageHeight: () => 800,
    pan: (by) => pan(by),
  });
});
afterEach(() => void vi.useRealTimers());

const held = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
const mouse = (change: object) =>
  ({
    clientX: 10,
    clientY: 20,
    button: 0,
    buttons: 0,
    detail: 1,
    ...held,
    ...change,
  }) as MouseEvent;
const finger = (clientX: number, clientY: number, pointerId = 1) =>
  ({ clientX, clientY, pointerId }) as PointerEvent;

describe("a mouse", () => {
  it("moves, presses and counts its clicks", () => {
    hand.move(mouse({ buttons: 1 }));
    hand.press(mouse({ detail: 2 }), "down");
    hand.press(mouse({ detail: 9, button: 2 }), "up");
    expect(sent).toMatchObject([
      { type: "move", button: "left", x: 20, y: 40 },
      { type: "down", button: "left", clicks: 2 },
      { type: "up", button: "right", clicks: 3 },
    ]);
  });

  it("keeps the buttons that pages do not get", () => {
    expect(hand.press(mouse({ button: 3 }), "down")).toBe(false);
    expect(sent).toEqual([]);
  });
});

describe("a finger", () => {
  it("clicks with a tap", () => {
    hand.touchDown(finger(10, 10));
    hand.touchMove(finger(12, 11));
    hand.touchUp(finger(12, 11));
    expect(sent).toMatchObject([
      { type: "move", x: 20, y: 20 },
      { type: "down", button: "left", x: 20 },
      { type: "up", button: "left" },
    ]);
    vi.advanceTimersByTime(5_000);
    expect(sent).toHaveLength(3);
  });

  it("turns the wheel with a drag, against its own way", () => {
    hand.touchDown(finger(50, 100));
    hand.touchMove(finger(50, 80));
    hand.touchMove(finger(50, 70));
    hand.touchUp(finger(50, 70));
    expect(sent).toMatchObject([
      { kind: "wheel", x: 100, y: 200, deltaY: 40 },
      { kind: "wheel", deltaY: 20 },
    ]);
    expect(sent).toHaveLength(2);
  });

  it("pulls the enlarged picture first, and turns the wheel with what is left", () => {
    pan = ({ y }) => ({ x: 0, y: Math.min(0, y + 15) });
    hand.touchDown(finger(50, 100));
    hand.touchMove(finger(60, 85));
    expect(sent).toEqual([]);
    hand.touchMove(finger(60, 60));
    expect(sent).toMatchObject([{ kind: "wheel", deltaY: 20 }]);
  });

  it("presses the right button when it stays", () => {
    hand.touchDown(finger(10, 10));
    vi.advanceTimersByTime(600);
    hand.touchUp(finger(10, 10));
    expect(sent.map((one) => (one.kind === "mouse" ? one.button : ""))).toEqual([
      ...["none", "right", "right"],
    ]);
  });

  it("is one at a time", () => {
    hand.touchDown(finger(10, 10));
    hand.touchDown(finger(90, 90, 2));
    hand.touchUp(finger(90, 90, 2));
    expect(sent).toEqual([]);
    hand.touchEnd();
  });
});
