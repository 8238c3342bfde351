// A wall that is a child process of the host: how it ends, and what it said when it could not start.
import type { ChildProcess } from "node:child_process";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import type { AetheriaError } from "../../../contract/errors.ts";

/** After its input ended, a child gets so long before it is killed. */
const graceMs = 1_000;

export function childWall(child: ChildProcess) {
  let said = "";
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", (error) => {
      said += error.message;
      child.stdout?.destroy();
      resolve();
    });
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    if (said.length < 4_000) said += text;
  });
  return {
    exited,
    tearDown: async () => {
      child.stdin?.end();
      const late = setTimeout(() => child.kill("SIGKILL"), graceMs);
      await exited;
      clearTimeout(late);
    },
    /** The sandbox, or why there is none. */
    named: async (sandbox: Promise<Sandbox>, problem: (said: string) => AetheriaError) => {
      try {
        return await sandbox;
      } catch {
        await exited;
        throw problem(said.trim());
      }
    },
  };
}
