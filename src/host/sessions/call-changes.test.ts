import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { Sha256 } from "../../contract/ids.ts";
import type { FileEffect } from "../../contract/tool.ts";
import type { Tool, ToolContext } from "../../core/ports.ts";
import { fileEffects } from "../../core/session/file-effects.ts";
import { callTool, createFixture, eventsOf, say, testTool } from "./session.fixture.ts";

const change: FileEffect = {
  ...{ root: "/work", path: "f" },
  ...{ before: "absent", after: Sha256.parse("a".repeat(64)) },
};

/** A tool that foresees one change; `run` does with it what the test says. */
function changer(run: (context: ToolContext) => Promise<string> | string): Tool {
  const tool = testTool({
    ...{ name: "change", effect: "write_workspace" },
    run: (_input, context) => run(context),
  });
  return { ...tool, foresee: async () => [change] };
}

async function changesOf(tool: Tool) {
  const f = createFixture({ turns: [[callTool("change")], say("done")], tools: [tool] });
  await f.send("go");
  await f.ended();
  const [started] = eventsOf(f.log(), "tool.started");
  const [finished] = eventsOf(f.log(), "tool.finished");
  return { f, started: started?.data, finished: finished?.data };
}

const failed = () => new AetheriaError("disk_full", "The disk is full.");

describe("what a call changes", () => {
  it("is in the log before the call runs, and once more as it really was", async () => {
    const other = { ...change, path: "g" };
    const { started, finished } = await changesOf(
      changer((context) => {
        context.changed([other]);
        return "ok";
      }),
    );
    expect(started?.changes).toEqual([change]);
    expect(finished).toMatchObject({ outcome: "done", changes: [other] });
  });

  it("is nothing when the call says so by ending well without a change", async () => {
    const { f, finished } = await changesOf(changer(() => "nothing to do"));
    expect(finished?.changes).toEqual([]);
    expect(fileEffects(f.log())).toEqual([]);
  });

  it("is kept of a call that failed half way", async () => {
    const { finished } = await changesOf(
      changer((context) => {
        context.changed([change]);
        throw failed();
      }),
    );
    expect(finished).toMatchObject({ outcome: "failed", changes: [change] });
  });

  it("stays in doubt when the call failed without a word of it", async () => {
    const { f, finished } = await changesOf(changer(() => Promise.reject(failed())));
    expect(finished).not.toHaveProperty("changes");
    expect(fileEffects(f.log())).toMatchObject([{ path: "f", doubtful: true }]);
  });

  it("stays in doubt when the call did not stop when it was told to", async () => {
    const begun = Promise.withResolvers<void>();
    const hangs = changer((context) => {
      context.changed([{ ...change, path: "g" }]);
      begun.resolve();
      return new Promise(() => {});
    });
    const f = createFixture({ turns: [[callTool("change")]], tools: [hangs] });
    await f.send("go");
    await begun.promise;
    await f.live.stop();
    expect(eventsOf(f.log(), "tool.finished")[0]?.data).not.toHaveProperty("changes");
    expect(fileEffects(f.log())).toMatchObject([{ path: "f", doubtful: true }]);
  });

  it("never happens when its content cannot be kept first", async () => {
    let ran = false;
    const tool = changer(() => {
      ran = true;
      return "ok";
    });
    const { started, finished } = await changesOf({
      ...tool,
      foresee: () => Promise.reject(failed()),
    });
    expect(ran).toBe(false);
    expect(started).toBeUndefined();
    expect(finished).toMatchObject({ outcome: "failed", text: "The disk is full." });
  });
});

describe("while files are taken back", () => {
  it("nothing begins in the session: messages wait, calls by hand are refused", async () => {
    const f = createFixture({ turns: [say("later")], tools: [testTool({ name: "look" })] });
    const gate = Promise.withResolvers<void>();
    const back = f.live.alone(() => gate.promise);
    const begun = new Promise((resolve) => setImmediate(resolve));
    await begun;
    const sent = f.send("hello");
    await expect(f.live.runByHand("look", {})).rejects.toMatchObject({ code: "conflict" });
    expect(eventsOf(f.log(), "message.sent")).toEqual([]);
    gate.resolve();
    await back;
    await sent;
    await f.ended();
    await expect(f.live.runByHand("look", {})).resolves.toMatchObject({
      result: { outcome: "done" },
    });
  });

  it("Stop ends it, and so does the end of the host", async () => {
    for (const end of ["stop", "close"] as const) {
      const f = createFixture();
      const begun = Promise.withResolvers<AbortSignal>();
      const back = f.live.alone(
        (signal) =>
          new Promise<string>((resolve) => {
            signal.addEventListener("abort", () => resolve("cut"));
            begun.resolve(signal);
          }),
      );
      await begun.promise;
      await f.live[end]();
      expect(await back).toBe("cut");
    }
  });

  it("is refused while the agent works", async () => {
    const gate = Promise.withResolvers<void>();
    const f = createFixture({ turns: [[{ wait: gate.promise }]] });
    await f.send("go");
    await expect(f.live.alone(async () => {})).rejects.toMatchObject({ code: "conflict" });
    gate.resolve();
    await f.ended();
  });
});
