import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { LiveEvent } from "../../contract/events.ts";
import { RunId } from "../../contract/ids.ts";
import { defaultSettings } from "../../contract/settings.ts";
import { scriptedModel, type ScriptedModel, type Turn } from "../../testing/scripted-model.ts";
import type { ModelRequest } from "../ports.ts";
import type { RunPorts } from "./run-ports.ts";
import { streamTurn, TurnCut } from "./turn.ts";

const place = { runId: RunId.parse("run-1"), turn: 1, shownBefore: "" };
const request: ModelRequest = {
  instructions: "",
  messages: [{ role: "user", parts: [{ type: "text", text: "go" }] }],
  tools: [],
  cacheKey: "k",
};
const busy = (extra = {}) =>
  new AetheriaError("model_overloaded", "Busy.", { retryable: true, ...extra });
const text = (piece: string) => ({ type: "text" as const, text: piece });

/** Only what a turn asks of a run's ports; anything else is an error of the test. */
function setup(models: ScriptedModel[], fallbacks: ScriptedModel[] = []) {
  const shown: { kind: string; offset: number; text: string }[] = [];
  const live: LiveEvent[] = [];
  const sleeps: number[] = [];
  const open = (ref: { name: string }) => {
    const model = models.find((one) => one.ref.name === ref.name);
    if (!model) throw new AetheriaError("model_not_found", `There is no ${ref.name}.`);
    return model;
  };
  const loud = () => {
    throw new Error("A turn does not need this.");
  };
  const ports: Partial<RunPorts> = {
    models: { open, choose: loud, cost: loud },
    clock: {
      now: () => 0,
      sleep: async (ms, signal) => {
        sleeps.push(ms);
        signal.throwIfAborted();
      },
    },
    random: () => 0.5,
    rules: () => ({
      ...{ mode: "balanced", grants: [], offline: false, usdToday: 0, instructions: "" },
      ...{ budgets: defaultSettings.budgets, fallbacks: fallbacks.map(({ ref }) => ref) },
    }),
    grow: ({ kind, offset, text }) => void shown.push({ kind, offset, text }),
    live: (event) => void live.push(event),
  };
  const first = models[0]?.ref ?? { provider: "scripted", name: "model" };
  const stream = (signal = new AbortController().signal, at = place) =>
    streamTurn(ports as RunPorts, at, first, async () => request, signal);
  const joined = (kind: string) =>
    shown.flatMap((piece) => (piece.kind === kind ? [piece.text] : [])).join("");
  return { stream, shown, live, sleeps, joined };
}

const one = (...turns: Turn[]) => scriptedModel({ turns });

describe("a turn", () => {
  it("is shown piece by piece, each at its place", async () => {
    const pieces = fc.array(fc.string({ minLength: 1 }), { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(pieces, async (said) => {
        const t = setup([one(said.map(text))]);
        const result = await t.stream();
        expect(result.text).toBe(said.join(""));
        let length = 0;
        for (const piece of t.shown) {
          expect(piece.offset).toBe(length);
          length += piece.text.length;
        }
        expect(t.joined("text")).toBe(result.text);
      }),
    );
  });

  it("cut anywhere, however often, shows every word once when the model starts over", async () => {
    const words = fc.array(fc.string({ minLength: 2, maxLength: 9, unit: "grapheme" }), {
      minLength: 20,
      maxLength: 40,
    });
    const cuts = fc.array(fc.integer({ min: 8, max: 19 }), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(words, cuts, async (parts, places) => {
        // Numbered, so that no part is like another.
        const said = parts.map((part, n) => `${n}:${part} `);
        const tries = places.map((at): Turn => [...said.slice(0, at).map(text), { cut: true }]);
        const t = setup([one(...tries, said.map(text))]);
        const result = await t.stream();
        expect(result.text).toBe(said.join(""));
        expect(t.joined("text")).toBe(said.join(""));
      }),
    );
  });

  it("waits longer each time, and at least as long as it was asked to", async () => {
    const fails = [busy(), busy(), busy({ retryAfterMs: 9_000 })].map((fail): Turn => [{ fail }]);
    const t = setup([one(...fails, [text("ok")])]);
    expect((await t.stream()).text).toBe("ok");
    expect(t.sleeps).toEqual([375, 750, 9_000]);
    expect(t.live.map((event) => event.type === "run.status" && event.status)).toEqual([
      ...["retrying", "retrying", "retrying"],
    ]);
  });

  it("gives up after five tries, and hands back what was shown", async () => {
    const model = scriptedModel({
      turns: (_request, n) => (n === 0 ? [text("So far"), { cut: true }] : [{ fail: busy() }]),
    });
    const t = setup([model]);
    const cut = await t.stream().catch((error: unknown) => error);
    expect(cut).toBeInstanceOf(TurnCut);
    expect(cut).toMatchObject({ draft: { text: "So far" }, cause: { message: "Busy." } });
    expect(model.requests).toHaveLength(5);
  });

  it("is not tried again when that cannot help", async () => {
    const model = one([{ fail: new AetheriaError("model_unauthorized", "No.") }]);
    const t = setup([model]);
    await expect(t.stream()).rejects.toBeInstanceOf(TurnCut);
    expect([model.requests.length, t.sleeps]).toEqual([1, []]);
  });

  it("does not wait for a provider that wants to be left alone for long", async () => {
    const model = one([{ fail: busy({ retryAfterMs: 3_600_000 }) }]);
    await expect(setup([model]).stream()).rejects.toBeInstanceOf(TurnCut);
    expect(model.requests).toHaveLength(1);
  });

  it("goes to each fallback once, in the person's order, and goes on where the first was cut", async () => {
    const broken = () => new AetheriaError("model_unreachable", "Gone.");
    const named = (name: string, turn: Turn) =>
      scriptedModel({ ref: { provider: "scripted", name }, turns: [turn] });
    const a = named("a", [text("The first half of it, "), { fail: broken() }]);
    const b = named("b", [{ fail: broken() }]);
    const c = named("c", [text("and the second.")]);
    const t = setup([a, b, c], [a, b, c]);
    const result = await t.stream();
    expect(result).toMatchObject({ model: c.ref, text: "The first half of it, and the second." });
    expect([a, b, c].map(({ requests }) => requests.length)).toEqual([1, 1, 1]);
    expect(JSON.stringify(c.requests[0]?.messages)).toContain("The first half of it, ");
  });

  it("keeps only the calls of the try that was whole", async () => {
    const call = (id: string) => ({
      type: "tool_call" as const,
      call: { id, name: "look", argumentsText: "{}" },
    });
    const t = setup([one([call("1"), { cut: true }], [call("2")])]);
    expect((await t.stream()).calls.map(({ id }) => id)).toEqual(["2"]);
  });

  it("adds up what every try cost", async () => {
    const usage = { inputTokens: 10, outputTokens: 1, cachedTokens: 0 };
    const t = setup([one([{ type: "usage", usage }, { cut: true }], [{ type: "usage", usage }])]);
    expect((await t.stream()).usage).toEqual({ inputTokens: 20, outputTokens: 2, cachedTokens: 0 });
  });

  it("ends at once when it is stopped", async () => {
    const stop = new AbortController();
    const t = setup([one([{ fail: busy() }])]);
    const streaming = t.stream(stop.signal);
    stop.abort();
    await expect(streaming).rejects.toBeInstanceOf(TurnCut);
    expect(t.live).toHaveLength(0);
  });

  it("that continues an earlier one does not repeat its end", async () => {
    const before = "It was a dark and stormy night, and the rain fell in torrents";
    const t = setup([one([text(before.slice(20)), text(" on the roofs.")])]);
    const result = await t.stream(undefined, { ...place, shownBefore: before });
    expect(result.text).toBe(" on the roofs.");
  });
});
