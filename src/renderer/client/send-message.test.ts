import { describe, expect, it } from "vitest";
import type { CallInput, CallName, CallOutput } from "../../contract/calls.ts";
import { AetheriaError } from "../../contract/errors.ts";
import { SessionId } from "../../contract/ids.ts";
import { sendMessage } from "./send-message.ts";

const made = SessionId.parse("made");

function connection(refuses: boolean) {
  const asked: [string, unknown][] = [];
  const call = async <Name extends CallName>(name: Name, input: CallInput<Name>) => {
    asked.push([name, input]);
    if (name === "session.send" && refuses) throw new AetheriaError("model_missing", "No model.");
    const answer: unknown = { sessionId: made };
    return answer as CallOutput<Name>;
  };
  return { call, asked, names: () => asked.map(([name]) => name) };
}

describe("a message from outside a composer", () => {
  it("makes its session, or goes to the one named", async () => {
    const host = connection(false);
    expect(await sendMessage(host, null, "hello")).toBe(made);
    const other = SessionId.parse("other");
    expect(await sendMessage(host, other, "hello", "queue")).toBe(other);
    expect(host.names()).toEqual(["session.create", "session.send", "session.send"]);
    expect(host.asked[1]?.[1]).toMatchObject({ sessionId: made, text: "hello", delivery: "auto" });
    expect(host.asked[2]?.[1]).toMatchObject({ sessionId: other, delivery: "queue" });
  });

  it("leaves no empty session behind when it is refused, and keeps one that was there", async () => {
    const host = connection(true);
    await expect(sendMessage(host, null, "hello")).rejects.toThrow("No model.");
    expect(host.names()).toEqual(["session.create", "session.send", "session.delete"]);
    await expect(sendMessage(host, made, "hello")).rejects.toThrow("No model.");
    expect(host.names().slice(3)).toEqual(["session.send"]);
  });
});
