// What the model says in the scenarios, by what it is asked.
import type { Stage } from "./stage.ts";

export const use = (name: string, input: object) => ({
  toolCalls: [{ name, arguments: JSON.stringify(input) }],
});

/** How many tools have answered since the person spoke. */
function toolResults(messages: readonly { role: string }[]): number {
  const last = messages.findLastIndex(({ role }) => role === "user");
  return messages.slice(last).filter(({ role }) => role === "tool").length;
}

type Turn = { content: string } | ReturnType<typeof use>;

/** One answer after another to a message with these words, a tool's result between them. */
export function playTurns(model: Stage["model"], userMessage: string, turns: Turn[]): void {
  turns.forEach((response, index) =>
    model.addFixture({
      match: { userMessage, predicate: ({ messages }) => toolResults(messages) === index },
      response,
    }),
  );
}

export function playScenarios(model: Stage["model"]): void {
  const steps = (userMessage: string, turns: Turn[]) => playTurns(model, userMessage, turns);
  steps("quarter", [
    use("list_files", { path: "." }),
    use("read_file", { path: "report.csv" }),
    { content: "EMEA grew from 4.10 to 5.37." },
  ]);
  steps("in this folder", [use("list_files", { path: "." }), { content: "There is one report." }]);
  steps("delete the notes", [
    use("delete_file", { path: "notes.md" }),
    { content: "That is settled." },
  ]);
  steps("write a note", [
    use("write_file", { path: "note.txt", content: "new\n" }),
    { content: "The note is written." },
  ]);
  model.addFixture({
    match: { userMessage: "long story" },
    response: { content: "Once upon a time there was a word. ".repeat(400) },
    chunkSize: 6,
    latency: 20,
  });
  model.onMessage("next one", { content: "The queued one is answered." });
  model.onMessage("thanks", { content: "You are welcome." });
  model.onMessage("hello", { content: "Hello to you." });
}
