import { LLMock } from "@copilotkit/aimock";
import { aimockFixture } from "../../../testing/aimock-fixture.ts";
import { modelSuite, type ModelBackend } from "../../../testing/model-suite.ts";
import { createFactBook } from "../model-facts.ts";
import { createOpenAiProvider } from "./openai-provider.ts";

const timeouts = { firstByteTimeoutMs: 10_000, idleTimeoutMs: 10_000 };

async function aimockBackend(model: string, path: string): Promise<ModelBackend> {
  const mock = new LLMock({ port: 0, logLevel: "silent" });
  await mock.start();
  const sent: unknown[] = [];
  const recording: typeof fetch = (input, init) => {
    if (String(input).endsWith(path)) sent.push(JSON.parse(String(init?.body)));
    return fetch(input, init);
  };
  return {
    cutShows: "as an error",
    async open(answers) {
      answers.forEach((answer, n) => mock.addFixture(aimockFixture(answer, n)));
      const provider = createOpenAiProvider({
        fetch: recording,
        key: async () => ({ key: "sk-test", baseUrl: `${mock.url}/v1`, source: "settings" }),
        facts: createFactBook(),
        timeouts,
        localTimeouts: timeouts,
        listTimeouts: timeouts,
        now: Date.now,
      });
      const endpoint = await provider.endpoint();
      if (endpoint) endpoint.dialect = path === "/v1/responses" ? "responses" : "chat";
      return provider.open(model);
    },
    requests: () => sent,
    close: () => mock.stop(),
  };
}

modelSuite("OpenAI Chat Completions", () => aimockBackend("gpt-4.1", "/v1/chat/completions"));
modelSuite("OpenAI Responses", () => aimockBackend("gpt-5.2", "/v1/responses"));
