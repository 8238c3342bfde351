import { describe, expect, it } from "vitest";
import { remembered } from "./provider.ts";

function setup() {
  let now = 0;
  const asked: ((answer: string) => void)[] = [];
  const memory = remembered(() => new Promise<string>((resolve) => asked.push(resolve)), {
    maxAgeMs: 100,
    now: () => now,
    isGood: (answer) => answer !== "bad",
  });
  return { memory, asked, pass: (ms: number) => (now += ms) };
}

describe("a remembered answer", () => {
  it("is asked for once by all who ask meanwhile", async () => {
    const { memory, asked } = setup();
    const both = Promise.all([memory.get(false), memory.get(false)]);
    asked[0]?.("one");
    expect(await both).toEqual(["one", "one"]);
    expect(asked).toHaveLength(1);
  });

  it("still serves when it is old and good, while the next one is fetched", async () => {
    const { memory, asked, pass } = setup();
    const first = memory.get(false);
    asked[0]?.("one");
    await first;
    pass(101);
    expect(await memory.get(false)).toBe("one");
    expect(asked).toHaveLength(2);
    asked[1]?.("two");
    await memory.get(false);
    expect(await memory.get(false)).toBe("two");
  });

  it("is waited for anew when the old one was bad, when told to, and after a clock set back", async () => {
    const { memory, asked, pass } = setup();
    const first = memory.get(false);
    asked[0]?.("bad");
    await first;
    pass(-1);
    const second = memory.get(false);
    asked[1]?.("two");
    expect(await second).toBe("two");
    const third = memory.get(true);
    asked[2]?.("three");
    expect(await third).toBe("three");
  });
});
