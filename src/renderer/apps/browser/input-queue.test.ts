import { describe, expect, it } from "vitest";
import type { BrowserInput } from "../../../contract/browser.ts";
import { InputQueue } from "./input-queue.ts";

const mouse = (type: "move" | "down" | "up", x: number): BrowserInput => ({
  ...{ kind: "mouse", type, x, y: 0, button: type === "move" ? "none" : "left", clicks: 1 },
  modifiers: {},
});
const wheel = (deltaY: number): BrowserInput => ({
  ...{ kind: "wheel", x: 0, y: 0, deltaX: 0, deltaY, modifiers: {} },
});

function fakeWay() {
  const sent: BrowserInput[][] = [];
  const frames: (() => void)[] = [];
  const arrivals: (() => void)[] = [];
  const queue = new InputQueue(
    (inputs) => {
      sent.push(inputs);
      return new Promise<void>((resolve) => arrivals.push(resolve));
    },
    (then) => void frames.push(then),
  );
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
  return {
    queue,
    sent,
    frame: async () => (frames.shift()?.(), settle()),
    arrive: async () => (arrivals.shift()?.(), settle()),
  };
}

describe("input on its way to the page", () => {
  it("goes once per frame, in order, many movements as their last", async () => {
    const { queue, sent, frame } = fakeWay();
    queue.add(mouse("move", 1), mouse("move", 2));
    queue.add(mouse("move", 3));
    queue.add(mouse("down", 3), mouse("move", 4), mouse("up", 5));
    expect(sent).toEqual([]);
    await frame();
    expect(sent).toEqual([[mouse("move", 3), mouse("down", 3), mouse("move", 4), mouse("up", 5)]]);
  });

  it("adds up what the wheel turned", async () => {
    const { queue, sent, frame } = fakeWay();
    queue.add(wheel(10), wheel(20), wheel(-5));
    await frame();
    expect(sent).toEqual([[wheel(25)]]);
  });

  it("waits until the last call has arrived", async () => {
    const { queue, sent, frame, arrive } = fakeWay();
    queue.add({ kind: "text", text: "a" });
    await frame();
    queue.add({ kind: "text", text: "b" });
    queue.add({ kind: "text", text: "c" });
    await frame();
    expect(sent).toHaveLength(1);
    await arrive();
    await frame();
    expect(sent.flat()).toMatchObject([{ text: "a" }, { text: "b" }, { text: "c" }]);
  });

  it("drops what was not sent when the page changes hands", async () => {
    const { queue, sent, frame } = fakeWay();
    queue.add({ kind: "text", text: "secret" });
    queue.clear();
    await frame();
    expect(sent).toEqual([]);
  });

  it("sends no more than one call takes", async () => {
    const { queue, sent, frame, arrive } = fakeWay();
    queue.add(...Array.from({ length: 250 }, (): BrowserInput => ({ kind: "text", text: "x" })));
    await frame();
    await arrive();
    await frame();
    expect(sent.map((inputs) => inputs.length)).toEqual([200, 50]);
  });
});
