// What code behind a wall may try, each attempt a test that runs on every tier with a wall. After each
// the sandbox has to go on as if nothing had been.
import { createServer, type Server } from "node:net";
import { lstat, mkdir, readdir, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Sandbox } from "../core/sandbox-ports.ts";
import {
  countInside,
  eventually,
  never,
  runIn,
  runUntil,
  type OpenedSandbox,
  type OpenSandbox,
} from "./opened-sandbox.ts";

const mebibyte = 1024 * 1024;

export type AttackTraits = {
  /** System calls are filtered more strictly than by Docker's own filter. */
  strictFilter: boolean;
};

export function describeAttacks(name: string, open: OpenSandbox, traits: AttackTraits): void {
  describe(`attacks on ${name}`, () => {
    let opened: OpenedSandbox;
    beforeAll(async () => {
      opened = await open({
        memoryBytes: 512 * mebibyte,
        processes: 128,
        diskBytes: 64 * mebibyte,
      });
    });
    afterAll(() => opened?.close());
    afterEach(async () => {
      const { stdout, end } = await runIn(opened.sandbox, "python", "1 + 1", { fresh: true });
      expect([stdout, end.exitCode], "the sandbox goes on").toEqual(["2\n", 0]);
    });
    const current = () => opened;
    describe("by using up", () => describeBombs(current));
    describe("by looking around", () => describeLooks(current));
    describe("by the network", () => describeNetworks(current));
    describe("by the kernel", () => describeKernel(current, traits));
    describe("by files", () => describeFiles(current));
    describe("by not ending", () => describeEndless(current));
    describe("by forging", () => describeForgeries(current));
    describe("on another session", () => describeSessions(current, open));
  });
}

type Current = () => OpenedSandbox;

/** Runs Python that prints what it could do; nothing else may be printed. */
async function python(sandbox: Sandbox, ...lines: string[]): Promise<string> {
  const { stdout, stderr } = await runIn(sandbox, "python", lines.join("\n"), { fresh: true });
  return stdout + stderr;
}

/** Python: `attempt(name, function)` prints the name when the function did not fail. */
const attempts = [
  "import ctypes, os, socket, sys",
  "libc = ctypes.CDLL(None, use_errno=True)",
  "def attempt(name, do):",
  "  try:",
  "    got = do()",
  "  except BaseException:",
  "    return",
  "  print(name, repr(got)[:200])",
  "def put(path, text=None):",
  "  # What stands there already, so that a wall with a hole costs nothing.",
  "  got = open(path).read() if text is None else text",
  "  fd = os.open(path, os.O_WRONLY)",
  "  os.write(fd, got.encode())",
  "def call(name, *arguments):",
  "  got = getattr(libc, name)(*arguments)",
  "  if got == -1: raise OSError(ctypes.get_errno())",
  "  return got",
];

function describeBombs(opened: Current) {
  it("a fork bomb ends, and takes no more than its share", async () => {
    const code = "b() { b | b & b; }; b 2>/dev/null; echo on; sleep 60";
    const startedAt = performance.now();
    const { end } = await runIn(opened().sandbox, "shell", code, { timeoutMs: 5_000 });
    expect(["processes", "timeout"]).toContain(end.ended);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    const usage = await opened().sandbox.usage();
    expect(usage?.processes).toBeLessThan(20);
  });

  it("a fork bomb that detaches and kills who watches it ends", async () => {
    const code = [
      "import os, signal, time",
      "for number in range(1, 32):",
      "  try: signal.signal(number, signal.SIG_IGN)",
      "  except OSError: pass",
      "try: os.kill(os.getppid(), 9)",
      "except OSError: pass",
      "while True:",
      "  try:",
      "    if os.fork() == 0: os.setsid()",
      "  except OSError: pass",
    ].join("\n");
    const { end } = await runIn(opened().sandbox, "python", code, {
      timeoutMs: 3_000,
      fresh: true,
    });
    expect(end.exitCode).toBe(null);
    await eventually("nothing is left of it", async () => {
      const usage = await opened().sandbox.usage();
      return (usage?.processes ?? 99) < 10;
    });
  });

  it("threads count as processes do", async () => {
    const code = [
      "import threading, time",
      "hold = threading.Event()",
      "made = 0",
      "try:",
      "  while made < 2000:",
      "    threading.Thread(target=hold.wait, daemon=True).start()",
      "    made += 1",
      "except RuntimeError: print('no more')",
      "time.sleep(30 if made == 2000 else 0)",
    ].join("\n");
    const { stdout, end } = await runIn(opened().sandbox, "python", code, { fresh: true });
    expect(end.ended === "processes" || stdout === "no more\n").toBe(true);
  });

  it("a memory bomb of one process ends as `memory`", async () => {
    const code = "blocks = []\nwhile True: blocks.append(bytearray(8 << 20))";
    for (const fresh of [true, false]) {
      const { end } = await runIn(opened().sandbox, "python", code, { fresh });
      expect(end.ended).toBe("memory");
    }
  });

  it("a memory bomb of many processes ends as `memory`", async () => {
    const code = [
      "import os, time",
      "for _ in range(40):",
      "  if os.fork() == 0:",
      "    block = bytearray(os.urandom(1 << 20)) * 60",
      "    time.sleep(60)",
      "time.sleep(60)",
    ].join("\n");
    const { end } = await runIn(opened().sandbox, "python", code, { fresh: true });
    expect(end.ended).toBe("memory");
  });

  it("a memory bomb of shared memory ends, or finds no room", async () => {
    const code = [
      "import mmap, os, time",
      "block = mmap.mmap(-1, 900 << 20)",
      "for at in range(0, len(block), 4096): block[at] = 1",
      "time.sleep(30)",
    ].join("\n");
    const { end } = await runIn(opened().sandbox, "python", code, { fresh: true });
    expect(end.ended).toBe("memory");
  });

  it("what fills the disk ends as `disk`", async () => {
    const code = "i=0; while :; do i=$((i+1)); head -c 8000000 /dev/zero > fill-$i || exit 9; done";
    const { end } = await runIn(opened().sandbox, "shell", code, { timeoutMs: 30_000 });
    expect(end.ended).toBe("disk");
    await runIn(opened().sandbox, "shell", "rm -f fill-*");
  });

  it("one file as large as the disk ends as `disk`", async () => {
    const code = "head -c 100000000000 /dev/zero > huge";
    const { end } = await runIn(opened().sandbox, "shell", code, { timeoutMs: 30_000 });
    expect(end.ended === "disk" || end.exitCode !== 0).toBe(true);
    const { size } = await stat(join(opened().workspace, "huge"));
    expect(size).toBeLessThan(2_000 * mebibyte);
    await runIn(opened().sandbox, "shell", "rm -f huge");
  });

  it("what lies in memory has an end: /tmp, home, /dev/shm, /dev, the root", async () => {
    const code = [
      'for place in /tmp "$HOME" /dev/shm /dev /run / /proc /opt /etc /usr; do',
      "  head -c 6000000000 /dev/zero 2>/dev/null > $place/fill && echo filled $place",
      "  rm -f $place/fill 2>/dev/null",
      "done; true",
    ].join("\n");
    const { stdout } = await runIn(opened().sandbox, "shell", code, { timeoutMs: 60_000 });
    expect(stdout).toBe("");
  });

  it("endless output leaves the host's memory flat, and stops", async () => {
    const stopping = new AbortController();
    const request = { language: "shell", fresh: true, timeoutMs: 60_000 } as const;
    const pieces = opened().sandbox.run({ ...request, code: "yes" }, stopping.signal);
    let bytes = 0;
    let before = 0;
    for (;;) {
      const next = await pieces.next();
      if (next.done) {
        expect(next.value.ended).toBe("stopped");
        break;
      }
      bytes += next.value.bytes.length;
      if (before === 0 && bytes > 5_000_000) before = process.memoryUsage().rss;
      if (bytes > 100_000_000) stopping.abort();
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * mebibyte);
  });

  it("open files have an end", async () => {
    const code = [
      "import os",
      "held = []",
      "try:",
      "  while len(held) < 100_000: held.append(os.open('/dev/null', os.O_RDONLY))",
      "except OSError: print('no more')",
    ].join("\n");
    expect(await python(opened().sandbox, code)).toBe("no more\n");
  });
}

function describeLooks(opened: Current) {
  it("/proc shows nothing of the host's processes", async () => {
    process.env["AETHERIA_TEST_SECRET"] = "not-for-inside";
    try {
      const { stdout } = await runIn(
        opened().sandbox,
        "shell",
        "cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' '\\n'; env",
      );
      expect(stdout).not.toContain("not-for-inside");
      expect(stdout).not.toContain("vitest");
      const count = await python(
        opened().sandbox,
        "import os; print(sum(n.isdigit() for n in os.listdir('/proc')))",
      );
      expect(Number(count)).toBeLessThan(20);
    } finally {
      delete process.env["AETHERIA_TEST_SECRET"];
    }
  });

  it("the supervisor cannot be looked into: its descriptors, memory, environment, root", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "for name in ('fd/0', 'fd/1', 'mem', 'environ', 'root/etc/passwd', 'cwd', 'maps', 'exe'):",
      "  attempt(name, lambda: open('/proc/1/' + name, 'rb').read(16))",
      "attempt('fds', lambda: os.readlink('/proc/1/fd/0'))",
      "attempt('write', lambda: os.open('/proc/1/fd/1', os.O_WRONLY))",
    );
    expect(got).toBe("");
  });

  it("nothing of the supervisor's is held open by what it starts", async () => {
    for (const fresh of [true, false]) {
      const { stdout } = await runIn(
        opened().sandbox,
        "python",
        "import os\nprint(sorted(int(n) for n in os.listdir('/proc/self/fd')))",
        { fresh },
      );
      // Input, both outputs, the kernel's own line, and the listing itself.
      expect(["[0, 1, 2, 3, 4]\n", "[0, 1, 2, 3]\n"]).toContain(stdout);
    }
    const { stdout } = await runIn(opened().sandbox, "shell", "ls /proc/self/fd | tr '\\n' ' '");
    expect(stdout).toBe("0 1 2 3 ");
  });

  it("what the kernel tells of the whole machine is covered, and cannot be set", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "attempt('core pattern', lambda: put('/proc/sys/kernel/core_pattern'))",
      "attempt('host name', lambda: put('/proc/sys/kernel/hostname'))",
      "attempt('panic', lambda: put('/proc/sys/kernel/panic'))",
      "attempt('sysrq', lambda: put('/proc/sysrq-trigger', 'h'))",
      "for folder, _, names in os.walk('/proc'):",
      "  if folder == '/proc': _[:] = [n for n in _ if not n.isdigit() and n not in ('self', 'thread-self', 'net', 'pressure')]",
      "  for name in names:",
      "    path = os.path.join(folder, name)",
      // Docker covers some with /dev/null, which all may write to.
      "    if os.path.isfile(path): attempt(path, lambda: os.close(os.open(path, os.O_WRONLY)))",
      "attempt('kcore', lambda: open('/proc/kcore', 'rb').read(16) or 1 / 0)",
      "attempt('keys', lambda: open('/proc/keys', 'rb').read(16) or 1 / 0)",
      "attempt('kmsg', lambda: open('/proc/kmsg', 'rb').read(16) or 1 / 0)",
      "attempt('timers', lambda: open('/proc/timer_list', 'rb').read(16) or 1 / 0)",
      "attempt('oom', lambda: put('/proc/self/oom_score_adj', '-999'))",
      "attempt('uevent', lambda: put('/sys/kernel/uevent_helper'))",
      "attempt('cgroup', lambda: os.mkdir('/sys/fs/cgroup/x'))",
      "attempt('release', lambda: put('/sys/fs/cgroup/memory/release_agent'))",
    );
    expect(got).toBe("");
  });

  it("no devices of the host are there, and none can be made", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "import glob, stat",
      "for path in glob.glob('/dev/*') + glob.glob('/dev/*/*'):",
      "  if os.path.exists(path) and stat.S_ISBLK(os.stat(path).st_mode): print('block', path)",
      "  mode = os.lstat(path).st_mode if os.path.exists(path) else 0",
      "  if stat.S_ISCHR(mode) and '/pts' not in path: attempt(path, lambda: os.chmod(path, stat.S_IMODE(mode)))",
      "for name in ('mem', 'kmem', 'port', 'kmsg', 'kvm', 'fuse', 'net/tun', 'snapshot', 'dri', 'input'):",
      "  if os.path.exists('/dev/' + name): attempt(name, lambda: os.open('/dev/' + name, os.O_RDONLY))",
      "for place in ('/tmp/d', '/workspace/d', os.environ['HOME'] + '/d', '/dev/shm/d'):",
      "  attempt(place, lambda: os.mknod(place, 0o600 | stat.S_IFBLK, os.makedev(8, 0)))",
      "  attempt(place, lambda: os.mknod(place, 0o600 | stat.S_IFCHR, os.makedev(1, 1)))",
    );
    expect(got).toBe("");
  });

  it("no engine's socket is there, nor any other of the host's", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "import stat",
      "for path in ('/var/run/docker.sock', '/run/docker.sock', '/run/podman/podman.sock',",
      "             '/run/containerd/containerd.sock', '/run/dbus/system_bus_socket', '/run/user'):",
      "  if os.path.exists(path): print(path)",
      "for folder, _, names in os.walk('/'):",
      "  if folder.startswith(('/proc', '/sys', '/usr')): continue",
      "  for name in names:",
      "    try: mode = os.lstat(os.path.join(folder, name)).st_mode",
      "    except OSError: continue",
      "    if stat.S_ISSOCK(mode): print(folder, name)",
    );
    expect(got).toBe("");
  });

  it("the machine's people, keys and folders are not there", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "for path in ('/root', '/etc/shadow', '/etc/ssh', '/etc/sudoers', '/var/lib', '/boot', '/mnt', '/srv'):",
      "  attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())",
      "print(sorted(os.listdir('/workspace/..')) == sorted(os.listdir('/')))",
      "print([n for n in os.listdir('/home') if n != 'sandbox'])",
    );
    const lines = got.trim().split("\n");
    // An image has folders of its own; none of the machine's stands in them.
    expect(lines.slice(-2)).toEqual(["True", "[]"]);
    expect(got).not.toMatch(/shadow|sudoers|authorized_keys/);
  });

  it("the environment is the sandbox's own", async () => {
    const { stdout } = await runIn(opened().sandbox, "shell", "id -u; hostname; echo $HOME");
    const [uid, , home] = stdout.split("\n");
    expect(Number(uid)).toBeGreaterThan(0);
    expect(home).toBe("/home/sandbox");
  });
}

function describeNetworks(opened: Current) {
  let server: Server;
  let port = 0;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
    const address = server.address();
    port = typeof address === "object" && address !== null ? address.port : 0;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  it("neither the host's loopback nor its addresses nor the metadata address answer", async () => {
    const { networkInterfaces } = await import("node:os");
    const addresses = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ family }) => family === "IPv4")
      .map(({ address }) => address);
    const targets = [
      ...[...addresses, "127.0.0.1", "0.0.0.0", "172.17.0.1", "10.0.2.2"].map((a) => [a, port]),
      ["169.254.169.254", 80],
      ["1.1.1.1", 53],
      ["192.168.0.1", 80],
    ];
    const startedAt = performance.now();
    const got = await python(
      opened().sandbox,
      ...attempts,
      `for address in ${JSON.stringify(targets)}:`,
      "  attempt(address, lambda: socket.create_connection(tuple(address), 2))",
    );
    expect(got).toBe("");
    expect(connections).toBe(0);
    // Refused at once, not after waiting.
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });

  it("names are not looked up, and nothing can be sent without a connection", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "attempt('dns', lambda: socket.getaddrinfo('example.com', 80))",
      "udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
      "attempt('udp', lambda: udp.sendto(b'x', ('8.8.8.8', 53)))",
      "udp.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)",
      "attempt('broadcast', lambda: udp.sendto(b'x', ('255.255.255.255', 67)))",
      "attempt('multicast', lambda: udp.sendto(b'x', ('224.0.0.251', 5353)))",
      "six = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) if socket.has_ipv6 else None",
      "attempt('six', lambda: six.sendto(b'x', ('2001:4860:4860::8888', 53)))",
    );
    expect(got).toBe("");
  });

  it("only loopback is there", async () => {
    const got = await python(
      opened().sandbox,
      "import socket; print([n for _, n in socket.if_nameindex() if n != 'lo' and not n.endswith('0')])",
      "print(len(open('/proc/net/route').readlines()))",
    );
    expect(got).toBe("[]\n1\n");
  });

  it("raw and packet sockets, and those that lead elsewhere, are refused", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "attempt('raw', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP))",
      "attempt('raw ip', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW))",
      "attempt('packet', lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 3))",
      "vm = socket.socket(40, socket.SOCK_STREAM) if 0 else None",
    );
    expect(got).toBe("");
  });

  it("a socket of the host without a name in the file system is not reached", async () => {
    const got = await python(
      opened().sandbox,
      "names = [line.split()[-1] for line in open('/proc/net/unix') if '@' in line]",
      "print(names)",
    );
    expect(got).toBe("[]\n");
  });
}

function describeKernel(opened: Current, traits: AttackTraits) {
  it("there are no rights, and no way to more", async () => {
    const { stdout } = await runIn(
      opened().sandbox,
      "shell",
      "grep -E '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp):' /proc/self/status | tr -d '\\t'",
    );
    expect(stdout.trim().split("\n")).toEqual([
      "CapInh:0000000000000000",
      "CapPrm:0000000000000000",
      "CapEff:0000000000000000",
      "CapBnd:0000000000000000",
      "CapAmb:0000000000000000",
      "NoNewPrivs:1",
      "Seccomp:2",
    ]);
  });

  it("programs that run as their owner give nothing, and none can be left behind", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "import shutil, subprocess",
      "for place in ('/tmp', '/workspace'):",
      "  path = place + '/as-owner'",
      "  shutil.copy('/usr/bin/id', path)",
      "  try: os.chmod(path, 0o6755)",
      "  except OSError: os.chmod(path, 0o755)",
      "  before = subprocess.run(['id'], capture_output=True).stdout",
      "  if subprocess.run([path], capture_output=True).stdout != before: print('other', place)",
      "attempt('setuid', lambda: os.setuid(0))",
      "attempt('setgroups', lambda: os.setgroups([0]))",
      "for name in ('su', 'sudo', 'mount', 'newgrp', 'passwd'):",
      "  path = shutil.which(name)",
      "  if path: attempt(name, lambda: 1 / (b'root' in subprocess.run([path, '-c', 'id'], capture_output=True, stdin=subprocess.DEVNULL, timeout=5).stdout))",
    );
    expect(got).toBe("");
    const left = await stat(join(opened().workspace, "as-owner"));
    expect((left.mode & 0o4000) !== 0 && left.uid === 0, "a program that runs as root").toBe(false);
    await rm(join(opened().workspace, "as-owner"));
  });

  it("nobody is traced: not the supervisor, not the keeper", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "for pid in (1, os.getppid()):",
      "  attempt('attach', lambda: call('ptrace', 16, pid, 0, 0))",
      "  attempt('seize', lambda: call('ptrace', 0x4206, pid, 0, 0))",
      "  attempt('memory', lambda: os.open('/proc/%d/mem' % pid, os.O_RDWR))",
      "  here = ctypes.create_string_buffer(64)",
      "  class Piece(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]",
      "  ours = Piece(ctypes.addressof(here), 64)",
      "  attempt('read', lambda: call('process_vm_readv', pid, ctypes.byref(ours), 1, ctypes.byref(ours), 1, 0))",
    );
    expect(got).toBe("");
  });

  it("nothing is mounted or unmounted", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "os.makedirs('/tmp/m', exist_ok=True)",
      "attempt('tmpfs', lambda: call('mount', b'none', b'/tmp/m', b'tmpfs', 0, None))",
      "attempt('bind', lambda: call('mount', b'/', b'/tmp/m', None, 4096, None))",
      "attempt('remount', lambda: call('mount', None, b'/', None, 32, None))",
      "attempt('proc', lambda: call('mount', b'proc', b'/tmp/m', b'proc', 0, None))",
      "attempt('umount', lambda: call('umount2', b'/workspace', 2))",
      "attempt('umount proc', lambda: call('umount2', b'/proc', 2))",
      "attempt('chroot', lambda: os.chroot('/tmp/m'))",
      "attempt('pivot', lambda: call('syscall', 155, b'/tmp/m', b'/tmp/m'))",
    );
    expect(got).toBe("");
  });

  it("no namespaces are made or joined", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "import subprocess",
      "for name, flag in (('user', 0x10000000), ('mount', 0x20000), ('net', 0x40000000), ('pid', 0x20000000)):",
      "  attempt(name, lambda: call('unshare', flag))",
      "  attempt(name + ' both', lambda: call('unshare', flag | 0x10000000))",
      "def clone():",
      "  pid = call('syscall', 56 if os.uname().machine == 'x86_64' else 220, 0x10000000 | 17, 0, 0, 0, 0)",
      "  if pid == 0: os._exit(0)",
      "  os.waitpid(pid, 0)",
      "attempt('clone', clone)",
      "attempt('join', lambda: call('setns', os.open('/proc/1/ns/mnt', os.O_RDONLY), 0))",
      "attempt('again', lambda: subprocess.run(['unshare', '-Ur', 'true'], check=True, capture_output=True))",
    );
    expect(got).toBe("");
  });

  it("the machine's clock, name, modules and keys are out of reach", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "import time",
      "attempt('clock', lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()))",
      "attempt('name', lambda: socket.sethostname('other'))",
      "attempt('reboot', lambda: call('reboot', 0x1234567))",
      "attempt('swap', lambda: call('swapoff', b'/dev/sda'))",
      "arm = os.uname().machine == 'aarch64'",
      "attempt('bpf', lambda: call('syscall', 280 if arm else 321, 0, 0, 0))",
      "attempt('module', lambda: call('syscall', 106 if arm else 176, b'x', 0))",
      "attempt('key', lambda: call('syscall', 217 if arm else 248, b'user', b'x', b'y', 1, -3))",
      "attempt('keyring', lambda: call('syscall', 219 if arm else 250, 0, -3, 0))",
      "attempt('kexec', lambda: call('syscall', 104 if arm else 246, 0, 0, 0, 0))",
      "attempt('handle', lambda: call('syscall', 265 if arm else 304, -100, 0, 0))",
      "attempt('perf', lambda: call('syscall', 241 if arm else 298, 0, 0, -1, -1, 0))",
      "attempt('nice', lambda: os.nice(-5))",
    );
    expect(got).toBe("");
  });

  if (traits.strictFilter)
    it("the filter refuses what has been a hole before", async () => {
      const got = await python(
        opened().sandbox,
        ...attempts,
        "attempt('vsock', lambda: socket.socket(40, socket.SOCK_STREAM))",
        "attempt('ciphers', lambda: socket.socket(38, socket.SOCK_SEQPACKET))",
        "attempt('io_uring', lambda: call('syscall', 425, 1, ctypes.create_string_buffer(256)))",
        "attempt('userfaultfd', lambda: call('syscall', 282 if os.uname().machine == 'aarch64' else 323, 1))",
        "import fcntl, termios",
        "main, other = os.openpty()",
        "attempt('typing', lambda: fcntl.ioctl(other, termios.TIOCSTI, b'x'))",
        "path = '/tmp/owner'",
        "open(path, 'w').close()",
        "attempt('chmod', lambda: os.chmod(path, 0o4755))",
        "attempt('create', lambda: os.open('/tmp/owner2', os.O_CREAT | os.O_WRONLY, 0o4755))",
        "os.chmod(path, 0o755)",
        "os.close(os.open('/tmp/plain', os.O_CREAT | os.O_WRONLY, 0o644))",
      );
      expect(got).toBe("");
    });
}

function describeFiles(opened: Current) {
  it("a link out of the workspace leads to nothing of the machine", async () => {
    const secret = join(opened().workspace, "..", "secret.txt");
    await writeFile(secret, "of the host");
    const links = ["to-secret", "to-parent", "to-root"];
    await symlink(secret, join(opened().workspace, "to-secret"));
    await symlink("..", join(opened().workspace, "to-parent"));
    await symlink("/", join(opened().workspace, "to-root"));
    try {
      const { stdout } = await runIn(
        opened().sandbox,
        "shell",
        `cat to-secret to-parent/secret.txt to-root${secret} ../secret.txt ${secret} 2>/dev/null; ls to-parent/ | head -50`,
      );
      expect(stdout).not.toContain("of the host");
      expect(stdout).not.toContain("secret.txt");
    } finally {
      for (const name of links) await rm(join(opened().workspace, name));
      await rm(secret);
    }
  });

  it("a link made inside is told as a link, and what it names is not read", async () => {
    const { end } = await runIn(
      opened().sandbox,
      "shell",
      "ln -s /etc/shadow stolen; ln -s / all; mkdir sub; ln -s .. sub/up",
    );
    expect(end.changed.map(({ path }) => path)).toEqual(["all", "stolen", "sub/up"]);
    expect(await readlink(join(opened().workspace, "stolen"))).toBe("/etc/shadow");
    expect((await lstat(join(opened().workspace, "all"))).isSymbolicLink()).toBe(true);
    await runIn(opened().sandbox, "shell", "rm -r stolen all sub");
  });

  it("no hard link leads over the wall", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "for source in ('/etc/passwd', '/usr/bin/env', '/bin/sh', '/opt/aetheria/supervisor.py', '/proc/1/exe'):",
      "  attempt(source, lambda: os.link(source, '/workspace/linked'))",
      "open('/workspace/own', 'w').close()",
      "for place in ('/tmp/linked', os.environ['HOME'] + '/linked', '/opt/aetheria/linked', '/linked'):",
      "  attempt(place, lambda: os.link('/workspace/own', place))",
      "os.remove('/workspace/own')",
    );
    expect(got).toBe("");
  });

  it("the system and the supervisor's own programs cannot be changed", async () => {
    const got = await python(
      opened().sandbox,
      ...attempts,
      "for path in ('/opt/aetheria/supervisor.py', '/opt/aetheria/python_kernel.py', '/usr/bin/python3', '/bin/sh', '/etc/passwd', '/etc/ld.so.cache'):",
      "  attempt(path, lambda: open(path, 'r+b'))",
      "  attempt(path, lambda: os.remove(path))",
      "  attempt(path, lambda: os.rename(path, path + '.old'))",
      "for folder in ('/', '/usr', '/etc', '/opt', '/opt/aetheria', '/usr/lib', '/home', '/dev'):",
      "  attempt(folder, lambda: open(folder + '/new', 'w'))",
    );
    expect(got).toBe("");
  });

  it("names made to break shells and lists are told as they are", async () => {
    const names = [
      "$(touch owned)",
      "; rm -rf *",
      "'\"`x`",
      "new\nline",
      "-rf",
      "\u001b[31mred",
      "..hidden",
      " space ",
      "%s%n",
      "ünï",
    ];
    const { end } = await runIn(
      opened().sandbox,
      "python",
      `import os\nfor name in ${JSON.stringify(names)}: open(name, 'w').close()\nopen(b'bad\\xff', 'w').close()`,
      { fresh: true },
    );
    expect(end.changed.map(({ path }) => path).sort()).toEqual([...names, "bad\ufffd"].sort());
    expect(await readdir(opened().workspace)).not.toContain("owned");
    await python(
      opened().sandbox,
      `import os\nfor name in ${JSON.stringify(names)}: os.remove(name)\nos.remove(b'bad\\xff')`,
    );
  });

  it("deep folders and loops of links do not stop the look for changes", async () => {
    const { end } = await runIn(
      opened().sandbox,
      "python",
      "import os\nfor _ in range(400):\n  os.mkdir('d'); os.chdir('d')\nos.symlink('.', 'loop')",
      { fresh: true },
    );
    expect(end.ended).toBe(null);
    await python(opened().sandbox, "import shutil; shutil.rmtree('/workspace/d')");
  });
}

function describeEndless(opened: Current) {
  it("what ignores every signal, detaches and forks twice ends with its run", async () => {
    const code = [
      "import os, signal, time",
      "for number in range(1, 65):",
      "  try: signal.signal(number, signal.SIG_IGN)",
      "  except (OSError, ValueError): pass",
      "for _ in range(5):",
      "  if os.fork() == 0:",
      "    os.setsid()",
      "    if os.fork() == 0:",
      "      os.execvp('sleep', ['detached-sleep', '300'])",
      "    os._exit(0)",
      "time.sleep(0.2)",
      "print('left', flush=True)",
    ].join("\n");
    for (const fresh of [true, false]) {
      const { rest, stop } = await runUntil(
        opened().sandbox,
        "python",
        `${code}\ntime.sleep(300)`,
        "left",
        { fresh },
      );
      stop();
      expect((await rest).end.ended).toBe("stopped");
      await eventually(
        "all of it is gone",
        async () => (await countInside(opened().sandbox, "detached-sleep")) === 0,
      );
    }
    await runIn(opened().sandbox, "python", code, { fresh: true });
    expect(await countInside(opened().sandbox, "detached-sleep")).toBe(0);
  });

  it("killing everything it can see ends itself only", async () => {
    const { processId } = await opened().sandbox.start("sleep 300", {});
    const { end } = await runIn(
      opened().sandbox,
      "python",
      "import os, signal\nos.kill(1, signal.SIGKILL)\nos.kill(1, signal.SIGSTOP)\nos.kill(1, signal.SIGTERM)\nos.kill(-1, signal.SIGKILL)",
      { fresh: true },
    );
    expect(end.exitCode).toBe(null);
    await eventually("the process has ended with it", async () =>
      opened()
        .sandbox.processes()
        .some((each) => each.processId === processId && !each.running),
    );
  });

  it("stopping itself and its keeper is no way to stay", async () => {
    const code =
      "import os, signal\nprint('on', flush=True)\nos.kill(os.getppid(), signal.SIGSTOP)\nos.kill(os.getpid(), signal.SIGSTOP)";
    const { end } = await runIn(opened().sandbox, "python", code, {
      fresh: true,
      timeoutMs: 500,
    });
    expect(end.ended).toBe("timeout");
    expect(end.ms).toBeLessThan(3_000);
  });

  it("holding the output open does not hold the run", async () => {
    const { stdout, end } = await runIn(
      opened().sandbox,
      "shell",
      "(setsid sleep 300 &) ; echo done",
    );
    expect([stdout, end.exitCode]).toEqual(["done\n", 0]);
    expect(await countInside(opened().sandbox, "sleep 300")).toBe(0);
  });

  it("a terminal's programs end with it, whatever they ignore", async () => {
    const terminal = await opened().sandbox.openTerminal({ cols: 80, rows: 24 });
    let text = "";
    terminal.onOutput((bytes) => void (text += Buffer.from(bytes).toString()));
    const end = new Promise((resolve) => terminal.onEnd(resolve));
    terminal.write(
      "trap '' HUP TERM INT; (trap '' HUP TERM; exec -a stays sleep 300) & disown; echo r$((1))dy\n",
    );
    await eventually("it runs", async () => text.includes("r1dy"));
    terminal.close();
    await end;
    expect(await countInside(opened().sandbox, "stays 300")).toBe(0);
  });
}

function describeForgeries(opened: Current) {
  it("lies on the kernel's own line end at most its own run", async () => {
    const { sandbox } = opened();
    const frame = (kind: string, payload: string) =>
      `os.write(3, struct.pack('>IB', ${payload.length}, ord('${kind}')) + b'${payload}')`;
    for (const forged of [
      frame("X", '{"exit": 0}'),
      frame("X", "[]"),
      frame("X", "not json"),
      frame("Q", "{}"),
      "os.write(3, b'\\xff' * 100)",
      "os.close(3)",
      "os.write(3, os.urandom(300_000))",
    ]) {
      const { end } = await runIn(sandbox, "python", `import os, struct\n${forged}\nprint('x')`, {
        timeoutMs: 3_000,
      });
      expect(["timeout", null]).toContain(end.ended);
      await sandbox.reset("python");
      expect((await runIn(sandbox, "python", "'well'")).stdout).toBe("'well'\n");
    }
  });

  it("what is shown has a plain name, and no more than it said", async () => {
    const show = (head: object, data: string) => {
      const told = JSON.stringify(head);
      return `head = ${JSON.stringify(told)}.encode()\nos.write(3, struct.pack('>IB', len(head), ord('D')) + head)\nos.write(3, struct.pack('>IB', ${data.length}, ord('d')) + b'${data}')`;
    };
    const head = { mime: "image/png", title: "", size: 2 };
    const code = [
      "import os, struct",
      show({ ...head, name: "../../evil.png" }, "ab"),
      show({ ...head, name: "a/b.png" }, "ab"),
      show({ ...head, name: "C:\\\\x.png" }, "ab"),
      show({ ...head, name: ".bashrc" }, "ab"),
      show({ ...head, name: "fine-1.png" }, "abc"),
      show({ ...head, name: "fine-2.png", size: 1e12 }, "ab"),
      show({ ...head, name: "fine-3.png" }, "ab"),
    ].join("\n");
    const { displays, end } = await runIn(opened().sandbox, "python", code);
    expect(displays.map((each) => each.name)).toEqual(["fine-3.png"]);
    expect(end.exitCode).toBe(0);
  });

  it("bytes that steer a screen come as bytes, and nothing here acts on them", async () => {
    const evil = "\\033]0;owned\\007\\033[2J\\033[6n\\033P+q544e\\033\\\\\\r\\b";
    const { stdout } = await runIn(opened().sandbox, "shell", `printf '${evil}'`);
    expect(stdout).toBe("\u001b]0;owned\u0007\u001b[2J\u001b[6n\u001bP+q544e\u001b\\\r\b");
  });

  it("the proxy's door can be knocked at a thousand times", async () => {
    const got = await python(
      opened().sandbox,
      "import os, socket, urllib.parse",
      "port = urllib.parse.urlparse(os.environ['HTTP_PROXY']).port",
      "held = []",
      "for _ in range(1000):",
      "  try: held.append(socket.create_connection(('127.0.0.1', port), 1))",
      "  except OSError: pass",
      "print('knocked')",
    );
    expect(got).toBe("knocked\n");
  });
}

function describeSessions(opened: Current, open: OpenSandbox) {
  it("nothing of one session is seen by another", async () => {
    const other = await open();
    try {
      const mark = "of-the-first-session";
      const { processId } = await opened().sandbox.start(
        `for f in /tmp "$HOME" /dev/shm /workspace; do echo ${mark} > $f/${mark}; done; export MARK=${mark}; exec -a ${mark} sleep 300`,
        {},
      );
      await eventually(
        "it runs",
        async () => (await countInside(opened().sandbox, `${mark} 300`)) === 1,
      );
      const { stdout } = await runIn(
        other.sandbox,
        "shell",
        `ls /tmp "$HOME" /dev/shm /workspace /workspace/..; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2>/dev/null; cat /proc/net/unix; ipcs 2>/dev/null | grep sandbox; true`,
      );
      expect(stdout).not.toContain(mark);
      await opened().sandbox.stopProcess(processId);
    } finally {
      await other.close();
    }
  });

  it("a name in one is no name in another, and ending one ends no other", async () => {
    const other = await open();
    await runIn(opened().sandbox, "python", "only_here = 1");
    const seen = await runIn(other.sandbox, "python", "only_here");
    expect(seen.stderr).toContain("NameError");
    await other.close();
    expect((await runIn(opened().sandbox, "python", "only_here")).stdout).toBe("1\n");
  });

  it("a wall that is killed in mid-call takes its own with it, and a new one can be had", async () => {
    const other = await open();
    await mkdir(join(other.workspace, "kept"));
    const { rest } = await runUntil(other.sandbox, "shell", "echo on; sleep 300", "on");
    await other.kill();
    expect((await rest).end.ended).toBe("lost");
    await other.close();
    const again = await open();
    const request = { language: "shell", code: "echo hi", fresh: false, timeoutMs: 5_000 } as const;
    const pieces = again.sandbox.run(request, never);
    expect((await pieces.next()).done).toBe(false);
    await pieces.return({} as never);
    await again.close();
  });
}
