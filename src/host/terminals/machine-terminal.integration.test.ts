import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Terminal } from "../../core/sandbox-ports.ts";
import { openMachineTerminal, shellOf } from "./machine-terminal.ts";

const env = { ...process.env, SHELL: "/bin/sh", PS1: "$ ", AETHERIA_SECRET: "x" };

function follow(terminal: Terminal) {
  let all = "";
  const waiters = new Set<() => void>();
  terminal.onOutput((bytes) => {
    all += Buffer.from(bytes).toString();
    for (const waiter of [...waiters]) waiter();
  });
  const ended = new Promise<number | null>((resolve) => terminal.onEnd(resolve));
  const heard = (wanted: RegExp) =>
    new Promise<string>((resolve) => {
      const look = () => {
        if (!wanted.test(all)) return;
        waiters.delete(look);
        resolve(all);
      };
      waiters.add(look);
      look();
    });
  return { heard, ended };
}

describe.skipIf(process.platform === "win32")("a terminal on this machine (real shell)", () => {
  it("is a terminal, in the folder, of this size, without what is Aetheria's own", async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "aetheria-terminal-")));
    onTestFinished(() => rm(folder, { recursive: true }));
    const terminal = await openMachineTerminal({ cols: 93, rows: 27 }, folder, env);
    const { heard, ended } = follow(terminal);
    terminal.write('stty size; pwd; echo "secret=[$AETHERIA_SECRET] $TERM"\r');
    expect(await heard(/secret=\[\] xterm/)).toContain("27 93");
    expect(await heard(/secret/)).toContain(folder);
    terminal.resize({ cols: 40, rows: 10 });
    terminal.write("stty size\r");
    await heard(/10 40/);
    terminal.write("exit 7\r");
    expect(await ended).toBe(7);
    terminal.write("late");
    terminal.close();
  });

  it("holds its program back as long as its output is not taken", async () => {
    const terminal = await openMachineTerminal({ cols: 80, rows: 24 }, null, env);
    let taken = 0;
    let release: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      terminal.onOutput((bytes) => {
        taken += bytes.length;
        if (taken < 200_000) return;
        resolve();
        return new Promise<void>((go) => (release = go));
      });
    });
    const ended = new Promise((resolve) => terminal.onEnd(resolve));
    terminal.write("yes\r");
    await first;
    const before = taken;
    for (let turn = 0; turn < 2_000; turn += 1) await new Promise((next) => setImmediate(next));
    expect(taken - before).toBeLessThan(200_000);
    release();
    terminal.close();
    await ended;
  });

  it("ends when it is closed, whatever the shell ignores", async () => {
    const terminal = await openMachineTerminal({ cols: 80, rows: 24 }, "/no/such/folder", env);
    const { heard, ended } = follow(terminal);
    terminal.write("trap '' HUP TERM; echo rea''dy\r");
    await heard(/ready/);
    terminal.close();
    await ended;
  });

  it("runs the person's own shell", () => {
    expect(shellOf({ SHELL: "/usr/bin/fish" }, "linux")).toEqual({
      file: "/usr/bin/fish",
      args: [],
    });
    expect(shellOf({ SHELL: "evil" }, "linux").file).toBe("/bin/sh");
    expect(shellOf({}, "win32").file).toBe("powershell.exe");
  });
});
