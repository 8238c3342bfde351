import { describe, expect, it } from "vitest";
import { ollamaUrl } from "./ollama-address.ts";

describe("where Ollama is", () => {
  it.each([
    [undefined, "http://127.0.0.1:11434"],
    ["", "http://127.0.0.1:11434"],
    ["0.0.0.0", "http://127.0.0.1:11434"],
    ["0.0.0.0:9999", "http://127.0.0.1:9999"],
    ["[::]:11434", "http://127.0.0.1:11434"],
    [":8080", "http://127.0.0.1:8080"],
    ["box.lan", "http://box.lan:11434"],
    ["http://box.lan", "http://box.lan"],
    ["https://box.lan/ollama/", "https://box.lan/ollama"],
    ["not a host", "not a host"],
  ])("%j is %s", (given, url) => expect(ollamaUrl(given)).toBe(url));
});
