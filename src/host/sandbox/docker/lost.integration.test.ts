// What is left when something dies that should not: the host by kill -9, the engine in mid-call.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hostLabel } from "./container.ts";
import { dockerRig, noProgress, realEngine, runIn } from "./docker.fixture.ts";
import { createImages, imageTag } from "./image.ts";
import { readImageSource } from "./image-source.ts";
import { hostIdOf, reapContainers } from "./reap.ts";
import { openEngine, findEngine, type Engine } from "./engine.ts";
import { AetheriaError } from "../../../contract/errors.ts";

const engine = await realEngine();

describe.skipIf(engine === null)(
  "after a kill -9, in a real Docker engine",
  { timeout: 120_000 },
  () => {
    let rig: ReturnType<typeof dockerRig>;
    beforeEach(() => void (rig = dockerRig(engine!)));
    afterEach(() => rig.close());

    it("nothing of the host's sandboxes outlives it", async () => {
      const program = new URL("./killed-host.fixture.ts", import.meta.url).pathname;
      const workspace = await rig.workspace();
      const child = spawn(process.execPath, [program, rig.dataDir, workspace], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      expect(await rig.ids()).toHaveLength(1);
      expect(existsSync(join(workspace, "spinning"))).toBe(true);
      child.kill("SIGKILL");
      await once(child, "exit");
      await vi.waitFor(async () => expect(await rig.ids()).toEqual([]), 30_000);
    });

    it("the next host removes what the engine did not, and nothing of others", async () => {
      await createImages({ onBuild: () => undefined }).ensure(
        engine!,
        await readImageSource("full", process.env["AETHERIA_SANDBOX_BASE"]),
        noProgress(),
      );
      const left = (hostId: string) =>
        engine!.docker.createContainer({
          Image: fullTag,
          Entrypoint: ["sleep", "1000"],
          Labels: { [hostLabel]: hostId },
        });
      const fullTag = imageTag(await readImageSource("full", process.env["AETHERIA_SANDBOX_BASE"]));
      const ours = await left(hostIdOf(rig.dataDir));
      const others = await left("somebody-else");
      try {
        await ours.start();
        expect(await reapContainers(engine!.docker, hostIdOf(rig.dataDir))).toBe(1);
        expect(await rig.ids()).toEqual([]);
        await expect(others.inspect()).resolves.toBeTruthy();
      } finally {
        await others.remove({ force: true });
      }
    });

    it("a host without a mark of containers does not even ask the engine", async () => {
      const ask = vi.spyOn(engine!.docker, "listContainers");
      await rig.wall.reap?.();
      expect(existsSync(join(rig.dataDir, "sandbox"))).toBe(false);
      ask.mockRestore();
    });
  },
);

const canStart = process.getuid?.() === 0 && existsSync("/usr/sbin/dockerd");

describe.skipIf(engine === null || !canStart)(
  "an engine that is restarted in mid-call (a real dockerd of its own)",
  { timeout: 300_000 },
  () => {
    let folder = "";
    let daemon: ChildProcess;
    let own: Engine;
    const address = () => `unix://${join(folder, "docker.sock")}`;

    async function start(): Promise<void> {
      rmSync(join(folder, "pid"), { force: true });
      daemon = spawn(
        "unshare",
        [
          // A network of its own: an engine without a bridge takes the machine's away.
          ...["--net", "dockerd"],
          ...["--data-root", join(folder, "data"), "--exec-root", join(folder, "exec")],
          ...["--pidfile", join(folder, "pid"), "--host", address()],
          ...["--bridge=none", "--iptables=false", "--ip6tables=false"],
        ],
        { stdio: "ignore" },
      );
      const around = { platform: process.platform, env: { DOCKER_HOST: address() }, home: folder };
      own = await vi.waitFor(async () => {
        const found = await findEngine(around, AbortSignal.timeout(2_000));
        if (found instanceof AetheriaError) throw found;
        return openEngine(found);
      }, 60_000);
    }
    async function stop(signal: NodeJS.Signals): Promise<void> {
      const exited = once(daemon, "exit");
      daemon.kill(signal);
      await exited;
    }

    it("ends the run as lost, and the next one runs in a new container", async () => {
      folder = mkdtempSync(join(tmpdir(), "aeth-dk-"));
      await start();
      const env = { ...process.env, DOCKER_HOST: address(), AETHERIA_SANDBOX_IMAGE: "node" };
      const rig = dockerRig(own, { env });
      try {
        await copyImage("node", engine!, own);
        const workspace = await rig.workspace();
        const sandbox = await rig.open(workspace);
        const running = runIn(sandbox, "shell", "echo begun > begun; sleep 1000");
        await vi.waitFor(() => readFileSync(join(workspace, "begun")), 10_000);
        await stop("SIGTERM");
        expect(await running).toMatchObject({ ended: "lost", exitCode: null });
        await expect(rig.open(workspace)).rejects.toMatchObject({
          code: "part_missing",
          hint: expect.stringContaining("Start it"),
        });
        await start();
        const next = await rig.open(workspace);
        expect((await runIn(next, "shell", "echo well")).output).toBe("well\n");
        await next.close();
      } finally {
        await rig.close();
        await stop("SIGTERM");
        rmSync(folder, { recursive: true, force: true });
      }
    });
  },
);

/** The least that a sandbox runs in, under the name of the whole image: copying takes a third of the time. */
async function copyImage(name: "node", from: Engine, to: Engine): Promise<void> {
  const whole = await readImageSource(name, process.env["AETHERIA_SANDBOX_BASE"]);
  const files = whole.files.map((file) =>
    file.path === "Dockerfile" ? { ...file, bytes: withoutPackages(file.bytes) } : file,
  );
  const images = createImages({ onBuild: () => undefined });
  const tag = await images.ensure(from, { ...whole, name: "least", files }, noProgress());
  const loading = await to.docker.loadImage(await from.docker.getImage(tag).get());
  await pipeline(loading, async function* (lines) {
    for await (const _line of lines) yield "";
  });
  const [repo = "", version] = imageTag(whole).split(":");
  await to.docker.getImage(tag).tag({ repo, tag: version });
}

/** The recipe without its second RUN, which only brings Node. */
function withoutPackages(recipe: Uint8Array): Uint8Array {
  const text = new TextDecoder().decode(recipe);
  const least = text.replace(/^RUN apt-get update && apt-get install -y nodejs[^]*?\n\n/m, "");
  expect(least).not.toBe(text);
  return new TextEncoder().encode(least);
}
