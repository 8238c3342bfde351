// The answers of the Model suite as fixtures of aimock.
import type { LLMock } from "@copilotkit/aimock";
import type { Answer } from "./model-suite.ts";

type Fixture = Parameters<LLMock["addFixture"]>[0];

/** The n-th request gets this answer, whatever it says. */
export function aimockFixture(answer: Answer, n: number): Fixture {
  const match = { predicate: () => true, sequenceIndex: n };
  if (answer.status) {
    const { code, message, type } = answer.status;
    const error = { message, type: type ?? "error", code: type };
    return { match, response: { status: code, error } };
  }
  // Without a pause the whole answer and its cut would arrive as one.
  const cut =
    answer.cutAfter === undefined ? {} : { truncateAfterChunks: answer.cutAfter, latency: 2 };
  const reasoning = answer.reasoning === undefined ? {} : { reasoning: answer.reasoning };
  const said = answer.calls
    ? { toolCalls: answer.calls.map(toolCall) }
    : { content: answer.text ?? "" };
  return { match, response: { ...said, ...reasoning }, chunkSize: 4, ...cut };
}

const toolCall = ({ name, input }: { name: string; input: unknown }) => ({
  name,
  arguments: JSON.stringify(input),
});
