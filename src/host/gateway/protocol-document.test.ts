// Runs the example of docs/protocol.md as it stands there, and holds the document to the code.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Push } from "../../contract/calls.ts";
import type { MessageId, RunId, SessionId } from "../../contract/ids.ts";
import { openGateway, testToken } from "../../testing/gateway-fixture.ts";
import { legacyIn, legacyOutNames } from "./legacy-names.ts";
import { usualLimits } from "./limits.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const text = readFileSync(`${root}docs/protocol.md`, "utf8");
/** Without the padding of its tables. */
const words = text.replaceAll(/ +/g, " ");
/** Which of these the document does not say. */
const unsaid = (phrases: string[]) => phrases.filter((phrase) => !words.includes(phrase));
const example = /```js\n([\s\S]*?)```/.exec(text)?.[1] ?? "";

const closings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closings.splice(0)) await close();
});

/** A host whose only answer is a greeting in two pieces. */
async function greetingGateway() {
  const runId = "r" as RunId;
  const sessionId = "s" as SessionId;
  const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
  const summary = {
    ...{ sessionId, title: "", createdAt: 0, updatedAt: 0, archived: false, seq: 0, messages: 0 },
    ...{ model: null, mode: "ask" as const, workspace: null, phase: "idle" as const },
    ...{ pendingApprovals: 0, usage },
  };
  const asked: { text: string; messageId: MessageId }[] = [];
  const gateway = await openGateway({
    "session.create": () => summary,
    "session.open": () => ({
      ...{ summary, events: [], continues: false, hasEarlier: false },
      ...{ openTexts: [], openOutputs: [] },
    }),
    "session.send": (message, connection) => {
      asked.push(message);
      const frame = { type: "session.frame" as const, sessionId, events: [], live: [] };
      const piece = { type: "text.delta" as const, runId, turn: 0 };
      connection.push({ ...frame, live: [{ ...piece, offset: 0, text: "Hello, " }] });
      connection.push({ ...frame, live: [{ ...piece, offset: 7, text: "you." }] });
      const data = { runId, outcome: "done" as const, usage, steps: 1, ms: 1 };
      connection.push({ ...frame, events: [{ seq: 1, at: 0, type: "run.finished", data }] });
      return { seq: 1, queued: false };
    },
  });
  closings.push(gateway.close);
  return { gateway, asked };
}

function runExample(...args: string[]) {
  const node = spawn(process.execPath, ["--input-type=module", "-", ...args], { cwd: root });
  let out = "";
  let err = "";
  node.stdout.on("data", (piece) => (out += String(piece)));
  node.stderr.on("data", (piece) => (err += String(piece)));
  node.stdin.end(example);
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    node.on("close", (code) => resolve({ code, out, err })),
  );
  return { node, ended };
}

describe("docs/protocol.md", () => {
  it("has an example client of 20 lines that works as it is", async () => {
    const { gateway, asked } = await greetingGateway();
    expect(example.trim().split("\n").length).toBeLessThanOrEqual(20);
    const { ended } = runExample(gateway.url, testToken, "Hi there");
    expect(await ended).toEqual({ code: 0, out: "Hello, you.", err: "" });
    expect(asked).toMatchObject([{ text: "Hi there" }]);
  });

  it("has an example client that says why it was not let in", async () => {
    const { gateway } = await greetingGateway();
    const { node, ended } = runExample(gateway.url, "wrong", "Hi");
    node.stderr.once("data", () => node.kill());
    expect((await ended).err).toContain("This token is not the one of the running Aetheria.");
  });

  it("names every push and every legacy name", () => {
    const pushes = Push.def.options.flatMap(({ shape }) => shape.type.def.values);
    const shortened = ["sandbox-command-update", "sandbox-command-finished"];
    const names = [...pushes, ...Object.keys(legacyIn), ...legacyOutNames];
    const whole = names.filter((name) => !shortened.includes(name)).map((name) => `\`${name}`);
    const ends = shortened.map((name) => `\`-${name.split("-").at(-1)}\``);
    expect(unsaid([...whole, ...ends])).toEqual([]);
  });

  it("states the limits that hold", () => {
    const { messageBytes, messageBurst, messagesPerSecond, connections, backlogBytes } =
      usualLimits;
    const stated = [
      `| one message | ${messageBytes / 2 ** 20} MiB |`,
      `| ${messageBurst} at once, then ${messagesPerSecond} a second |`,
      `| clients | ${connections} |`,
      `does not read | ${backlogBytes / 2 ** 20} MiB |`,
    ];
    expect(unsaid(stated)).toEqual([]);
    expect(usualLimits.wrongTokensPerMinute).toBe(20);
  });
});
