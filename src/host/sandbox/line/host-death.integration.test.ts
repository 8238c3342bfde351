import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createInterface } from "node:readline";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { eventually } from "../../../testing/opened-sandbox.ts";
import { bubblewrapHere } from "../../../testing/sandbox-fixture.ts";

const program = fileURLToPath(new URL("../../../testing/sandbox-host.ts", import.meta.url));

function running(mark: string): number {
  const named = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").startsWith(mark);
    } catch {
      return false;
    }
  };
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name) && named(name)).length;
}

describe.each(["bubblewrap", "machine"])("a host with a sandbox (real %s)", (tier) => {
  it.skipIf(process.platform !== "linux")(
    "leaves nothing behind when it is killed",
    async (context) => {
      if (tier === "bubblewrap" && (await bubblewrapHere()) === null) context.skip();
      const mark = `left-by-${tier}-${process.pid}`;
      const host = spawn(process.execPath, [program, tier, mark], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const lines = createInterface({ input: host.stdout });
      const up = await new Promise<string>((resolve) => lines.once("line", resolve));
      expect(up).toMatch(/^up /);
      await eventually("all of it runs", () => Promise.resolve(running(mark) === 5));
      host.kill("SIGKILL");
      await eventually("nothing is left", () => Promise.resolve(running(mark) === 0));
      await rm(dirname(up.slice(3)), { recursive: true, force: true });
    },
  );
});
