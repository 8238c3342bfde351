// What is inside the wall of bubblewrap, as its arguments: the machine's programs to read, the
// workspace to write, and nothing else of the machine.
import { insideFolder, supervisorCommand } from "../inside/inside-files.ts";
import { sandboxWorkspace } from "../../../core/sandbox-ports.ts";

export type BubblewrapPlace = {
  workspace: string;
  python: string;
  /** Numbers of descriptors to read from. */
  seccompFd: number;
  files: readonly { path: string; fd: number }[];
};

/** What the arguments depend on besides: how the machine's folders lie. */
export type Machine = {
  /** Where a link leads; null: it is none. */
  linkTarget(path: string): string | null;
  exists(path: string): boolean;
};

export const sandboxHome = "/home/sandbox";

const mebibyte = 1024 * 1024;
const sizes = { tmp: 1024 * mebibyte, home: 2048 * mebibyte, shm: 256 * mebibyte };

/** Programs and libraries, wherever a distribution has them. */
const systemFolders = ["/bin", "/sbin", "/lib", "/lib64", "/lib32", "/libx32"];
const storeFolders = ["/nix/store", "/gnu/store"];

/** What programs read of /etc to work; nothing that tells of the machine's people or services. */
const settings = [
  "/etc/alternatives",
  "/etc/ca-certificates",
  "/etc/fonts",
  "/etc/inputrc",
  "/etc/ld.so.cache",
  "/etc/ld.so.conf",
  "/etc/ld.so.conf.d",
  "/etc/localtime",
  "/etc/magic",
  "/etc/matplotlibrc",
  "/etc/mime.types",
  "/etc/pki/ca-trust",
  "/etc/pki/tls/certs",
  "/etc/protocols",
  "/etc/python3",
  "/etc/services",
  "/etc/ssl/certs",
  "/etc/ssl/openssl.cnf",
  "/etc/terminfo",
];

/** What of the kernel can be set by who owns it: bubblewrap leaves it open to a root without rights. */
const kernelSettings = ["bus", "irq", "sys", "sysrq-trigger"];

/** Files of the kernel that tell of the whole machine. */
const kernelFiles = [
  "config.gz",
  "kallsyms",
  "kcore",
  "key-users",
  "keys",
  "kmsg",
  "kpagecgroup",
  "kpagecount",
  "kpageflags",
  "latency_stats",
  "modules",
  "mtrr",
  "pagetypeinfo",
  "sched_debug",
  "slabinfo",
  "timer_list",
  "timer_stats",
  "vmallocinfo",
  "vmcore",
];
const kernelFolders = ["acpi", "asound", "driver", "fs", "scsi", "tty"];

export function bubblewrapArguments(place: BubblewrapPlace, machine: Machine): string[] {
  return [
    ...namespaces,
    ...programs(machine),
    ...settings.flatMap((path) => ["--ro-bind-try", path, path]),
    ...place.files.flatMap(({ path, fd }) => [
      ...["--perms", "0644", "--ro-bind-data", String(fd), path],
    ]),
    ...kernel(machine),
    ...["--dev", "/dev", ...tmpfs("/dev/shm", sizes.shm, "1777"), "--remount-ro", "/dev"],
    ...tmpfs("/tmp", sizes.tmp, "1777"),
    ...["--symlink", "../tmp", "/var/tmp"],
    ...["--dir", "/run"],
    ...tmpfs(sandboxHome, sizes.home, "0700"),
    ...["--bind", place.workspace, sandboxWorkspace],
    // The root itself is a file system in memory: nobody shall fill it.
    ...["--remount-ro", "/"],
    ...["--chdir", "/", "--clearenv", "--setenv", "PATH", "/usr/local/bin:/usr/bin:/bin"],
    ...["--seccomp", String(place.seccompFd)],
    ...["--", place.python, ...supervisorCommand(insideFolder, sandboxWorkspace)],
  ];
}

const namespaces = [
  "--unshare-user",
  "--unshare-ipc",
  "--unshare-pid",
  "--unshare-net",
  "--unshare-uts",
  "--unshare-cgroup-try",
  "--as-pid-1",
  "--die-with-parent",
  "--new-session",
  "--cap-drop",
  "ALL",
  "--uid",
  "1000",
  "--gid",
  "1000",
  "--hostname",
  "sandbox",
];

function programs(machine: Machine): string[] {
  const folders = systemFolders.flatMap((path) => {
    const target = machine.linkTarget(path);
    if (target !== null) return ["--symlink", target, path];
    return machine.exists(path) ? ["--ro-bind", path, path] : [];
  });
  const stores = storeFolders.filter((path) => machine.exists(path));
  return ["--ro-bind", "/usr", "/usr", ...folders, ...stores.flatMap((p) => ["--ro-bind", p, p])];
}

function kernel(machine: Machine): string[] {
  const there = (name: string) => machine.exists(`/proc/${name}`);
  return [
    ...["--proc", "/proc"],
    ...kernelSettings
      .filter(there)
      .flatMap((name) => ["--ro-bind", `/proc/${name}`, `/proc/${name}`]),
    ...kernelFiles.filter(there).flatMap((name) => ["--ro-bind", "/dev/null", `/proc/${name}`]),
    ...kernelFolders
      .filter(there)
      .flatMap((name) => ["--tmpfs", `/proc/${name}`, "--remount-ro", `/proc/${name}`]),
  ];
}

function tmpfs(path: string, size: number, mode: string): string[] {
  return ["--perms", mode, "--size", String(size), "--tmpfs", path];
}

/** The files of /etc that are made for the sandbox, by their path. */
export const madeFiles: readonly { path: string; text: string }[] = [
  {
    path: "/etc/passwd",
    text: [
      "root:x:0:0:root:/root:/usr/sbin/nologin",
      `sandbox:x:1000:1000:sandbox:${sandboxHome}:/bin/bash`,
      "nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin",
      "",
    ].join("\n"),
  },
  { path: "/etc/group", text: "root:x:0:\nsandbox:x:1000:\nnogroup:x:65534:\n" },
  { path: "/etc/hosts", text: "127.0.0.1 localhost sandbox\n::1 localhost\n" },
  { path: "/etc/nsswitch.conf", text: "passwd: files\ngroup: files\nhosts: files\n" },
];
