// The promises of the Sandbox port, as one set of tests for every tier.
import { createHash, randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { maxChanges, type Sandbox } from "../core/sandbox-ports.ts";
import {
  countInside,
  eventually,
  never,
  runIn,
  runUntil,
  type OpenedSandbox,
  type OpenSandbox,
  type SandboxTraits,
} from "./opened-sandbox.ts";

/** In command lines: on the bare machine others run the same tests. */
const mark = randomUUID().slice(0, 8);

export function describeSandbox(name: string, open: OpenSandbox, traits: SandboxTraits): void {
  describe(name, () => {
    let opened: OpenedSandbox;
    let sandbox: Sandbox;
    beforeAll(async () => {
      opened = await open();
      sandbox = opened.sandbox;
    });
    afterAll(() => opened?.close());
    const current = () => opened;
    const run = (...args: Parameters<typeof runIn> extends [unknown, ...infer R] ? R : never) =>
      runIn(sandbox, ...args);

    describe("Python", () => describePython(current, run, traits));
    if (traits.node) describe("Node", () => describeNode(current, run));
    describe("the shell", () => describeShell(run));
    describe("ending", () => describeEnding(current, run));
    describe("output", () => describeOutput(current, run));
    describe("the workspace", () => describeWorkspace(current, run, open));
    describe("processes", () => describeProcesses(current));
    describe("terminals", () => describeTerminals(current));
    describe("the way out", () => describeNetwork(open));
    describe("its life", () => describeLife(open, traits));
  });
}

type Run = (
  language: Parameters<typeof runIn>[1],
  code: string,
  more?: Parameters<typeof runIn>[3],
  signal?: AbortSignal,
) => ReturnType<typeof runIn>;

function describePython(opened: () => OpenedSandbox, run: Run, traits: SandboxTraits) {
  it("keeps names from call to call and prints the last value", async () => {
    await run("python", "x = 40\ndef add(n): return x + n");
    expect(await run("python", "print('here')\nadd(2)")).toMatchObject({
      stdout: "here\n42\n",
      stderr: "",
      end: { exitCode: 0, ended: null, stateLost: false },
    });
  });

  it("prints nothing for None, for a statement, and after a semicolon", async () => {
    for (const code of ["None", "y = 3", "y;", ""])
      expect((await run("python", code)).stdout).toBe("");
  });

  it("tells an error with the program's own lines only", async () => {
    const { stderr, end } = await run("python", "def f():\n  return 1 / 0\nf()");
    expect(end.exitCode).toBe(1);
    expect(stderr).toContain("return 1 / 0");
    expect(stderr).toContain("ZeroDivisionError");
    expect(stderr).not.toContain("python_kernel");
    const wrong = await run("python", "1 +");
    expect(wrong.stderr).toContain("SyntaxError");
    expect(wrong.stderr).not.toContain("python_kernel");
  });

  it("awaits at the top", async () => {
    const code = "import asyncio\nawait asyncio.sleep(0.001)\n'awake'";
    expect((await run("python", code)).stdout).toBe("'awake'\n");
  });

  it("takes a fresh process apart from what is kept", async () => {
    await run("python", "kept = 1");
    const fresh = await run("python", "print('kept' in globals()); kept = 2", { fresh: true });
    expect(fresh).toMatchObject({ stdout: "False\n", end: { exitCode: 0, stateLost: false } });
    expect((await run("python", "kept")).stdout).toBe("1\n");
  });

  it("ends a fresh process as a script ends", async () => {
    const code = [
      "import atexit, threading, time, sys",
      "atexit.register(print, 'at exit')",
      "threading.Thread(target=lambda: (time.sleep(0.05), print('thread'))).start()",
      "sys.exit(7)",
    ].join("\n");
    const { stdout, end } = await run("python", code, { fresh: true });
    expect(stdout).toBe("thread\nat exit\n");
    expect(end.exitCode).toBe(7);
  });

  it("reads its input and its environment, each for one call", async () => {
    const code = "import os, sys\nprint(sys.stdin.read(), os.environ.get('COLOUR'))";
    const first = await run("python", code, { stdin: "in", env: { COLOUR: "red" } });
    expect(first.stdout).toBe("in red\n");
    expect((await run("python", code)).stdout).toBe(" None\n");
    const fresh = await run("python", code, { stdin: "in", env: { COLOUR: "red" }, fresh: true });
    expect(fresh.stdout).toBe("in red\n");
  });

  it("keeps what it has after sys.exit, and says when a crash took it", async () => {
    await run("python", "kept = 5");
    expect((await run("python", "import sys; sys.exit(3)")).end).toMatchObject({
      exitCode: 3,
      stateLost: false,
    });
    expect((await run("python", "kept")).stdout).toBe("5\n");
    expect((await run("python", "import os; os._exit(4)")).end).toMatchObject({
      exitCode: 4,
      stateLost: true,
    });
    expect((await run("python", "kept")).stderr).toContain("NameError");
  });

  it("shows pictures of what can draw itself, between what is printed before and after", async () => {
    const code = [
      "class Picture:",
      "  def _repr_png_(self): return b'\\x89PNG' + b'x' * 300_000",
      "print('before')",
      "display(Picture())",
      "print('after')",
      "Picture()",
    ].join("\n");
    const { displays, stdout } = await run("python", code);
    expect(stdout).toBe("before\nafter\n");
    expect(displays.map(({ mime, bytes }) => [mime, bytes.length])).toEqual([
      ["image/png", 300_004],
      ["image/png", 300_004],
    ]);
    expect(displays[0]?.name).toMatch(/^image-\d+\.png$/);
  });

  if (traits.pictures)
    it("shows figures and tables", async () => {
      const { displays, stdout } = await run(
        "python",
        [
          "import pandas, matplotlib.pyplot as plt",
          "plt.plot([1, 2, 3])",
          "plt.title('Three points')",
          "pandas.DataFrame({'a': [1, 2], 'b': [3, 4]})",
        ].join("\n"),
        { timeoutMs: 60_000 },
      );
      expect(stdout).toContain("a  b");
      expect(displays.map(({ mime, title }) => [mime, title])).toEqual([
        ["text/csv", "2 rows, 2 columns"],
        ["image/png", "Three points"],
      ]);
    });

  it("forgets on a reset", async () => {
    await run("python", "kept = 1");
    await opened().sandbox.reset("python");
    expect((await run("python", "kept")).stderr).toContain("NameError");
  });

  it("runs cells that come together one after another", async () => {
    await run("python", "import time; order = []");
    await Promise.all([
      run("python", "time.sleep(0.1); order.append(1)"),
      run("python", "order.append(2)"),
      run("python", "order.append(3)"),
    ]);
    expect((await run("python", "order")).stdout).toBe("[1, 2, 3]\n");
  });
}

function describeNode(opened: () => OpenedSandbox, run: Run) {
  it("keeps names from call to call, a const twice, and prints the last value", async () => {
    await run("node", "const a = 40; const add = (n) => a + n;");
    await run("node", "const a = 41");
    expect(await run("node", "console.log('here'); add(2)")).toMatchObject({
      stdout: "here\n43\n",
      stderr: "",
      end: { exitCode: 0, ended: null, stateLost: false },
    });
    expect((await run("node", "({ a: [1, { b: 2 }] })")).stdout).toBe("{ a: [ 1, { b: 2 } ] }\n");
  });

  it("awaits at the top, imports and requires", async () => {
    const code = [
      "import fs, { readFileSync as read } from 'node:fs';",
      "import * as path from 'path'",
      "const { EOL } = require('os');",
      "const url = await import('node:url');",
      "// what speaks of import('x') stays as it is",
      "[typeof fs.statSync, typeof read, path.sep, EOL, typeof url.URL, \"import('x')\"].join(' ')",
    ].join("\n");
    const { stdout, stderr } = await run("node", code);
    expect(stderr).toBe("");
    expect(stdout).toBe("\"function function / \\n function import('x')\"\n");
  });

  it("waits for what a cell began, as a script does", async () => {
    const { stdout } = await run("node", "setTimeout(() => console.log('later'), 40); undefined");
    expect(stdout).toBe("later\n");
    const fresh = await run("node", "setTimeout(() => console.log('later'), 40); undefined", {
      fresh: true,
    });
    expect(fresh.stdout).toBe("later\n");
  });

  it("does not wait for a server, which answers from then on", async () => {
    const begun = await run(
      "node",
      "const server = require('node:http').createServer((_, answer) => answer.end('served')); await new Promise((up) => server.listen(0, '127.0.0.1', up)); server.address().port",
    );
    expect([begun.end.exitCode, begun.end.ended]).toEqual([0, null]);
    const code = `import urllib.request; print(urllib.request.urlopen('http://127.0.0.1:${begun.stdout.trim()}').read())`;
    expect((await run("python", code, { fresh: true })).stdout).toBe("b'served'\n");
    await opened().sandbox.reset("node");
  });

  it("tells errors, wherever they come from, and keeps what it has", async () => {
    await run("node", "const kept = 5");
    for (const code of [
      "throw new Error('first')",
      "setTimeout(() => { throw new Error('first') }, 5); undefined",
      "void Promise.reject(new Error('first'))",
    ]) {
      const { stderr, end } = await run("node", code);
      expect(stderr).toContain("Error: first");
      expect(stderr).not.toContain("node_kernel");
      expect(end).toMatchObject({ exitCode: 1, stateLost: false });
    }
    expect((await run("node", "process.exit(6)")).end).toMatchObject({
      exitCode: 6,
      stateLost: false,
    });
    expect((await run("node", "kept")).stdout).toBe("5\n");
    expect((await run("node", "process.exit(6)", { fresh: true })).end.exitCode).toBe(6);
  });

  it("reads its input and its environment, each for one call", async () => {
    const code =
      "let all = ''; for await (const part of process.stdin) all += part; console.log(all, process.env.COLOUR)";
    const more = { stdin: "in", env: { COLOUR: "red" } };
    expect((await run("node", code, more)).stdout).toBe("in red\n");
    expect((await run("node", code)).stdout).toBe(" undefined\n");
    expect((await run("node", code, { ...more, fresh: true })).stdout).toBe("in red\n");
  });

  it("forgets on a reset, and after it had to be killed", async () => {
    await run("node", "const gone = 1");
    await opened().sandbox.reset("node");
    expect((await run("node", "gone")).stderr).toContain("ReferenceError");
    await run("node", "const gone = 1");
    expect((await run("node", "for (;;);", { timeoutMs: 300 })).end).toMatchObject({
      ended: "timeout",
      stateLost: true,
    });
    expect((await run("node", "gone")).stderr).toContain("ReferenceError");
  });
}

function describeShell(run: Run) {
  it("starts anew each time, in the workspace, with input and exit code", async () => {
    const { stdout, stderr, end } = await run("shell", "cat; echo bad >&2; there=1; exit 4", {
      stdin: "in",
    });
    expect([stdout, stderr, end.exitCode]).toEqual(["in", "bad\n", 4]);
    expect((await run("shell", "echo ${there-gone}")).stdout).toBe("gone\n");
  });

  it("says when a signal ended it", async () => {
    expect((await run("shell", "kill -9 $$")).end).toMatchObject({ exitCode: null, ended: null });
  });

  it("ends with its main process; what it left behind is ended too", async () => {
    const { stdout } = await run("shell", "sleep 300 & echo $!");
    const { end } = await run("shell", `kill -0 ${stdout.trim()} 2>/dev/null`);
    expect(end.exitCode).toBe(1);
  });

  it("tells time and memory", async () => {
    const { end } = await run(
      "python",
      "import time\nblock = bytearray(60_000_000)\ntime.sleep(0.2)",
      { fresh: true },
    );
    expect(end.ms).toBeGreaterThanOrEqual(200);
    expect(end.memoryPeakBytes).toBeGreaterThan(60_000_000);
  });
}

function describeEnding(opened: () => OpenedSandbox, run: Run) {
  it("interrupts Python at the time limit, which keeps its names", async () => {
    await run("python", "kept = 1");
    const late = await run("python", "kept = 2\nwhile True: pass", { timeoutMs: 300 });
    expect(late.end).toMatchObject({ ended: "timeout", stateLost: false });
    expect(late.stderr).toContain("KeyboardInterrupt");
    expect((await run("python", "kept")).stdout).toBe("2\n");
  });

  it("kills Python that does not listen, and says that its names are gone", async () => {
    const code = "import signal\nsignal.signal(2, signal.SIG_IGN)\nwhile True: pass";
    const { end } = await run("python", code, { timeoutMs: 200 });
    expect(end).toMatchObject({ exitCode: null, ended: "timeout", stateLost: true });
    expect((await run("python", "'again'")).stdout).toBe("'again'\n");
  });

  it("ends the shell at the time limit, whatever it ignores", async () => {
    const code = "trap '' INT TERM HUP; (setsid sleep 300 &); echo going; sleep 300";
    const { stdout, end } = await run("shell", code, { timeoutMs: 300 });
    expect([stdout, end.ended]).toEqual(["going\n", "timeout"]);
    expect(end.ms).toBeLessThan(2_000);
  });

  it("stops while fifty processes spin: everything is gone within a second", async () => {
    const code = [
      "import subprocess",
      `spin = ['sh', '-c', 'trap "" INT TERM; while :; do : ${mark}; done']`,
      "all = [subprocess.Popen(spin) for _ in range(50)]",
      "print('spinning', flush=True)",
      "for each in all: each.wait()",
    ].join("\n");
    for (const fresh of [false, true]) {
      const { stop, rest } = await runUntil(opened().sandbox, "python", code, "spinning", {
        fresh,
      });
      const stoppedAt = performance.now();
      stop();
      const { end } = await rest;
      expect(end.ended).toBe("stopped");
      expect(performance.now() - stoppedAt).toBeLessThan(1_000);
      expect(await countInside(opened().sandbox, `do : ${mark}; done`)).toBe(0);
    }
  });

  it("returns `stopped` where it was stopped before it began", async () => {
    const { end } = await run("python", "import time; time.sleep(30)", {}, AbortSignal.abort());
    expect(end.ended).toBe("stopped");
  });

  it("ends the run when nobody reads on", async () => {
    const request = { language: "shell", fresh: false, timeoutMs: 60_000 } as const;
    const code = `echo on; exec -a ${mark}-unread sleep 300`;
    for await (const _ of opened().sandbox.run({ ...request, code }, never)) break;
    await eventually(
      "the process is gone",
      async () => (await countInside(opened().sandbox, `${mark}-unread`)) === 0,
    );
  });

  it("stops what waits for its turn, and goes on with the next", async () => {
    const { stop, rest } = await runUntil(
      opened().sandbox,
      "python",
      "print('on', flush=True)\nimport time; time.sleep(60)",
      "on",
    );
    const stopping = new AbortController();
    const waiting = run("python", "1", {}, stopping.signal);
    const next = run("python", "'next'");
    stopping.abort();
    expect((await waiting).end.ended).toBe("stopped");
    stop();
    expect((await rest).end).toMatchObject({ ended: "stopped", stateLost: false });
    expect((await next).stdout).toBe("'next'\n");
  });

  it("ends a flood that nobody reads, and the kernel goes on", async () => {
    const request = { language: "python", fresh: false, timeoutMs: 60_000 } as const;
    const code = "kept = 'here'\nwhile True: print('x' * 1000)";
    for await (const _ of opened().sandbox.run({ ...request, code }, never)) break;
    const stopping = new AbortController();
    const pieces = opened().sandbox.run({ ...request, code }, stopping.signal);
    await pieces.next();
    stopping.abort();
    // Slow to take the rest: that is no reason to give the sandbox up.
    await run("shell", "sleep 4");
    let end;
    for (let next = await pieces.next(); ; next = await pieces.next())
      if (next.done) {
        end = next.value;
        break;
      }
    expect(end).toMatchObject({ ended: "stopped", stateLost: false });
    expect((await run("python", "kept")).stdout).toBe("'here'\n");
  });

  it("lets others run meanwhile", async () => {
    const { stop, rest } = await runUntil(
      opened().sandbox,
      "python",
      "print('on', flush=True)\nimport time; time.sleep(60)",
      "on",
    );
    expect((await run("shell", "echo shell")).stdout).toBe("shell\n");
    expect((await run("python", "print('fresh')", { fresh: true })).stdout).toBe("fresh\n");
    stop();
    expect((await rest).end.ended).toBe("stopped");
  });
}

function describeOutput(opened: () => OpenedSandbox, run: Run) {
  it("brings bytes as they are, all of them", async () => {
    const code =
      "import os, hashlib, sys\ndata = os.urandom(1 << 20) * 20\nsys.stdout.buffer.write(data)\nsys.stdout.flush()\nsys.stderr.write(hashlib.sha256(data).hexdigest());";
    const hash = createHash("sha256");
    let told = "";
    const request = { language: "python", code, fresh: true, timeoutMs: 30_000 } as const;
    for await (const piece of opened().sandbox.run(request, never))
      if (piece.type === "stdout") hash.update(piece.bytes);
      else told += Buffer.from(piece.bytes).toString();
    expect(hash.digest("hex")).toBe(told);
  });

  it("slows the program while nobody takes what it says", async () => {
    const code =
      "import os\nn = 0\nwhile True:\n  os.write(1, b'x' * 4096)\n  n += 4096\n  open('written', 'w').write(str(n))";
    const request = { language: "python", code, fresh: true, timeoutMs: 60_000 } as const;
    const stopping = new AbortController();
    const pieces = opened().sandbox.run(request, stopping.signal);
    await pieces.next();
    let before = -1;
    let written = 0;
    await eventually("it stands still", async () => {
      before = written;
      written = Number((await run("shell", "sleep 0.2; cat written")).stdout);
      return written > 0 && written === before;
    });
    expect(written).toBeLessThan(2 * 1024 * 1024);
    stopping.abort();
    for (;;) {
      const next = await pieces.next();
      if (!next.done) continue;
      expect(next.value.ended).toBe("stopped");
      break;
    }
  });
}

/** Files are stamped by a clock that moves every few milliseconds. */
async function clockOfFilesMoves(past: string): Promise<void> {
  const { ctimeMs } = await stat(past);
  const folder = await mkdtemp(join(tmpdir(), "aetheria-clock-"));
  for (let at = 0; at <= ctimeMs;) {
    await writeFile(join(folder, "now"), "");
    at = (await stat(join(folder, "now"))).ctimeMs;
  }
  await rm(folder, { recursive: true });
}

function describeWorkspace(opened: () => OpenedSandbox, run: Run, open: OpenSandbox) {
  it("is the session's folder, both ways", async () => {
    await writeFile(join(opened().workspace, "from-outside.txt"), "out");
    const { stdout } = await run("shell", "cat from-outside.txt; echo in > from-inside.txt");
    expect(stdout).toBe("out");
    const inside = await readFile(join(opened().workspace, "from-inside.txt"), "utf8");
    expect(inside).toBe("in\n");
  });

  it("tells what a run changed, sorted, and not what the host wrote before", async () => {
    await run("shell", "mkdir -p deep/er; echo 1 > deep/er/kept; echo 1 > gone; echo 1 > edited");
    await writeFile(join(opened().workspace, "by-host"), "host");
    await clockOfFilesMoves(join(opened().workspace, "by-host"));
    const { end } = await run(
      "shell",
      "rm gone; echo 22 > edited; echo new > deep/new; mkdir empty; cat by-host",
    );
    expect(end.changed).toEqual([
      { path: "deep/new", change: "created" },
      { path: "edited", change: "modified" },
      { path: "gone", change: "deleted" },
    ]);
    expect(end.moreChanges).toBe(0);
    expect((await run("python", "open('by-python', 'w').close()")).end.changed).toEqual([
      { path: "by-python", change: "created" },
    ]);
    await rm(join(opened().workspace, "by-python"));
    await clockOfFilesMoves(opened().workspace);
    expect((await run("python", "1")).end.changed).toEqual([]);
  });

  it("tells at most so many changes, and how many more there are", async () => {
    const { end } = await run("shell", "mkdir many; cd many; seq 1 700 | xargs touch");
    expect(end.changed).toHaveLength(maxChanges);
    expect(end.moreChanges).toBe(200);
    await run("shell", "rm -r many");
  });

  it("leaves what tools keep in folders of their own out", async () => {
    const code = "mkdir -p .git node_modules/x __pycache__; touch .git/a node_modules/x/b seen";
    const { end } = await run("shell", code);
    expect(end.changed).toEqual([{ path: "seen", change: "created" }]);
  });

  it("says when it is gone, before anything starts", async () => {
    const other = await open();
    try {
      await rm(other.workspace, { recursive: true });
      await expect(runIn(other.sandbox, "shell", "echo hi")).rejects.toMatchObject({
        code: "workspace_missing",
      });
      await mkdir(other.workspace, { recursive: true });
    } finally {
      await other.close();
    }
  });
}

function describeProcesses(opened: () => OpenedSandbox) {
  const started = async (command: string, env?: Record<string, string>) => {
    const process = await opened().sandbox.start(command, env === undefined ? {} : { env });
    return process.processId;
  };
  const ended = (id: string) =>
    eventually("the process ended", async () =>
      opened()
        .sandbox.processes()
        .some((each) => each.processId === id && !each.running),
    );
  const text = (id: string) => opened().sandbox.output(id, 0).text;

  it("stays, takes input, tells its output since a place, and how it ended", async () => {
    const { sandbox } = opened();
    const id = await started('echo $COLOUR; while read line; do echo "got $line"; done; exit 3', {
      COLOUR: "red",
    });
    await eventually("it speaks", async () => text(id) === "red\n");
    const { next } = sandbox.output(id, 0);
    await sandbox.write(id, "one\n", false);
    await eventually("it answers", async () => sandbox.output(id, next).text === "got one\n");
    await sandbox.write(id, "two\n", true);
    await ended(id);
    expect(text(id)).toBe("red\ngot one\ngot two\n");
    const shown = sandbox.processes().find((each) => each.processId === id);
    expect(shown).toMatchObject({ exitCode: 3, running: false });
    await expect(sandbox.write(id, "x", false)).rejects.toMatchObject({ code: "conflict" });
  });

  it("keeps the last of a long output and says how much went", async () => {
    const id = await started("seq 1 700000");
    await ended(id);
    const { text: kept, next, skippedBytes } = opened().sandbox.output(id, 0);
    expect(kept.endsWith("699999\n700000\n")).toBe(true);
    expect(kept.length + skippedBytes).toBe(next);
    expect(kept.length).toBeLessThanOrEqual(1024 * 1024);
    expect(skippedBytes).toBeGreaterThan(0);
  });

  it("is asked to end, and made to after two seconds, with all it started", async () => {
    const { sandbox } = opened();
    const polite = await started("trap 'echo bye; exit 0' TERM; echo up; while :; do :; done");
    await eventually("it is up", async () => text(polite) === "up\n");
    expect(await sandbox.stopProcess(polite)).toMatchObject({ running: false, exitCode: 0 });
    expect(text(polite)).toBe("up\nbye\n");
    const deaf = await started(
      `trap '' TERM; (trap '' TERM; exec -a ${mark}-deaf sleep 300) & echo up; wait`,
    );
    await eventually("it is up", async () => text(deaf) === "up\n");
    expect(await sandbox.stopProcess(deaf)).toMatchObject({ running: false, exitCode: null });
    expect(await countInside(sandbox, `${mark}-deaf`)).toBe(0);
  });

  it("knows no other", async () => {
    expect(() => opened().sandbox.output("nobody", 0)).toThrow("no process nobody");
    await expect(opened().sandbox.stopProcess("nobody")).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("counts in what the sandbox uses", async () => {
    const id = await started("sleep 300");
    const usage = await opened().sandbox.usage();
    expect(usage?.processes).toBeGreaterThanOrEqual(3);
    expect(usage?.memoryBytes).toBeGreaterThan(5_000_000);
    expect(usage?.cpuSeconds).toBeGreaterThan(0);
    await opened().sandbox.stopProcess(id);
  });
}

function describeTerminals(opened: () => OpenedSandbox) {
  it("is a terminal of its size, and of its new one", async () => {
    const terminal = await opened().sandbox.openTerminal({ cols: 91, rows: 33 });
    let text = "";
    terminal.onOutput((bytes) => void (text += Buffer.from(bytes).toString()));
    const end = new Promise((resolve) => terminal.onEnd(resolve));
    terminal.write("stty size; test -t 0 && echo a-$((1+1))-terminal\n");
    await eventually(
      "its size",
      async () => text.includes("33 91") && text.includes("a-2-terminal"),
    );
    terminal.resize({ cols: 55, rows: 22 });
    terminal.write("stty size\n");
    await eventually("its new size", async () => text.includes("22 55"));
    terminal.write("exit 7\n");
    expect(await end).toBe(7);
  });

  it("interrupts with Ctrl-C, slows what nobody reads, and ends all of it when closed", async () => {
    const terminal = await opened().sandbox.openTerminal({ cols: 80, rows: 24 });
    let text = "";
    let blocked: Promise<void> | null = null;
    let taken = 0;
    terminal.onOutput((bytes) => {
      taken += bytes.length;
      if (text.length < 10_000) text += Buffer.from(bytes).toString();
      return blocked ?? undefined;
    });
    const end = new Promise((resolve) => terminal.onEnd(resolve));
    terminal.write("echo sleeping-$((6*7)); sleep 300\n");
    await eventually("it sleeps", async () => text.includes("sleeping-42"));
    terminal.write("\u0003");
    terminal.write("echo back-$((40+2))\n");
    await eventually("the prompt is back", async () => text.includes("back-42"));
    const { promise, resolve } = Promise.withResolvers<void>();
    blocked = promise;
    terminal.write(`yes ${mark}\n`);
    let before = -1;
    await eventually("it stands still", async () => {
      const same = before === taken;
      before = taken;
      await runIn(opened().sandbox, "shell", "sleep 0.1");
      return same;
    });
    expect(taken).toBeLessThan(1024 * 1024);
    blocked = null;
    resolve();
    terminal.close();
    await end;
    expect(await countInside(opened().sandbox, `yes ${mark}`)).toBe(0);
  });
}

function describeNetwork(open: OpenSandbox) {
  it("leads through the proxy to the host, which hears whose run it is", async () => {
    const asked: string[] = [];
    const opened = await open({
      network: {
        serve: (connection, from) => {
          connection.on("error", () => undefined);
          connection.once("data", (head: Buffer) => {
            const host = /^[A-Z]+ http:\/\/([^/ ]+)/.exec(head.toString())?.[1] ?? "?";
            asked.push(`${host} ${from.hosts().join()}`);
            if (from.hosts().includes(host)) {
              connection.end("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
            } else {
              from.blocked(host);
              connection.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
            }
          });
        },
      },
    });
    try {
      const code = (host: string) =>
        `import urllib.request, urllib.error\ntry:\n  print(urllib.request.urlopen('http://${host}/').read())\nexcept urllib.error.HTTPError as e: print(e.code)`;
      const free = await runIn(opened.sandbox, "python", code("good.example"), {
        hosts: ["good.example"],
      });
      expect([free.stdout, free.end.blockedHosts]).toEqual(["b'hello'\n", []]);
      const refused = runIn(opened.sandbox, "python", code("bad.example"), { fresh: true });
      const other = runIn(opened.sandbox, "python", code("good.example"), {
        hosts: ["good.example"],
      });
      expect((await refused).stdout).toBe("403\n");
      expect((await refused).end.blockedHosts).toEqual(["bad.example"]);
      expect((await other).end.blockedHosts).toEqual([]);
      expect(asked.sort()).toEqual([
        "bad.example ",
        "good.example good.example",
        "good.example good.example",
      ]);
    } finally {
      await opened.close();
    }
  });

  it("carries much in both directions, at the pace of the slower", async () => {
    const opened = await open({
      network: {
        // Answers with what it was sent.
        serve: (connection) => {
          connection.on("error", () => undefined);
          connection.pipe(connection);
        },
      },
    });
    try {
      const code = [
        "import os, socket, threading, hashlib, urllib.parse",
        "port = urllib.parse.urlparse(os.environ['HTTP_PROXY']).port",
        "data = os.urandom(1 << 20) * 8",
        "line = socket.create_connection(('127.0.0.1', port))",
        "def send():\n  line.sendall(data)\n  line.shutdown(socket.SHUT_WR)",
        "threading.Thread(target=send).start()",
        "back = b''.join(iter(lambda: line.recv(65536), b''))",
        "back == data",
      ].join("\n");
      expect((await runIn(opened.sandbox, "python", code)).stdout).toBe("True\n");
    } finally {
      await opened.close();
    }
  });
}

function describeLife(open: OpenSandbox, traits: SandboxTraits) {
  it("ends everything when it is closed, and says so to what was under way", async () => {
    const opened = await open();
    const { sandbox } = opened;
    let lost = 0;
    sandbox.onLost(() => lost++);
    const { rest } = await runUntil(sandbox, "shell", "echo on; sleep 300", "on");
    const terminal = await sandbox.openTerminal({ cols: 80, rows: 24 });
    const terminalEnd = new Promise((resolve) => terminal.onEnd(resolve));
    terminal.onOutput(() => undefined);
    const { processId } = await sandbox.start("sleep 300", {});
    await opened.close();
    expect((await rest).end).toMatchObject({ exitCode: null, ended: "lost" });
    expect(await terminalEnd).toBe(null);
    expect(sandbox.processes()).toMatchObject([{ processId, running: false, exitCode: null }]);
    expect(lost).toBe(0);
    await expect(runIn(sandbox, "shell", "echo hi")).rejects.toMatchObject({
      code: "disconnected",
    });
  });

  if (traits.walled)
    it("says `lost` when the wall goes away in mid-call", async () => {
      const opened = await open();
      const lost = new Promise<void>((resolve) => opened.sandbox.onLost(resolve));
      const { rest } = await runUntil(opened.sandbox, "shell", "echo on; sleep 300", "on");
      await opened.kill();
      expect((await rest).end).toMatchObject({ exitCode: null, ended: "lost", stateLost: true });
      await lost;
      await opened.close();
    });
}
