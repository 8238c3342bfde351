import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createToolCallAssembly } from "./tool-call-assembly.ts";

function assemble(pieces: unknown[]) {
  const assembly = createToolCallAssembly();
  for (const piece of pieces) assembly.add(piece);
  return assembly.calls();
}

const piece = (
  index: number | undefined,
  id: string | undefined,
  name?: string,
  text?: string,
) => ({
  ...(index === undefined ? {} : { index }),
  ...(id === undefined ? {} : { id }),
  function: {
    ...(name === undefined ? {} : { name }),
    ...(text === undefined ? {} : { arguments: text }),
  },
});

describe("tool calls put together from pieces", () => {
  it("come out whole however the arguments were cut, in whatever order the calls mix", () => {
    const texts = fc.array(fc.array(fc.string(), { maxLength: 5 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(texts, fc.infiniteStream(fc.nat()), (calls, picks) => {
        const queues = calls.map((parts, index) => [
          piece(index, `id-${index}`, `tool_${index}`, ""),
          ...parts.map((text) => piece(index, undefined, undefined, text)),
        ]);
        const mixed: unknown[] = [];
        // Heads first and in order, as every server sends them.
        for (const queue of queues) mixed.push(queue.shift());
        while (queues.some((queue) => queue.length > 0)) {
          const full = queues.filter((queue) => queue.length > 0);
          mixed.push(full[picks.next().value % full.length]?.shift());
        }
        expect(assemble(mixed)).toEqual(
          calls.map((parts, index) => ({
            id: `id-${index}`,
            name: `tool_${index}`,
            argumentsText: parts.join("") || "{}",
          })),
        );
      }),
    );
  });

  it("are told apart by id when every one is index 0", () => {
    expect(assemble([piece(0, "a", "x", "{}"), piece(0, "b", "x", '{"p":1}')])).toEqual([
      { id: "a", name: "x", argumentsText: "{}" },
      { id: "b", name: "x", argumentsText: '{"p":1}' },
    ]);
  });

  it("get ids of their own when the server sends none", () => {
    const calls = assemble([piece(0, undefined, "x", "{}"), piece(1, undefined, "y", "{}")]);
    expect(calls.map((call) => call.name)).toEqual(["x", "y"]);
    expect(new Set(calls.map((call) => call.id)).size).toBe(2);
    expect(calls[0]?.id).toMatch(/^call_/);
  });

  it("need neither index nor id", () => {
    const pieces = [
      piece(undefined, undefined, "x", '{"a"'),
      piece(undefined, undefined, undefined, ":1}"),
      piece(undefined, undefined, "y", "{}"),
    ];
    expect(assemble(pieces).map((call) => [call.name, call.argumentsText])).toEqual([
      ["x", '{"a":1}'],
      ["y", "{}"],
    ]);
  });

  it("take the id and name repeated in every piece once", () => {
    const pieces = [piece(0, "a", "x", '{"p"'), piece(0, "a", "x", ":1}")];
    expect(assemble(pieces)).toEqual([{ id: "a", name: "x", argumentsText: '{"p":1}' }]);
  });

  it("accept arguments sent as an object, or not at all", () => {
    const asObject = { index: 0, id: "a", function: { name: "x", arguments: { p: 1 } } };
    expect(assemble([asObject, piece(1, "b", "y")]).map((call) => call.argumentsText)).toEqual([
      '{"p":1}',
      "{}",
    ]);
  });
});
