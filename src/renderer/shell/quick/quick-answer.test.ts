import { describe, expect, it } from "vitest";
import { RunId } from "../../../contract/ids.ts";
import { emptyView, type Item, type SessionView } from "../../../core/session/view.ts";
import { quickAnswer } from "./quick-answer.ts";

const runId = RunId.parse("r1");
const at = { seq: 1, at: 1 };
const message = { ...at, kind: "message", text: "?" } as Item;
const text = (words: string) => ({ ...at, kind: "text", runId, text: words }) as Item;
const tool = (state: string) => ({ ...at, kind: "tool", state, summary: "read a.txt" }) as Item;
const run = { runId, startedAt: 1, status: "answering" } as SessionView["run"];
const view = (items: Item[], change: Partial<SessionView> = {}): SessionView => ({
  ...emptyView,
  items,
  ...change,
});

describe("the quick answer", () => {
  it("is what was said since the last question, with what is being said", () => {
    const items = [message, text("old"), message, text("one")];
    const openText = { runId, turn: 1, text: "tw" };
    expect(quickAnswer(view(items, { run, openText }))).toMatchObject({
      text: "one\n\ntw",
      isGrowing: true,
      isDone: false,
    });
  });

  it("tells of the step that works, and of a question that waits", () => {
    expect(quickAnswer(view([message, tool("running")], { run })).step).toBe("read a.txt");
    expect(quickAnswer(view([message, tool("waiting")], { run }))).toMatchObject({
      step: null,
      isWaiting: true,
    });
    const asked = { ...at, kind: "question", answer: null } as Item;
    expect(quickAnswer(view([message, asked], { run })).isWaiting).toBe(true);
  });

  it("is done when its run has ended, and says why it failed", () => {
    const error = { code: "model_missing", message: "No model.", retryable: false };
    const end = { ...at, kind: "run_end", outcome: "failed", error } as Item;
    expect(quickAnswer(view([message, end]))).toMatchObject({ isDone: true, error });
    expect(quickAnswer(view([message, text("one")], { run })).isDone).toBe(false);
    expect(quickAnswer(view([end, message])).isDone).toBe(false);
  });
});
