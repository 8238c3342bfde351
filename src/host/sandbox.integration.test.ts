import { chown, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { openStreamingServer, type StreamingServer } from "../../bench/streaming-server.ts";
import type { SandboxStatus } from "../contract/sandbox.ts";
import type { ToolView } from "../contract/tool.ts";
import { sandboxUid } from "./sandbox/bubblewrap/bubblewrap-sandbox.ts";
import { openRealHost, temporaryFolder, type RealHost } from "../testing/real-host.ts";
import { bubblewrapHere } from "../testing/sandbox-fixture.ts";

const bubblewrap = await bubblewrapHere();

type Call = { name: string; input: object };

let model: StreamingServer;
let at: RealHost;

// The model makes the calls that the message lists as JSON, one turn, then says a word.
beforeAll(async () => {
  model = await openStreamingServer((messages) => {
    const last = messages.findLastIndex(({ role }) => role === "user");
    const isFirst = !messages.slice(last).some(({ role }) => role === "tool");
    const content: unknown = messages[last]?.content;
    const text = typeof content === "string" ? content : JSON.stringify(content);
    return isFirst && text.startsWith("[{")
      ? { calls: JSON.parse(text) as Call[] }
      : { pieces: ["Done."] };
  });
  at = await openRealHost({
    env: {
      OPENAI_BASE_URL: model.url,
      PATH: process.env["PATH"] ?? "",
      // The second tier, also where an engine runs.
      DOCKER_HOST: "unix:///no/engine/here.sock",
    },
  });
});
afterAll(async () => {
  await at.close();
  await model.close();
});

async function start(files: Record<string, string> = {}) {
  const workspace = await temporaryFolder("sandbox");
  onTestFinished(() => rm(workspace, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files))
    await writeFile(join(workspace, path), content);
  // A host that is root runs code as nobody special, who owns nothing of root's.
  if (process.getuid?.() === 0)
    for (const name of ["", ...Object.keys(files)])
      await chown(join(workspace, name), sandboxUid, sandboxUid);
  const session = await at.start({ workspace, mode: "balanced" });
  const { sessionId } = session;
  const run = (name: string, input: object) =>
    at.client.call("tool.run", { sessionId, name, input });
  const status = () => at.client.call("sandbox.status", { sessionId });
  return { workspace, session, sessionId, run, status };
}

const viewOf = (view: ToolView | undefined) => {
  if (view?.kind !== "run") throw new Error(`no run: ${JSON.stringify(view)}`);
  return view;
};

/** A picture as matplotlib leaves one: this machine's Python may not have it. */
const draw = `
import struct, sys, types, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
png = b"\\x89PNG\\r\\n\\x1a\\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\\0" + b"\\xff" * 6 + b"\\0" + b"\\0" * 6)) + chunk(b"IEND", b"")
class Figure:
    axes = []
    _suptitle = types.SimpleNamespace(get_text=lambda: "Growth of sales")
    def savefig(self, to, **_):
        to.write(png) if hasattr(to, "write") else open(to, "wb").write(png)
if "matplotlib.figure" not in sys.modules:
    sys.modules["matplotlib.figure"] = types.SimpleNamespace(Figure=Figure)
figure = Figure()
open("/workspace/bars.png", "wb").write(png + b"bars")
print("drawn")
figure`;

describe.skipIf(!bubblewrap)("a host with real bubblewrap", () => {
  it("has the chart that a model's program drew as a card of the conversation", async () => {
    const { session, workspace, sessionId, status } = await start();
    const { outcome } = await session.ask(
      JSON.stringify([{ name: "run_python", input: { code: draw } }]),
    );
    expect(outcome).toBe("done");
    const { data: finished } = await session.until("tool.finished");
    expect(finished.text).toMatch(/^Exit code 0, .* in bubblewrap\.\nOutput:\ndrawn/);
    expect(finished.changes).toMatchObject([{ path: "bars.png", before: "absent" }]);
    expect(viewOf(finished.view)).toMatchObject({
      tier: "bubblewrap",
      exitCode: 0,
      changed: [{ path: "bars.png", change: "created" }],
    });
    const artifacts = session.events.flatMap((event) =>
      event.type === "artifact.created" ? [event.data] : [],
    );
    expect(artifacts).toMatchObject([
      { kind: "chart", title: "Growth of sales", file: { mime: "image/png" } },
      { kind: "image", title: "bars.png", file: { name: "bars.png", mime: "image/png" } },
    ]);
    const { sha256 = "", sizeBytes = 0 } = artifacts[1]?.file ?? {};
    const { bytes } = await at.client.call("attachment.get", {
      ...{ sha256: sha256 as never, offset: 0, length: sizeBytes },
    });
    expect(Buffer.from(bytes)).toEqual(await readFile(join(workspace, "bars.png")));
    expect(await status()).toMatchObject({
      ...{ tier: "bubblewrap", phase: "ready", problem: null, runs: [] },
      machineConsent: false,
    } satisfies Partial<SandboxStatus>);
    const moments = await at.client.call("session.moments", { sessionId });
    const toSeq = moments.moments.at(-1)?.toSeq ?? 0;
    await at.client.call("session.rewind", { sessionId, toSeq, files: true });
    expect(await readdir(workspace)).toEqual([]);
  });

  it("takes back what a program changed and deleted", async () => {
    const { session, sessionId, workspace } = await start({ "a.txt": "old", "b.txt": "kept" });
    const command = "echo new > a.txt; rm b.txt; mkdir out; echo c > out/c.txt";
    await session.ask(JSON.stringify([{ name: "run_shell", input: { command } }]));
    expect((await readdir(workspace)).sort()).toEqual(["a.txt", "out"]);
    const { moments } = await at.client.call("session.moments", { sessionId });
    const rewound = await at.client.call("session.rewind", {
      ...{ sessionId, files: true, toSeq: moments.at(-1)?.toSeq ?? 0 },
    });
    expect(rewound.failed).toEqual([]);
    expect((await readdir(workspace)).sort()).toEqual(["a.txt", "b.txt"]);
    expect(await readFile(join(workspace, "a.txt"), "utf8")).toBe("old");
    expect(await readFile(join(workspace, "b.txt"), "utf8")).toBe("kept");
  });

  it("keeps names from call to call, by hand too, and forgets on demand", async () => {
    const { run } = await start();
    await run("run_python", { code: "x = 20" });
    expect((await run("run_python", { code: "x + 22" })).result.text).toContain("Output:\n42");
    await run("reset_sandbox", { what: "python" });
    expect((await run("run_python", { code: "x" })).result.text).toContain("NameError");
    const node = await run("run_node", { code: "const y = await Promise.resolve(7); y * 6" });
    expect(node.result.text).toContain("42");
  });

  it("names a host that was refused, and lets it through once the person allows it", async () => {
    const { run, sessionId, status } = await start();
    const code = `
import urllib.request, urllib.error
try:
    urllib.request.urlopen("http://blocked.example/", timeout=10)
except urllib.error.HTTPError as error:
    print(error.code, error.read().decode())
except Exception as error:
    print("other", error)`;
    const refused = await run("run_python", { code });
    expect(refused.result.text).toContain("403 blocked.example is not allowed in this sandbox");
    expect(refused.result.text).toContain('call again with hosts: ["blocked.example"]');
    expect(viewOf(refused.result.view).blockedHosts).toEqual(["blocked.example"]);
    expect(await status()).toMatchObject({ blockedHosts: ["blocked.example"], allowedHosts: [] });
    await at.client.call("sandbox.host", {
      ...{ sessionId, host: "https://Blocked.example/", allowed: true },
    });
    expect(await status()).toMatchObject({ blockedHosts: [], allowedHosts: ["blocked.example"] });
    // There is no such name: the proxy tries, and says so.
    expect((await run("run_python", { code })).result.text).toMatch(/Output:\n502 /);
    const { entries } = await at.client.call("system.egress", { sessionId, limit: 5 });
    expect(entries.map(({ purpose, allowed }) => [purpose, allowed])).toEqual([
      ["sandbox", true],
      ["sandbox", false],
    ]);
  });

  it("asks the person before a model's program reaches a host it names", async () => {
    const { session, sessionId } = await start();
    const input = { command: "true", hosts: ["api.example.com"] };
    await session.send(JSON.stringify([{ name: "run_shell", input }]));
    const { data } = await session.until("approval.requested");
    expect(data.approval).toMatchObject({
      kind: "leaves_machine",
      view: {
        sentence: "Run this shell command in the sandbox, where it may reach api.example.com.",
        leaving: { to: "api.example.com" },
      },
      scopes: ["once"],
    });
    const { approvalId } = data.approval;
    const answer = { sessionId, approvalId, answer: "deny", scope: "once" } as const;
    await at.client.call("approval.answer", answer);
    expect((await session.until("tool.finished")).data.outcome).toBe("denied");
  });

  it("keeps 100 MB of output on the disk, and none of it in memory", async () => {
    const { run } = await start();
    const before = process.memoryUsage();
    let most = 0;
    const watching = setInterval(() => {
      const now = process.memoryUsage();
      most = Math.max(most, now.heapUsed + now.external - before.heapUsed - before.external);
    }, 20);
    const { result } = await run("run_shell", {
      command: "yes 0123456789012345678901234567890123456789 | head -c 100000000",
    });
    clearInterval(watching);
    expect(result.files).toMatchObject([{ name: "output.txt", sizeBytes: 100_000_000 }]);
    expect(viewOf(result.view).outputBytes).toBe(100_000_000);
    expect(result.text.length).toBeLessThan(13_000);
    expect(result.text).toMatch(/\[… [\d,]+ of 2,439,025 lines are left out here\./);
    expect(most).toBeLessThan(60_000_000);
  });

  it("stops what spins within a second, everything it started too", async () => {
    const { session, sessionId, status } = await start();
    const command = "for n in $(seq 50); do (while :; do :; done) & done; echo spinning; wait";
    await session.send(JSON.stringify([{ name: "run_shell", input: { command } }]));
    await at.pushed((push) =>
      push.type === "session.frame" &&
      push.live.some((one) => one.type === "tool.output" && one.text.includes("spinning"))
        ? true
        : undefined,
    );
    expect((await status()).runs).toMatchObject([{ language: "shell" }]);
    await at.client.call("session.stop", { sessionId });
    expect((await session.until("tool.finished")).data.outcome).toBe("stopped");
    await session.until("run.finished");
    const left = await at.client.call("tool.run", {
      ...{ sessionId, name: "run_shell", input: { command: "ps ax | grep -c '[w]hile' || true" } },
    });
    expect(left.result.text).toContain("Output:\n0");
  });

  it("has terminals, whose end comes with the session's sandbox", async () => {
    const { sessionId } = await start({ "seen.txt": "" });
    const { terminalId } = await at.client.call("terminal.open", {
      ...{ sessionId, place: "sandbox", cols: 80, rows: 24 },
    });
    await at.client.call("terminal.write", { terminalId, text: "ls /workspace\r" });
    let said = "";
    await at.pushed((push) => {
      if (push.type === "terminal.output" && push.terminalId === terminalId) {
        said = Buffer.concat(
          at.pushes.flatMap((one) =>
            one.type === "terminal.output" && one.terminalId === terminalId ? [one.bytes] : [],
          ),
        ).toString();
      }
      return said.includes("seen.txt") ? true : undefined;
    });
    const ended = at.pushed((push) =>
      push.type === "terminal.ended" && push.terminalId === terminalId ? true : undefined,
    );
    await at.client.call("sandbox.restart", { sessionId });
    await ended;
    await expect(
      at.client.call("terminal.open", { sessionId, place: "machine", cols: 80, rows: 24 }),
    ).rejects.toMatchObject({ code: "refused" });
  });

  it("runs code of a session without a folder in one of its own, and shows what it drew", async () => {
    const session = await at.start({ workspace: null, mode: "balanced" });
    await session.ask(JSON.stringify([{ name: "run_python", input: { code: draw } }]));
    const { data } = await session.until("tool.finished");
    expect(data.text).toContain("drawn");
    expect(data).not.toHaveProperty("changes");
    expect(data.labels).toEqual([]);
    expect(
      session.events.flatMap((event) =>
        event.type === "artifact.created" ? [event.data.title] : [],
      ),
    ).toEqual(["Growth of sales", "bars.png"]);
    await at.client.call("session.delete", { sessionId: session.sessionId });
    const left = await readdir(join(at.dataDir, "sandbox", "scratch"));
    const owners = await readFile(join(at.dataDir, "sandbox", "scratch", "owners.json"), "utf8");
    expect(owners).not.toContain(session.sessionId);
    expect(left.length).toBeLessThanOrEqual(2);
  });

  it("runs nothing in a folder that holds Aetheria's own data", async () => {
    const session = await at.start({ workspace: join(at.dataDir, ".."), mode: "autonomous" });
    const { sessionId } = session;
    const { result } = await at.client.call("tool.run", {
      ...{ sessionId, name: "run_shell", input: { command: "ls" } },
    });
    expect(result).toMatchObject({ outcome: "denied" });
    expect(result.text).toContain("holds Aetheria's own data");
  });
});
