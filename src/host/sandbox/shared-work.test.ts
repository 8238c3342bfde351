import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { createSharedWork, type Waiter } from "./shared-work.ts";

const stopped = () => new AetheriaError("cancelled", "It was stopped.");

function waiter() {
  const controller = new AbortController();
  const lines: string[] = [];
  const onProgress = (line: string) => void lines.push(line);
  return { signal: controller.signal, onProgress, lines, leave: () => controller.abort() };
}

/** Work that the test ends by hand. */
function handmade() {
  const shared = createSharedWork<string>(stopped);
  const { promise, resolve } = Promise.withResolvers<string>();
  const begun: Waiter[] = [];
  const join = (who: Waiter) =>
    shared.join("key", who, (all) => {
      begun.push(all);
      return promise;
    });
  return { shared, join, begun, resolve };
}

describe("shared work", () => {
  it("is done once for all who ask meanwhile, and tells all of them", async () => {
    const { join, begun, resolve } = handmade();
    const [one, two] = [waiter(), waiter()];
    const results = [join(one), join(two)];
    begun[0]!.onProgress("half");
    resolve("done");
    expect(await Promise.all(results)).toEqual(["done", "done"]);
    expect(begun).toHaveLength(1);
    expect([one.lines, two.lines]).toEqual([["half"], ["half"]]);
  });

  it("goes on when one leaves, and is stopped when the last one does", async () => {
    const { join, begun } = handmade();
    const [one, two] = [waiter(), waiter()];
    const results = [join(one), join(two)];
    one.leave();
    await expect(results[0]).rejects.toThrow("It was stopped.");
    expect(begun[0]!.signal.aborted).toBe(false);
    two.leave();
    await expect(results[1]).rejects.toThrow("It was stopped.");
    expect(begun[0]!.signal.aborted).toBe(true);
  });

  it("begins anew after it ended", async () => {
    const shared = createSharedWork<number>(stopped);
    let count = 0;
    const next = () => shared.join("key", waiter(), async () => ++count);
    expect([await next(), await next()]).toEqual([1, 2]);
  });

  it("begins anew for who comes while stopped work is still ending", async () => {
    const { join, begun, resolve } = handmade();
    const first = waiter();
    const left = join(first);
    first.leave();
    await expect(left).rejects.toThrow("It was stopped.");
    const second = join(waiter());
    resolve("done");
    expect(await second).toBe("done");
    expect(begun).toHaveLength(2);
  });

  it("does nothing for somebody who has left already", async () => {
    const { join, begun } = handmade();
    const gone = waiter();
    gone.leave();
    await expect(join(gone)).rejects.toThrow("It was stopped.");
    expect(begun).toEqual([]);
  });
});
