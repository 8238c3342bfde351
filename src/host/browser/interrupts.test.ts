import { expect, it } from "vitest";
import { createInterrupts } from "./interrupts.ts";

const never = new AbortController().signal;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

it("gives what the work gives", async () => {
  const { race } = createInterrupts();
  expect(await race(never, async () => 7)).toEqual({ value: 7 });
  await expect(race(never, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
});

it.each(["dialog", "crashed", "lost", "closed"] as const)("ends a verb: %s", async (interrupt) => {
  const { race, raise } = createInterrupts();
  const work = Promise.withResolvers<never>();
  let stopped: AbortSignal | null = null;
  const verb = race(never, (signal) => ((stopped = signal), work.promise));
  raise(interrupt);
  expect(await verb).toEqual({ interrupt });
  expect(stopped).toMatchObject({ aborted: true });
  // Nobody's any more: it must not be thrown anywhere.
  work.reject(new Error("late"));
  await turn();
});

it("never ends a later verb with what came late for an earlier one", async () => {
  const { race, raise, raiseSoon } = createInterrupts();
  raise("crashed");
  const first = race(never, () => Promise.resolve("first"));
  raiseSoon("closed");
  expect(await first).toEqual({ value: "first" });
  const work = Promise.withResolvers<string>();
  const later = race(never, () => work.promise);
  await turn();
  await turn();
  work.resolve("later");
  expect(await later).toEqual({ value: "later" });
});

it("ends the verbs of now a moment later, unless something graver does first", async () => {
  const { race, raise, raiseSoon } = createInterrupts();
  const verbs = [1, 2].map(() => race(never, () => new Promise<never>(() => undefined)));
  raiseSoon("closed");
  raise("lost");
  expect(await Promise.all(verbs)).toEqual([{ interrupt: "lost" }, { interrupt: "lost" }]);
  const other = race(never, () => new Promise<never>(() => undefined));
  raiseSoon("closed");
  expect(await other).toEqual({ interrupt: "closed" });
});

it("ends with the reason of whoever stopped it, and only that verb", async () => {
  const { race } = createInterrupts();
  const controller = new AbortController();
  const work = Promise.withResolvers<string>();
  const stopped = race(controller.signal, () => new Promise<never>(() => undefined));
  const other = race(never, () => work.promise);
  controller.abort(new Error("stopped"));
  await expect(stopped).rejects.toThrow("stopped");
  work.resolve("done");
  expect(await other).toEqual({ value: "done" });
  await expect(race(controller.signal, () => Promise.resolve("not begun"))).rejects.toThrow(
    "stopped",
  );
});

it("tells nobody of what the work throws at once but its own verb", async () => {
  const { race, raise } = createInterrupts();
  const broken = race(never, () => {
    throw new Error("at once");
  });
  await expect(broken).rejects.toThrow("at once");
  raise("dialog");
  expect(await race(never, () => Promise.resolve(1))).toEqual({ value: 1 });
});
