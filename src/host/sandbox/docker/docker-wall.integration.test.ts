// The wall of a container, looked at from outside (what the engine says) and from inside.
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Sandbox } from "../../../core/sandbox-ports.ts";
import { nobodyInside } from "./container.ts";
import { dockerRig, realEngine, runIn } from "./docker.fixture.ts";

const engine = await realEngine();
const asRoot = process.getuid?.() === 0;

describe.skipIf(engine === null)("a sandbox in a real Docker engine", { timeout: 120_000 }, () => {
  let rig: ReturnType<typeof dockerRig>;
  let sandboxes: Sandbox[] = [];
  beforeEach(() => {
    rig = dockerRig(engine!);
    sandboxes = [];
  });
  afterEach(async () => {
    await Promise.all(sandboxes.map((sandbox) => sandbox.close()));
    await rig.close();
  });
  const open = async (workspace: string) => {
    const sandbox = await rig.open(workspace);
    sandboxes.push(sandbox);
    return sandbox;
  };
  /** One more waits for a session: so many containers are there then. */
  const warmed = async (workspace: string, count: number) => {
    await rig.wall.warm?.(workspace);
    expect(await rig.ids()).toHaveLength(count);
  };

  it("is as hard as it was asked to be, says the engine", async () => {
    const workspace = await rig.workspace();
    await open(workspace);
    const [container] = await rig.inspectAll();
    expect(container?.HostConfig).toMatchObject({
      NetworkMode: "none",
      // Podman names them one by one.
      CapDrop: engine!.kind === "podman" ? expect.arrayContaining(["SETUID"]) : ["ALL"],
      Privileged: false,
      ReadonlyRootfs: true,
      SecurityOpt: ["no-new-privileges"],
      AutoRemove: true,
      PidsLimit: 512,
    });
    expect(container?.HostConfig.CapAdd ?? []).toEqual([]);
    expect(container?.HostConfig.PidMode).toMatch(/^(private)?$/);
    expect(container?.HostConfig.Memory).toBe(container?.HostConfig.MemorySwap);
    expect(container?.HostConfig.Memory).toBeGreaterThan(0);
    expect(container?.HostConfig.NanoCpus).toBeGreaterThan(0);
    // Podman masks them without saying so.
    if (engine!.kind === "docker")
      expect(container?.HostConfig.MaskedPaths).toContain("/proc/kcore");
    expect(container?.Config.User).not.toMatch(/^(0|root|)(:|$)/);
    expect(container?.Mounts).toEqual([
      expect.objectContaining({ Type: "bind", Source: workspace, Destination: "/workspace" }),
    ]);
  });

  it("is as hard from inside", async () => {
    const sandbox = await open(await rig.workspace());
    const probe = `
id -u; grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
for path in / /usr /etc /opt/aetheria /proc/sys/kernel; do touch $path/x 2>/dev/null && echo "wrote $path"; done
for path in /tmp /home/sandbox /workspace; do touch $path/x || echo "no $path"; done
ls /sys/class/net; ls /var/run/docker.sock /dev/sda /dev/mem 2>/dev/null
su -c id 2>/dev/null; mount -t tmpfs none /tmp 2>/dev/null && echo mounted
exit 0`;
    const { output, exitCode } = await runIn(sandbox, "shell", probe);
    expect(exitCode).toBe(0);
    const lines = output.trim().split(/\n/);
    expect(Number(lines[0])).toBeGreaterThan(0);
    expect(lines.slice(1).map((line) => line.replace(/\s+/g, " "))).toEqual([
      "CapEff: 0000000000000000",
      "CapBnd: 0000000000000000",
      "NoNewPrivs: 1",
      "Seccomp: 2",
      "lo",
    ]);
  });

  it("shares the workspace, whose files belong to the person, and nothing else", async () => {
    const workspace = await rig.workspace();
    writeFileSync(join(workspace, "given.txt"), "given", { mode: 0o644 });
    const sandbox = await open(workspace);
    const ran = await runIn(sandbox, "shell", "cat given.txt; echo made > made.txt; pwd");
    expect(ran.output).toBe("given/workspace\n");
    expect(ran.changed).toEqual([{ path: "made.txt", change: "created" }]);
    expect(readFileSync(join(workspace, "made.txt"), "utf8")).toBe("made\n");
    expect(statSync(join(workspace, "made.txt")).uid).toBe(statSync(workspace).uid);
  });

  it("keeps two sessions apart, also in the same folder", async () => {
    const workspace = await rig.workspace();
    const [first, second] = [await open(workspace), await open(workspace)];
    await runIn(first, "shell", "echo secret > /tmp/mine; echo secret > ~/mine; (sleep 1000 &)");
    await runIn(first, "python", "secret = 42");
    const seen = await runIn(second, "shell", "ls /tmp ~ /dev/shm; cat /proc/[0-9]*/comm");
    expect(seen.output).not.toMatch(/mine|sleep/);
    expect((await runIn(second, "python", "secret")).output).toContain("NameError");
    expect(await rig.ids()).toHaveLength(2);
  });

  it("ends with its session, with everything in it", async () => {
    const sandbox = await open(await rig.workspace());
    await sandbox.start("sleep 1000", {});
    await sandbox.close();
    expect(await rig.ids()).toEqual([]);
  });

  it("tells a run that its container was killed, and the next session is well", async () => {
    const workspace = await rig.workspace();
    const sandbox = await open(workspace);
    const lost = new Promise<void>((resolve) => sandbox.onLost(resolve));
    const running = runIn(sandbox, "shell", "echo begun > begun; sleep 1000");
    await vi.waitFor(() => expect(existsSync(join(workspace, "begun"))).toBe(true), 10_000);
    const [id] = await rig.ids();
    await engine!.docker.getContainer(id!).kill();
    expect(await running).toMatchObject({ ended: "lost", exitCode: null });
    await lost;
    const next = await open(workspace);
    expect((await runIn(next, "shell", "echo well")).output).toBe("well\n");
  });

  it("gives a session the container that waited for this folder, and takes the others away", async () => {
    const workspace = await rig.workspace();
    await warmed(workspace, 1);
    const sandbox = await open(workspace);
    expect(await rig.ids()).toHaveLength(1);
    expect((await runIn(sandbox, "python", "6 * 7")).output).toContain("42");
    await warmed(workspace, 2);
    await rig.wall.close();
    expect(await rig.ids()).toHaveLength(1);
  });

  it("does not take a waiting container for a folder that was made anew", async () => {
    const workspace = await rig.workspace();
    await warmed(workspace, 1);
    rmSync(workspace, { recursive: true });
    mkdirSync(join(rig.dataDir, "in-between"));
    mkdirSync(workspace);
    if (asRoot) chownSync(workspace, nobodyInside.uid, nobodyInside.gid);
    writeFileSync(join(workspace, "new.txt"), "new");
    const sandbox = await open(workspace);
    expect((await runIn(sandbox, "shell", "ls")).output).toBe("new.txt\n");
  });

  it("says that a folder is gone before anything is started", async () => {
    const gone = join(rig.dataDir, "gone");
    await expect(open(gone)).rejects.toMatchObject({ code: "workspace_missing" });
    expect(await rig.ids()).toEqual([]);
  });

  it.runIf(asRoot)("refuses a folder of root in one sentence with the fix", async () => {
    const folder = join(rig.dataDir, "roots");
    mkdirSync(folder, { mode: 0o755 });
    await expect(open(folder)).rejects.toMatchObject({
      code: "workspace_missing",
      message: expect.stringContaining("belongs to root"),
      hint: expect.stringContaining("chown"),
    });
  });
});
