import { describe, expect, it } from "vitest";
import file from "./models.json" with { type: "json" };
import { createFactBook } from "./model-facts.ts";

const facts = createFactBook();

describe("what is known about models", () => {
  it("is dated, and its defaults are in it with a price", () => {
    expect(facts.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    for (const name of facts.openAiDefaults)
      expect(facts.find(name), name).toMatchObject({
        tools: true,
        price: { input: expect.any(Number) },
      });
  });

  it("takes the longest beginning of a name, whoever serves it", () => {
    expect(facts.find("gpt-4o-mini-2024-07-18").title).toBe("GPT-4o mini");
    expect(facts.find("openai/gpt-4o-2024-08-06").title).toBe("GPT-4o");
    expect(facts.find("models/gemini-2.5-flash").title).toBe("Gemini 2.5 Flash");
    expect(facts.find("gpt-5-2025-08-07").title).toBe("GPT-5");
    expect(facts.find("gpt-5.9")).toEqual({});
    expect(facts.find("my-own-model")).toEqual({});
  });

  it("has prices that make sense: cached no dearer than input, output no cheaper", () => {
    const prices = Object.entries(file.models).flatMap(([name, model]) =>
      "price" in model ? [{ name, ...model.price }] : [],
    );
    expect(prices.length).toBeGreaterThan(30);
    for (const { name, input, cachedInput, output } of prices) {
      expect(cachedInput, name).toBeLessThanOrEqual(input);
      expect(output, name).toBeGreaterThanOrEqual(input);
    }
  });

  it.each(["text-embedding-3-large", "nomic-embed-text", "whisper-1", "gpt-4o-realtime", "sora-2"])(
    "knows that %s cannot chat",
    (name) => expect(facts.canChat(name)).toBe(false),
  );

  it.each(["gpt-5.2", "qwen3:8b", "claude-opus-5-5", "llama-3.3-70b-instruct", "gemma3:4b"])(
    "knows that %s can chat",
    (name) => expect(facts.canChat(name)).toBe(true),
  );
});
