import { describe, expect, it } from "vitest";
import type { LiveEvent } from "../../contract/events.ts";
import { MessageId, RunId } from "../../contract/ids.ts";
import { liveKey, liveNodes } from "./activity-live.ts";
import { fold, foldLive } from "./reducer.ts";
import { emptyView } from "./view.ts";

const runId = RunId.parse("run");
const model = { provider: "scripted", name: "model" };
const messageId = MessageId.parse("m");
const begun = fold(emptyView, {
  ...{ seq: 2, at: 5, type: "run.started" },
  data: { runId, messageId, model, mode: "balanced", resumed: false },
});
const delta = (text: string, offset: number): LiveEvent => ({
  ...{ type: "text.delta", runId, turn: 1, offset, text },
});

describe("what goes on right now", () => {
  it("is the model at work, until something of it can be seen", () => {
    expect(liveNodes(emptyView, 0)).toEqual([]);
    expect(liveNodes(begun, 5)).toMatchObject([{ kind: "model", state: "running", from: 5 }]);
    const retrying: LiveEvent = {
      ...{ type: "run.status", runId, status: "retrying", detail: "Too many requests." },
    };
    expect(liveNodes(foldLive(begun, retrying), 5)).toMatchObject([
      { kind: "retried", summary: "Too many requests." },
    ]);
  });

  it("is a text under the key it will have when finished, and another token makes no other node", () => {
    const first = foldLive(begun, delta("Reve", 0));
    const second = foldLive(first, delta("nue", 4));
    expect(liveNodes(first, 5)).toMatchObject([{ kind: "answer", key: "text:run:1", until: null }]);
    expect(liveKey(second)).toBe(liveKey(first));
    expect(liveKey(first)).not.toBe(liveKey(begun));
  });
});
