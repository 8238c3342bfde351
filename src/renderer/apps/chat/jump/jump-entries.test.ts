import { describe, expect, it } from "vitest";
import { MessageId, RunId } from "../../../../contract/ids.ts";
import type { Item } from "../../../../core/session/view.ts";
import { jumpEntries } from "./jump-entries.ts";

const message = (seq: number, text: string): Item => ({
  ...{ kind: "message", seq, at: 9, messageId: MessageId.parse(`m${seq}`), text },
  ...{ attachments: [], steers: false },
});
const answer = (seq: number, text: string): Item => ({
  ...{ kind: "text", seq, at: 9, runId: RunId.parse("r"), turn: 0, text, cut: false },
});

describe("the places to jump to", () => {
  it("are what was asked and the headings of answers, not what looks like one in code", () => {
    const markdown =
      "# The **plan**\n\n```sh\n# no heading\n```\n\n#### too deep\n### Costs ###\n#no";
    const entries = jumpEntries([message(1, "Plan\na trip"), answer(3, markdown), answer(5, "ok")]);
    expect(entries.map(({ kind, seq, text }) => [kind, seq, text])).toEqual([
      ["message", 1, "Plan a trip"],
      ["heading", 3, "The plan"],
      ["heading", 3, "Costs"],
    ]);
    expect(new Set(entries.map(({ key }) => key)).size).toBe(3);
  });
});
