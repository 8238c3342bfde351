import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { CallInput, CallOutput, Push } from "../../contract/calls.ts";
import type { ToolDescription } from "../../contract/tool.ts";
import type { Handlers } from "../../rpc/server.ts";
import { captureIo } from "../../testing/captured-io.ts";
import { createFakeHost } from "../../testing/fake-host.ts";
import { fakeParts } from "../../testing/fake-parts.ts";
import {
  createFakeSession,
  fakeApproval,
  fakeIds,
  fakeSummary,
  requested,
} from "../../testing/fake-session.ts";
import { runCli } from "../cli.ts";

const describeTool = (name: string, family: string): ToolDescription => ({
  name,
  family,
  title: `What ${name} does`,
  description: "",
  effect: "write_workspace",
  inputSchema: {},
});
const tools = [describeTool("write_file", "files"), describeTool("web_fetch", "web")];

type Result = CallOutput<"tool.run">;
const done = (text: string): Result => ({
  callId: fakeIds.call,
  result: { outcome: "done", text, files: [], labels: [] },
});

let folder = "";
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "aetheria-tool-")));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A host whose tool.run is `play`; `ran` collects what it was called with. */
function hostWhere(play: () => Promise<Result> | Result, more: Partial<Handlers> = {}) {
  const ran: CallInput<"tool.run">[] = [];
  const late: { push: (push: Push) => void } = { push: () => undefined };
  const answered: { resolve: (answer: string) => void } = { resolve: () => undefined };
  const session = createFakeSession((push) => late.push(push), {
    onAnswer: (answer) => answered.resolve(answer),
  });
  const host = createFakeHost({
    ...session.handlers,
    "session.list": () => ({ sessions: [], hasMore: false }),
    "tool.list": () => ({ tools }),
    "tool.run": (input) => {
      ran.push(input);
      session.append(requested(input.name, input.input, "person"));
      return play();
    },
    ...more,
  });
  late.push = host.push;
  const answer = new Promise<string>((resolve) => (answered.resolve = resolve));
  return { session, ran, answer, parts: fakeParts(host) };
}

const denial: Result["result"] = {
  outcome: "denied",
  text: "What only the model is told.",
  files: [],
  labels: [],
};

const asking = (text = "Written.") => {
  const made = hostWhere(async () => {
    made.session.append({ type: "approval.requested", data: { approval: fakeApproval() } });
    const answer = await made.answer;
    if (answer === "allow") return done(text);
    const decision = { verdict: "ask", rule: "mode", why: "It writes." } as const;
    made.session.append({
      type: "tool.finished",
      data: { ...denial, callId: fakeIds.call, decision, ms: 1 },
    });
    return { callId: fakeIds.call, result: denial };
  });
  return made;
};

describe("aetheria tool", () => {
  it("runs a tool in this folder and prints its text", async () => {
    const { parts, ran, session } = hostWhere(() => done("3 files"));
    const captured = captureIo({ cwd: folder });
    const code = await runCli(["tool", "write_file", "--input", '{"a":1}'], captured.io, parts);
    expect([code, captured.out(), captured.err()]).toEqual([0, "3 files\n", ""]);
    expect(ran[0]).toMatchObject({ name: "write_file", input: { a: 1 } });
    expect(session.log[0]).toMatchObject({ data: { title: "", workspace: folder } });
  });

  it("reads the input from a file and from standard input", async () => {
    await writeFile(join(folder, "in.json"), '{"from":"file"}');
    const { parts, ran } = hostWhere(() => done("ok"));
    const { io } = captureIo({ cwd: folder, stdin: '{"from":"stdin"}' });
    await runCli(["tool", "write_file", "--input", "@in.json"], io, parts);
    await runCli(["tool", "write_file", "--input", "-"], io, parts);
    expect(ran.map(({ input }) => input)).toEqual([{ from: "file" }, { from: "stdin" }]);
  });

  it("goes on in this folder's own session, also when reached through a link", async () => {
    const link = `${folder}-link`;
    await symlink(folder, link);
    const kept = fakeSummary({ title: "By hand", workspace: folder });
    const { parts, ran } = hostWhere(() => done("ok"), {
      "session.list": () => ({ sessions: [kept], hasMore: false }),
      "session.create": () => {
        throw new Error("No session was to be created.");
      },
    });
    const { io } = captureIo({ cwd: link });
    const code = await runCli(["tool", "write_file"], io, parts);
    await rm(link);
    expect(code).toBe(0);
    expect(ran[0]?.sessionId).toBe(fakeIds.session);
  });

  it("allows what it may with --approve auto", async () => {
    const { parts, session } = asking();
    const captured = captureIo({ cwd: folder });
    const argv = ["tool", "write_file", "--approve", "auto"];
    expect(await runCli(argv, captured.io, parts)).toBe(0);
    expect(captured.out()).toBe("Written.\n");
    expect(session.answers).toEqual([{ answer: "allow", scope: "once" }]);
  });

  it("exits 3 when it was denied", async () => {
    const { parts } = asking();
    const captured = captureIo({ cwd: folder });
    expect(await runCli(["tool", "write_file", "--approve", "deny"], captured.io, parts)).toBe(3);
    expect(captured.err()).toBe("You did not allow it.\n");
    expect(captured.out()).toBe("");
  });

  it("stops the call and exits 3 when somebody must decide and nobody can be asked", async () => {
    const { parts, session } = asking();
    const captured = captureIo({ cwd: folder });
    expect(await runCli(["tool", "write_file"], captured.io, parts)).toBe(3);
    expect(captured.err()).toContain("no terminal to ask at");
    expect(session.stops).toBe(1);
  });

  it.each([
    ["outside_workspace", "failed", 3],
    ["bad_input", "failed", 2],
    ["not_found", "failed", 1],
  ] as const)("tells %s and its way out, with exit code", async (code, outcome, exitCode) => {
    const error = { code, message: "It did not work.", hint: "Do this.", retryable: false };
    const { parts } = hostWhere(() => ({
      callId: fakeIds.call,
      result: { outcome, text: "long text for the model", files: [], labels: [] },
      error,
    }));
    const captured = captureIo({ cwd: folder });
    expect(await runCli(["tool", "write_file"], captured.io, parts)).toBe(exitCode);
    expect(captured.err()).toBe("It did not work.\nDo this.\n");
  });

  it("names the nearest tool for a mistyped one", async () => {
    const { parts } = hostWhere(() => done(""));
    const captured = captureIo({ cwd: folder });
    expect(await runCli(["tool", "write_fil"], captured.io, parts)).toBe(2);
    expect(captured.err()).toBe("There is no tool “write_fil”.\nDid you mean write_file?\n");
  });

  it("prints the whole result as one JSON line", async () => {
    const { parts } = hostWhere(() => done("text"));
    const captured = captureIo({ cwd: folder });
    await runCli(["tool", "write_file", "--json"], captured.io, parts);
    expect(captured.lines()).toEqual([
      {
        type: "result",
        callId: fakeIds.call,
        name: "write_file",
        outcome: "done",
        text: "text",
        files: [],
        labels: [],
      },
    ]);
  });

  it("lists tools by family, and one per line as JSON", async () => {
    const { parts } = hostWhere(() => done(""));
    const table = captureIo();
    expect(await runCli(["tool", "--list"], table.io, parts)).toBe(0);
    expect(table.out()).toBe(
      "files  write_file  write workspace  What write_file does\n" +
        "web    web_fetch   write workspace  What web_fetch does\n",
    );
    const json = captureIo();
    await runCli(["tool", "--list", "--json"], json.io, parts);
    expect(json.lines().map((line) => line["name"])).toEqual(["write_file", "web_fetch"]);
  });
});
