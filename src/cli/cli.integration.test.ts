import { mkdtemp, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { spawnCli, type SpawnedCli } from "../testing/spawned-cli.ts";

// The whole thing, from the arguments to the disk: slow to start on a busy machine.
const patienceMs = 60_000;

let home = "";
let model: LLMock;
let running: SpawnedCli[] = [];

beforeAll(async () => {
  model = new LLMock({ port: 0, logLevel: "silent" });
  await model.start();
});
afterAll(() => model.stop());
beforeEach(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), "aetheria-program-")));
});
afterEach(async () => {
  for (const { child, ended } of running.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  running = [];
  model.clearFixtures();
  await rm(home, { recursive: true, force: true });
});

type Setting = { env?: Record<string, string>; stdin?: string; cwd?: string };

function start(args: string[], setting: Setting = {}): SpawnedCli {
  const spawned = spawnCli(args, { home, ...setting });
  running.push(spawned);
  return spawned;
}

async function runToEnd(args: string[], setting?: Setting) {
  const spawned = start(args, setting);
  const code = await spawned.ended;
  return { code, out: spawned.out(), err: spawned.err(), lines: spawned.lines };
}

const withModel = () => ({
  OPENAI_API_KEY: "test-key-0123456789",
  OPENAI_BASE_URL: `${model.url}/v1`,
});

/** The mock's model, by the name that the provider has for it. */
const modelArgs = ["--model", "openai/gpt-4o"];

describe("the aetheria program", { timeout: patienceMs }, () => {
  it("refuses bad usage with a sentence, a hint and exit code 2", async () => {
    const { code, out, err } = await runToEnd(["serach", "x"]);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toBe("There is no command “serach”.\nDid you mean aetheria search?\n");
  });

  it("exits 4 and says how to get a model on a machine without one", async () => {
    const { code, out, err } = await runToEnd(["run", "hello"]);
    expect([code, out]).toEqual([4, ""]);
    expect(err).toMatch(/^There is no model to ask\.\n.*Ollama.*\n$/);
  });

  it("writes a file by hand in this folder, and refuses one outside of it", async () => {
    const inside = JSON.stringify({ path: "note.txt", content: "by hand" });
    const argv = ["tool", "write_file", "--approve", "auto", "--json", "--input"];
    const done = await runToEnd([...argv, inside]);
    expect(done, done.err).toMatchObject({ code: 0, err: "" });
    expect(done.lines()).toMatchObject([{ type: "result", outcome: "done" }]);
    expect(await readFile(join(home, "note.txt"), "utf8")).toBe("by hand");
    const outside = JSON.stringify({ path: "../../note.txt", content: "no" });
    const refused = await runToEnd([...argv, outside]);
    expect(refused.code, refused.err).toBe(3);
    expect(refused.lines()).toHaveLength(1);
    expect(refused.err).not.toBe("");
  });

  it("lists its tools as one JSON value per line and nothing else", async () => {
    const { code, err, lines } = await runToEnd(["tool", "--list", "--json"]);
    expect([code, err]).toEqual([0, ""]);
    const names = lines().map((line) => line["name"]);
    expect(names).toContain("write_file");
    expect(names).toContain("web_fetch");
  });

  it("examines the machine, and names what is missing with a fix", async () => {
    const { code, lines, err } = await runToEnd(["doctor", "--json"]);
    expect([code, err]).toEqual([4, ""]);
    const checks = new Map(lines().map((check) => [check["name"], check]));
    expect(checks.get("Node")).toMatchObject({ state: "ok" });
    expect(checks.get("Store")).toMatchObject({ state: "ok" });
    expect(checks.get("File search")).toMatchObject({ state: "ok" });
    expect(checks.get("Models")).toMatchObject({ state: "missing", fix: expect.any(String) });
  });

  it("asks a model over the network, and keeps, finds, exports and imports the session", async () => {
    model.onMessage(/capital/, { content: "Paris is the capital of France." });
    const env = withModel();
    const asked = await runToEnd(["run", "What is the capital of France?", ...modelArgs], { env });
    expect(asked, asked.err).toMatchObject({ code: 0 });
    expect(asked.out).toBe("Paris is the capital of France.\n");
    const sessionId = /session (\S+)/.exec(asked.err)?.[1] ?? "";

    const found = await runToEnd(["search", "paris", "--json"]);
    expect(found.lines()[0]).toMatchObject({ type: "hit", sessionId, role: "agent" });

    const file = join(home, "session.json");
    expect(await runToEnd(["export", sessionId, "--out", file])).toMatchObject({ code: 0 });
    const data = ["--data", join(home, "elsewhere")];
    const imported = await runToEnd(["import", file, "--json", ...data]);
    expect(imported.lines()).toMatchObject([{ type: "imported" }]);
    const again = await runToEnd(["search", "paris", "--json", ...data]);
    expect(again.lines()[0]).toMatchObject({ type: "hit", role: "agent" });
  });

  it("prints only JSON lines with run --json, the result last", async () => {
    model.onMessage(/hello/, { content: "Hello there." });
    const argv = ["run", "hello", "--json", ...modelArgs];
    const { code, err, lines } = await runToEnd(argv, { env: withModel(), stdin: "piped text" });
    expect([code, err]).toEqual([0, ""]);
    expect(lines()[0]).toMatchObject({ type: "session" });
    const sent = lines().find((line) => line["type"] === "message.sent");
    expect(sent).toMatchObject({ data: { text: "hello\n\npiped text" } });
    expect(lines().at(-1)).toMatchObject({
      type: "result",
      outcome: "done",
      text: "Hello there.",
    });
  });

  it("works with a file through the agent and shows the step", async () => {
    await writeFile(join(home, "list.txt"), "milk\n");
    const reads = { toolCalls: [{ name: "read_file", arguments: '{"path":"list.txt"}' }] };
    const isAnswered = (role: string) => role === "tool";
    model.addFixture({
      match: { predicate: ({ messages }) => !messages.some(({ role }) => isAnswered(role)) },
      response: reads,
    });
    model.addFixture({
      match: { predicate: ({ messages }) => messages.some(({ role }) => isAnswered(role)) },
      response: { content: "You need milk." },
    });
    const argv = ["run", "What do I need?", ...modelArgs];
    const { code, out, err } = await runToEnd(argv, { env: withModel() });
    expect(code, err).toBe(0);
    expect(out).toBe("You need milk.\n");
    expect(err).toContain("▸ ");
    expect(err).toContain("list.txt");
  });

  it("stops a run at Ctrl-C with exit code 1", async () => {
    model.onMessage(/long/, { content: "word ".repeat(2000) }, { latency: 20, chunkSize: 5 });
    const spawned = start(["run", "a long one", ...modelArgs], { env: withModel() });
    await spawned.said("word");
    spawned.child.kill("SIGINT");
    expect(await spawned.ended).toBe(1);
    expect(spawned.err()).toContain("Stopped.");
  });

  it("serves until told to stop; others use it, a second one says who is there", async () => {
    const serving = start(["serve", "--json", "--port", "0"]);
    await serving.said('"ready"');
    const ready = serving.lines()[0] ?? {};
    expect(ready).toMatchObject({ type: "ready", pid: serving.child.pid });
    const url = String(ready["url"]);
    const hostFile = join(home, "aetheria", "host.json");
    expect((await stat(hostFile)).mode & 0o777).toBe(0o600);

    const second = await runToEnd(["serve", "--port", "0"]);
    expect(second).toMatchObject({ code: 1, out: "" });
    expect(second.err).toContain(`at ${url} (process ${serving.child.pid})`);
    expect(await runToEnd(["tool", "--list"])).toMatchObject({ code: 0, err: "" });
    const doctor = await runToEnd(["doctor", "--json"]);
    const port = doctor.lines().find((check) => check["name"] === "Port");
    expect(port).toMatchObject({ found: `Aetheria answers at ${url}.` });

    serving.child.kill("SIGTERM");
    expect(await serving.ended).toBe(0);
    await expect(stat(hostFile)).rejects.toMatchObject({ code: "ENOENT" });
    expect(serving.lines()).toHaveLength(1);
  });

  it("streams the answer of a host elsewhere, and says so when that host dies", async () => {
    model.onMessage(/short/, { content: "Short and sweet." });
    model.onMessage(/long/, { content: "word ".repeat(2000) }, { latency: 20, chunkSize: 5 });
    const serving = start(["serve", "--json", "--port", "0"], { env: withModel() });
    await serving.said('"ready"');
    const asked = await runToEnd(["run", "a short one", ...modelArgs]);
    expect(asked, asked.err).toMatchObject({ code: 0, out: "Short and sweet.\n" });
    const cut = start(["run", "a long one", ...modelArgs]);
    await cut.said("word");
    serving.child.kill("SIGKILL");
    expect(await cut.ended).toBe(1);
    expect(cut.err()).toContain("The host went away before the answer was complete.");
  });

  it("says that a data folder cannot be made", async () => {
    await writeFile(join(home, "file"), "");
    const { code, out, err } = await runToEnd(["search", "x", "--data", "file/inside"]);
    expect([code, out]).toEqual([4, ""]);
    expect(err).toMatch(/cannot be made \(ENOTDIR\)\.\nChoose a folder you may write in/);
  });

  it("says that a named port is taken", async () => {
    const port = new URL(model.url).port;
    const { code, err } = await runToEnd(["serve", "--port", port]);
    expect(code).toBe(1);
    expect(err).toContain(`Port ${port} is already used by another program.`);
  });

  it("starts again after kill -9, on the same address and token", async () => {
    const first = start(["serve", "--json", "--port", "0"]);
    await first.said('"ready"');
    first.child.kill("SIGKILL");
    await first.ended;
    const second = start(["serve", "--json", "--port", String(first.lines()[0]?.["port"])]);
    await second.said('"ready"');
    expect(second.lines()[0]?.["token"]).toBe(first.lines()[0]?.["token"]);
    expect(second.lines()[0]?.["url"]).toBe(first.lines()[0]?.["url"]);
  });
});
