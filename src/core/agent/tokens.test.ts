import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ModelMessage, ModelRequest } from "../ports.ts";
import { tokensOf, tokensOfMessage, tokensOfRequest } from "./tokens.ts";

const user = (text: string): ModelMessage => ({ role: "user", parts: [{ type: "text", text }] });
const request = (change: Partial<ModelRequest> = {}): ModelRequest => ({
  instructions: "Be brief.",
  messages: [],
  tools: [],
  cacheKey: "k",
  ...change,
});
const tool = {
  ...{ name: "look", family: "test", title: "Look", description: "Looks around." },
  ...{ effect: "read" as const, inputSchema: { type: "object" } },
};

describe("an estimate of tokens", () => {
  it("never goes down when a text grows, and is never zero for a text", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, more) => {
        expect(tokensOf(text + more)).toBeGreaterThanOrEqual(tokensOf(text));
        expect(tokensOf(text) > 0).toBe(text !== "");
      }),
    );
  });

  it("errs on the safe side of four characters a token", () => {
    expect(tokensOf("x".repeat(4_000))).toBeGreaterThan(1_000);
  });

  it("counts each message, image, call and tool", () => {
    const image = { type: "image" as const, mime: "image/png", bytes: new Uint8Array(9) };
    const seen: ModelMessage = { role: "user", parts: [image] };
    const asked: ModelMessage = {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "1", name: "look", argumentsText: '{"path":"a"}' }],
    };
    expect(tokensOfMessage(seen)).toBeGreaterThan(1_000);
    expect(tokensOfMessage(asked)).toBeGreaterThan(tokensOfMessage({ ...asked, toolCalls: [] }));
    const alone = tokensOfRequest(request());
    expect(tokensOfRequest(request({ messages: [user("hello")] }))).toBe(
      alone + tokensOfMessage(user("hello")),
    );
    expect(tokensOfRequest(request({ tools: [tool] }))).toBeGreaterThan(alone);
    expect(tokensOfRequest(request({ tools: [tool] }))).toBe(
      tokensOfRequest(request({ tools: [tool] })),
    );
  });
});
