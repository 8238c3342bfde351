// A model that works on tasks in the browser: each message names its task, and each answer of a tool is
// handed to it.
import type { LLMock } from "@copilotkit/aimock";
import type { Call, Task } from "../src/testing/zoo/browser-task.ts";

type Message = { role: string; content: unknown };
type Going = { task: Task; results: number; said: object };

/** A message that begins with the name of a task and a colon starts it; each message starts it anew. */
export function playTasks(model: LLMock, tasks: Record<string, () => Task>): void {
  const going = new Map<string, Going>();
  model.addFixture({
    match: { predicate: ({ messages }) => taskOf(messages, tasks) !== undefined },
    response: ({ messages }) => {
      const text = asked(messages);
      const results = sinceAsked(messages).filter(({ role }) => role === "tool");
      const before = going.get(text);
      const isAnew = before === undefined || results.length < before.results;
      const known = isAnew ? { task: taskOf(messages, tasks)!(), results: -1, said: {} } : before;
      going.set(text, known);
      // A request that is made again gets the same answer.
      if (results.length === known.results) return known.said as { content: string };
      known.results = results.length;
      known.said = next(known.task, textOf(results.at(-1)));
      return known.said as { content: string };
    },
  });
}

function next(task: Task, told: string): object {
  try {
    const { done, value } = task.next(told);
    if (done) return { content: value };
    const { tool, input } = value as Call;
    return { toolCalls: [{ name: tool, arguments: JSON.stringify(input) }] };
  } catch (error) {
    return {
      content: `I could not go on. ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

const textOf = (message: Message | undefined): string =>
  typeof message?.content === "string" ? message.content : JSON.stringify(message?.content ?? "");
const lastAsked = (messages: readonly Message[]): number =>
  messages.findLastIndex(({ role }) => role === "user");
const asked = (messages: readonly Message[]): string => textOf(messages[lastAsked(messages)]);
const sinceAsked = (messages: readonly Message[]) => messages.slice(lastAsked(messages) + 1);
const taskOf = (messages: readonly Message[], tasks: Record<string, () => Task>) =>
  tasks[/(\w+):/.exec(asked(messages))?.[1] ?? ""];
