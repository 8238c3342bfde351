import { describe, expect, it } from "vitest";
import { containerOptions, limitsFor, nobodyInside, type ContainerRequest } from "./container.ts";

const request: ContainerRequest = {
  image: "aetheria-sandbox-full:1",
  workspace: "/home/ada/project",
  user: { uid: 1000, gid: 1000, keepId: false },
  limits: limitsFor({ cpus: 8, memoryBytes: 16 * 2 ** 30 }),
  env: { LANG: "C.UTF-8" },
  hostId: "abc",
  selinux: false,
  podman: false,
};

describe("the options of a container", () => {
  it("shut every way out and share one folder", () => {
    const { HostConfig: host = {}, ...options } = containerOptions(request);
    expect(options).toMatchObject({ User: "1000:1000", Tty: false, StdinOnce: true });
    expect(host).toMatchObject({
      AutoRemove: true,
      NetworkMode: "none",
      CapDrop: ["ALL"],
      SecurityOpt: ["no-new-privileges"],
      Privileged: false,
      ReadonlyRootfs: true,
      IpcMode: "private",
      LogConfig: { Type: "none" },
      PidsLimit: 512,
      Memory: 4 * 2 ** 30,
      MemorySwap: 4 * 2 ** 30,
      NanoCpus: 4e9,
    });
    expect(host.Mounts).toEqual([
      { Type: "bind", Source: "/home/ada/project", Target: "/workspace", ReadOnly: false },
    ]);
  });

  it("take nothing away that the engine guards by itself", () => {
    const { HostConfig: host = {} } = containerOptions(request);
    for (const key of ["Binds", "Devices", "CapAdd", "PidMode", "MaskedPaths", "GroupAdd"])
      expect(host).not.toHaveProperty(key);
    expect(JSON.stringify(host)).not.toMatch(/seccomp|apparmor|docker\.sock/);
  });

  it("let programs run from /tmp and home, which have an end and lie in memory", () => {
    const { HostConfig: host = {} } = containerOptions({ ...request, user: nobodyInside });
    for (const folder of ["/tmp", "/home/sandbox"])
      expect(host.Tmpfs?.[folder]).toBe(`rw,exec,nosuid,nodev,size=${2 ** 30},mode=1777`);
  });

  it("know SELinux and rootless Podman", () => {
    const { HostConfig: host = {} } = containerOptions({
      ...request,
      selinux: true,
      user: { ...request.user, keepId: true },
    });
    expect(host).toMatchObject({
      UsernsMode: "keep-id",
      SecurityOpt: ["no-new-privileges", "label=disable"],
    });
  });

  it("leave half of a small machine to the person", () => {
    expect(limitsFor({ cpus: 1, memoryBytes: 4 * 2 ** 30 })).toMatchObject({
      cpus: 1,
      memoryBytes: 2 * 2 ** 30,
    });
  });

  it("leave programs memory when all that lies in memory is full", () => {
    const { memoryBytes, tmpBytes, homeBytes, sharedBytes } = limitsFor(
      { cpus: 2, memoryBytes: 2 ** 35 },
      { memoryBytes: 2 ** 29 },
    );
    expect(memoryBytes).toBe(2 ** 29);
    expect(tmpBytes + homeBytes + sharedBytes).toBeLessThan(memoryBytes * (2 / 3));
  });
});
