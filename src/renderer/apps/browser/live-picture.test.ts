import { describe, expect, it } from "vitest";
import type { Push } from "../../../contract/calls.ts";
import type { SessionId } from "../../../contract/ids.ts";
import { LivePicture, type Frame, type PictureLine } from "./live-picture.ts";

const frame = (viewId: string, at: number): Frame => ({
  ...{ type: "browser.frame", viewId, bytes: new Uint8Array(), width: 1280, height: 800, at },
});
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

function fakeView({ drawsByHand = false } = {}) {
  const calls: { name: string; input: Record<string, unknown> }[] = [];
  const drawn: number[] = [];
  const finish: (() => void)[] = [];
  let listener: (push: Push) => void = () => undefined;
  let views = 0;
  let isThere = true;
  let onWatch: ((viewId: string) => void) | null = null;
  const line: unknown = {
    call: (name: string, input: Record<string, unknown>) => {
      calls.push({ name, input });
      if (name !== "browser.watch") return Promise.resolve({});
      if (!isThere) return Promise.reject(new Error("It is not open."));
      const viewId = `v${++views}`;
      onWatch?.(viewId);
      return Promise.resolve({ viewId });
    },
    onPush: (taken: (push: Push) => void) => {
      listener = taken;
      return () => (listener = () => undefined);
    },
  };
  const picture = new LivePicture(line as PictureLine, "s1" as SessionId, ({ at }) => {
    drawn.push(at);
    return drawsByHand ? new Promise((resolve) => finish.push(resolve)) : Promise.resolve();
  });
  return {
    ...{ picture, calls, drawn },
    push: (one: Push) => listener(one),
    names: () => calls.map(({ name }) => name),
    told: () =>
      calls.filter(({ name }) => name === "browser.drawn").map(({ input }) => input["frames"]),
    finishDrawing: async () => (finish.shift()?.(), settle()),
    gone: () => (isThere = false),
    back: () => (isThere = true),
    whenWatched: (then: (viewId: string) => void) => (onWatch = then),
  };
}

describe("the live picture", () => {
  it("is asked for while somebody looks, and not otherwise", async () => {
    const { picture, names, calls } = fakeView();
    await settle();
    expect(names()).toEqual([]);
    picture.show({ width: 800.4, height: 500 });
    await settle();
    expect(calls[0]?.input).toEqual({ sessionId: "s1", maxWidth: 800, maxHeight: 500 });
    picture.hide();
    await settle();
    expect(names()).toEqual(["browser.watch", "browser.unwatch"]);
    expect(calls[1]?.input).toEqual({ viewId: "v1" });
  });

  it("asks anew when its place grew, not with each pixel", async () => {
    const { picture, names } = fakeView();
    picture.show({ width: 800, height: 500 });
    await settle();
    for (const width of [805, 820, 840]) picture.show({ width, height: 500 });
    await settle();
    expect(names()).toEqual(["browser.watch"]);
    picture.show({ width: 1200, height: 700 });
    await settle();
    expect(names()).toEqual(["browser.watch", "browser.unwatch", "browser.watch"]);
  });

  it("draws the newest and says that the others are done with too", async () => {
    const { picture, drawn, push, told, finishDrawing } = fakeView({ drawsByHand: true });
    picture.show({ width: 800, height: 500 });
    await settle();
    for (const at of [1, 2, 3, 4]) push(frame("v1", at));
    await finishDrawing();
    await finishDrawing();
    expect(drawn).toEqual([1, 4]);
    expect(told().reduce<number>((sum, frames) => sum + Number(frames), 0)).toBe(4);
  });

  it("takes no picture of a view that it has left", async () => {
    const { picture, drawn, push, told } = fakeView();
    picture.show({ width: 800, height: 500 });
    await settle();
    picture.hide();
    await settle();
    push(frame("v1", 1));
    await settle();
    expect(drawn).toEqual([]);
    expect(told()).toEqual([]);
  });

  it("keeps the picture that came before the answer that names it", async () => {
    const { picture, drawn, push, whenWatched } = fakeView();
    whenWatched((viewId) => push(frame(viewId, 7)));
    picture.show({ width: 800, height: 500 });
    await settle();
    expect(drawn).toEqual([7]);
  });

  it("can be asked again after the browser was not there, and after the connection was lost", async () => {
    const { picture, names, gone, back } = fakeView();
    gone();
    picture.show({ width: 800, height: 500 });
    await settle();
    back();
    picture.show({ width: 800, height: 500 });
    await settle();
    picture.lost();
    picture.show({ width: 800, height: 500 });
    await settle();
    expect(names()).toEqual(["browser.watch", "browser.watch", "browser.watch"]);
  });
});
