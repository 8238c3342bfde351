// How the wall of a container is built: one pure function from what a session needs to what the engine
// is told. Everything that keeps code inside is on this page.
import type { ContainerCreateOptions } from "dockerode";
import { sandboxWorkspace } from "../../../core/sandbox-ports.ts";
import { insideFolder, supervisorCommand } from "../inside/inside-files.ts";

export type Limits = {
  /** No swap besides. /tmp and the home folder count, as they are in memory. */
  memoryBytes: number;
  cpus: number;
  processes: number;
  tmpBytes: number;
  homeBytes: number;
  /** /dev/shm, which programs with many processes use. */
  sharedBytes: number;
  /** What a run may take from the disk the workspace is on; the supervisor watches it. */
  diskBytes: number;
};

/** The user inside. `keepId`: the engine maps the person's own id to the same one (rootless Podman). */
export type InsideUser = { uid: number; gid: number; keepId: boolean };

export type ContainerRequest = {
  image: string;
  /** The folder outside that is /workspace inside: the only thing that is shared. */
  workspace: string;
  user: InsideUser;
  limits: Limits;
  env: Readonly<Record<string, string>>;
  /** The container belongs to this host, which removes what an earlier run of it left behind. */
  hostId: string;
  selinux: boolean;
  podman: boolean;
};

export const hostLabel = "aetheria.host";
export const homeInside = "/home/sandbox";

/** Who owns nothing on the person's machine. */
export const nobodyInside: InsideUser = { uid: 10_001, gid: 10_001, keepId: false };

export function containerOptions(request: ContainerRequest): ContainerCreateOptions {
  const { image, workspace, user, limits, env, hostId, selinux, podman } = request;
  const owner = `${user.uid}:${user.gid}`;
  return {
    Image: image,
    User: owner,
    Env: Object.entries({ HOME: homeInside, USER: "sandbox", LOGNAME: "sandbox", ...env }).map(
      ([name, value]) => `${name}=${value}`,
    ),
    Entrypoint: ["python3", ...supervisorCommand(insideFolder, sandboxWorkspace)],
    WorkingDir: sandboxWorkspace,
    Hostname: "sandbox",
    Labels: { [hostLabel]: hostId },
    // The supervisor lives as long as this host holds its input: StdinOnce closes it with the host.
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    OpenStdin: true,
    StdinOnce: true,
    Tty: false,
    StopSignal: "SIGKILL",
    HostConfig: {
      AutoRemove: true,
      LogConfig: { Type: "none", Config: {} },
      NetworkMode: "none",
      CapDrop: ["ALL"],
      // Never `seccomp=`: that would replace the engine's own filter.
      SecurityOpt: ["no-new-privileges", ...(selinux ? ["label=disable"] : [])],
      Privileged: false,
      ReadonlyRootfs: true,
      Tmpfs: {
        "/tmp": inMemory(limits.tmpBytes),
        // Its owner cannot be named: Podman knows no such option. There is one user inside.
        [homeInside]: inMemory(limits.homeBytes),
      },
      Mounts: [{ Type: "bind", Source: workspace, Target: sandboxWorkspace, ReadOnly: false }],
      IpcMode: "private",
      ShmSize: limits.sharedBytes,
      // Not in the types of dockerode yet.
      ...{ CgroupnsMode: "private" },
      ...(user.keepId ? { UsernsMode: "keep-id" } : {}),
      PidsLimit: limits.processes,
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      MemorySwappiness: 0,
      NanoCpus: Math.round(limits.cpus * 1e9),
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "nofile", Soft: 4096, Hard: 4096 },
        // Podman asks for a million by itself, more than many machines let it have.
        ...(podman ? [{ Name: "nproc", Soft: 32_768, Hard: 32_768 }] : []),
      ],
    },
  };
}

const inMemory = (sizeBytes: number): string => `rw,exec,nosuid,nodev,size=${sizeBytes},mode=1777`;

/** A share of the machine that leaves the person able to work, or what was asked for. What lies in /tmp,
 * home and /dev/shm is memory: all of it together leaves the programs a third at least, for memory that
 * files hold is not freed by ending whoever wrote them. */
export function limitsFor(
  machine: { cpus: number; memoryBytes: number },
  asked: Partial<Limits> = {},
): Limits {
  const memoryBytes =
    asked.memoryBytes ?? Math.min(4 * gibibyte, Math.floor(machine.memoryBytes / 2));
  return {
    cpus: Math.max(1, Math.min(4, machine.cpus)),
    processes: 512,
    tmpBytes: Math.floor(memoryBytes / 4),
    homeBytes: Math.floor(memoryBytes / 4),
    sharedBytes: Math.floor(memoryBytes / 8),
    diskBytes: 2 * gibibyte,
    ...asked,
    memoryBytes,
  };
}

const gibibyte = 2 ** 30;
