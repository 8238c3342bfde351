import { describe, expect, it } from "vitest";
import type { MessageId } from "../../contract/ids.ts";
import type { Push } from "../../contract/calls.ts";
import type { Handlers } from "../../rpc/server.ts";
import { captureIo } from "../../testing/captured-io.ts";
import { createFakeHost } from "../../testing/fake-host.ts";
import { fakeParts } from "../../testing/fake-parts.ts";
import {
  createFakeSession,
  fakeApproval,
  fakeIds,
  type FakeSession,
  finished,
  requested,
  said,
  saying,
  started,
} from "../../testing/fake-session.ts";
import { runCli } from "../cli.ts";

const withModel: Partial<Handlers> = {
  "model.list": () => ({
    providers: [],
    models: [],
    chosen: { provider: "fake", name: "model" },
    why: "It is the only one.",
  }),
};

type Play = (session: FakeSession, messageId: MessageId, text: string) => void;

/** A host whose session plays `play` when the message comes in. */
function hostThat(
  play: Play,
  more: {
    onAnswer?: (s: FakeSession, answer: string) => void;
    onStop?: (s: FakeSession) => void;
  } = {},
) {
  const late: { push: (push: Push) => void } = { push: () => undefined };
  const session: FakeSession = createFakeSession((push) => late.push(push), {
    onMessage: (messageId, text) => play(session, messageId, text),
    onAnswer: (answer) => more.onAnswer?.(session, answer),
    onStop: () => more.onStop?.(session),
  });
  const host = createFakeHost({ ...withModel, ...session.handlers });
  late.push = host.push;
  return { host, session, parts: fakeParts(host) };
}

const asks: Play = (session, messageId) =>
  session.append(started(messageId), requested("write_file", { path: "notes.md" }, "agent"), {
    type: "approval.requested",
    data: { approval: fakeApproval() },
  });
const endsAfterAnswer = (session: FakeSession) => session.append(said(1, "Fine."), finished());

describe("aetheria run", () => {
  it("streams the answer to stdout, each piece once, and ends with a newline", async () => {
    const { parts } = hostThat((session, messageId) => {
      session.append(started(messageId));
      session.live(saying(1, 0, "Hello, "));
      session.live(saying(1, 7, "wor"));
      session.append(said(1, "Hello, world."), finished());
    });
    const captured = captureIo();
    expect(await runCli(["run", "hi"], captured.io, parts)).toBe(0);
    expect(captured.out()).toBe("Hello, world.\n");
    expect(captured.err()).toContain(`session ${fakeIds.session} · 1 step · 15 tokens`);
  });

  it("sets turns apart, but not the two halves of a sentence that was cut", async () => {
    const { parts } = hostThat((session, messageId) =>
      session.append(
        started(messageId),
        said(1, "First."),
        said(2, "A sentence ", true),
        said(3, "in two."),
        finished(),
      ),
    );
    const captured = captureIo();
    await runCli(["run", "hi"], captured.io, parts);
    expect(captured.out()).toBe("First.\n\nA sentence in two.\n");
  });

  it("shows steps on stderr, and how one ended when it went wrong", async () => {
    const { parts } = hostThat((session, messageId) =>
      session.append(
        started(messageId),
        requested("read_file", {}, "agent"),
        {
          type: "tool.started",
          data: { callId: fakeIds.call, decision: { verdict: "allow", rule: "r", why: "w" } },
        },
        {
          type: "tool.finished",
          data: {
            callId: fakeIds.call,
            outcome: "failed",
            text: "notes.md is not there.",
            files: [],
            labels: [],
            ms: 3,
          },
        },
        said(2, "It is missing."),
        finished(),
      ),
    );
    const captured = captureIo();
    expect(await runCli(["run", "hi"], captured.io, parts)).toBe(0);
    expect(captured.out()).toBe("It is missing.\n");
    expect(captured.err()).toContain("▸ read_file notes.md\n");
    expect(captured.err()).toContain("✗ read_file notes.md: notes.md is not there.\n");
  });

  it("adds what was piped in to the prompt and works in the current folder", async () => {
    let heard = "";
    const { parts, session } = hostThat((each, messageId, text) => {
      heard = text;
      each.append(started(messageId), finished());
    });
    const { io } = captureIo({ stdin: "a diff\n", cwd: "/project" });
    expect(await runCli(["run", "Review this"], io, parts)).toBe(0);
    expect(heard).toBe("Review this\n\na diff");
    expect(session.log[0]).toMatchObject({ data: { workspace: "/project" } });
  });

  it("prints events as JSON lines and the result last", async () => {
    const { parts } = hostThat((session, messageId) => {
      session.append(started(messageId));
      session.live(saying(1, 0, "Hi"));
      session.append(said(1, "Hi"), finished());
    });
    const captured = captureIo();
    expect(await runCli(["run", "hi", "--json"], captured.io, parts)).toBe(0);
    const types = captured.lines().map((line) => line["type"]);
    expect(types).toEqual([
      "session",
      "message.sent",
      "run.started",
      "text.delta",
      "text.finished",
      "run.finished",
      "result",
    ]);
    expect(captured.lines().at(-1)).toMatchObject({ outcome: "done", text: "Hi" });
    expect(captured.err()).toBe("");
  });

  it("exits 4 with the way to get a model, and writes nothing, when there is none", async () => {
    const host = createFakeHost({
      "model.list": () => ({
        providers: [],
        models: [],
        chosen: null,
        why: "Install Ollama from https://ollama.com, or add a key.",
      }),
    });
    const captured = captureIo();
    expect(await runCli(["run", "hi"], captured.io, fakeParts(host))).toBe(4);
    expect(captured.err()).toBe(
      "There is no model to ask.\nInstall Ollama from https://ollama.com, or add a key. On the command line, OPENAI_API_KEY or OPENAI_BASE_URL in the environment will do.\n",
    );
  });

  it.each([
    ["failed", { code: "model_unauthorized", message: "The key is wrong.", retryable: false }, 4],
    ["failed", { code: "model_unreachable", message: "It is away.", retryable: true }, 1],
    ["limit", { code: "budget_exceeded", message: "That is enough.", retryable: false }, 1],
    ["stopped", undefined, 1],
  ] as const)("ends a run that %s (%j) with its exit code", async (outcome, error, exitCode) => {
    const { parts } = hostThat((session, messageId) =>
      session.append(started(messageId), finished({ outcome, error })),
    );
    const captured = captureIo();
    expect(await runCli(["run", "hi"], captured.io, parts)).toBe(exitCode);
    expect(captured.err()).toContain(error?.message ?? "Stopped.");
  });

  it("asks at the terminal with exactly what will happen, and sends the answer", async () => {
    const { parts, session } = hostThat(asks, { onAnswer: endsAfterAnswer });
    const captured = captureIo({ tty: true, env: { NO_COLOR: "1" } });
    const done = runCli(["run", "hi"], captured.io, parts);
    await captured.shown("[y] allow once  [s] allow in this session  [n] deny > ");
    expect(captured.err()).toContain("? Write notes.md");
    expect(captured.err()).toContain("path: notes.md");
    expect(captured.err()).toContain("Asked because: Writing asks in this mode.");
    captured.type("what");
    await captured.shown("Type y, s, n and Enter.");
    captured.type("s");
    expect(await done).toBe(0);
    expect(session.answers).toEqual([{ answer: "allow", scope: "session" }]);
  });

  it("stops and exits 3 when it must ask and there is no terminal", async () => {
    const { parts, session } = hostThat(asks);
    const captured = captureIo();
    expect(await runCli(["run", "hi"], captured.io, parts)).toBe(3);
    expect(captured.err()).toContain("no terminal to ask at: The agent wants to write notes.md.");
    expect(captured.err()).toContain("--approve auto or --approve deny");
    expect(session.answers).toEqual([]);
    expect(session.stops).toBe(1);
  });

  it.each([
    ["auto", fakeApproval(), "allow"],
    ["auto", fakeApproval({ kind: "leaves_machine" }), "deny"],
    ["auto", fakeApproval({ kind: "fallback" }), "deny"],
    ["auto", fakeApproval({ kind: "budget" }), "deny"],
    ["deny", fakeApproval(), "deny"],
  ] as const)("with --approve %s answers %j by itself: %s", async (mode, approval, answer) => {
    const play: Play = (session, messageId) =>
      session.append(started(messageId), { type: "approval.requested", data: { approval } });
    const { parts, session } = hostThat(play, { onAnswer: endsAfterAnswer });
    const { io } = captureIo();
    expect(await runCli(["run", "hi", "--approve", mode], io, parts)).toBe(0);
    expect(session.answers).toEqual([{ answer, scope: "once" }]);
  });

  it("drops its question when somebody else answered", async () => {
    const { parts, session } = hostThat(asks);
    const captured = captureIo({ tty: true, env: { NO_COLOR: "1" } });
    const done = runCli(["run", "hi"], captured.io, parts);
    await captured.shown("deny > ");
    const data = { approvalId: fakeIds.approval, answer: "allow", scope: "once" } as const;
    session.append({ type: "approval.answered", data }, finished());
    expect(await done).toBe(0);
    expect(session.answers).toEqual([]);
  });

  it("stops the run at the first Ctrl-C and leaves at once at the second", async () => {
    const { parts, session } = hostThat((each, messageId) => {
      each.append(started(messageId));
      each.live(saying(1, 0, "Thinking"));
    });
    const captured = captureIo();
    const done = runCli(["run", "hi"], captured.io, parts);
    await captured.shown("Thinking");
    captured.interrupt();
    await captured.shown("Stopping…");
    captured.interrupt();
    expect(captured.exits).toEqual([1]);
    await expect.poll(() => session.stops).toBe(1);
    session.append(finished({ outcome: "stopped" }));
    expect(await done).toBe(1);
  });

  it("says so when the host goes away, and how to go on", async () => {
    const { host, parts } = hostThat((each, messageId) => {
      each.append(started(messageId));
      each.live(saying(1, 0, "Thinking"));
    });
    const captured = captureIo();
    const done = runCli(["run", "hi"], captured.io, parts);
    await captured.shown("Thinking");
    host.hangUp();
    expect(await done).toBe(1);
    expect(captured.err()).toContain("The host went away before the answer was complete.");
    expect(captured.err()).toContain(`--session ${fakeIds.session}`);
  });

  it("lets no escape sequence of the model reach a terminal", async () => {
    const { parts } = hostThat((session, messageId) =>
      session.append(
        started(messageId),
        said(1, "a\u001b]0;owned\u0007b\u001b[2Jc\u202ed"),
        finished(),
      ),
    );
    const captured = captureIo({ tty: true, env: { NO_COLOR: "1" } });
    await runCli(["run", "hi"], captured.io, parts);
    expect(captured.out()).toBe("abcd\n");
  });
});
