// The filter on system calls behind bubblewrap, assembled here for the kernel to read: everything is
// allowed but what reaches for other processes, mounts, namespaces, the kernel itself or the clock.
// Numbers are from the kernel's tables; a call with one number has the same on both machines.
import { AetheriaError } from "../../../contract/errors.ts";

export type SeccompMachine = "x64" | "arm64";

type Numbers = { x64: number | null; arm64: number | null };
const both = (x64: number, arm64 = x64): Numbers => ({ x64, arm64 });
const x64Only = (x64: number): Numbers => ({ x64, arm64: null });

const errno = { EPERM: 1, ENOSYS: 38, EAFNOSUPPORT: 97 };

/** Answered with EPERM. */
export const refusedCalls: Readonly<Record<string, Numbers>> = {
  // Other processes.
  ptrace: both(101, 117),
  process_vm_readv: both(310, 270),
  process_vm_writev: both(311, 271),
  kcmp: both(312, 272),
  pidfd_getfd: both(438),
  // Mounts and namespaces.
  mount: both(165, 40),
  umount2: both(166, 39),
  pivot_root: both(155, 41),
  chroot: both(161, 51),
  open_tree: both(428),
  move_mount: both(429),
  fsopen: both(430),
  fsconfig: both(431),
  fsmount: both(432),
  fspick: both(433),
  mount_setattr: both(442),
  unshare: both(272, 97),
  setns: both(308, 268),
  name_to_handle_at: both(303, 264),
  open_by_handle_at: both(304, 265),
  quotactl: both(179, 60),
  quotactl_fd: both(443),
  // The kernel: what most of its holes are reached through.
  bpf: both(321, 280),
  perf_event_open: both(298, 241),
  userfaultfd: both(323, 282),
  io_uring_setup: both(425),
  io_uring_enter: both(426),
  io_uring_register: both(427),
  keyctl: both(250, 219),
  add_key: both(248, 217),
  request_key: both(249, 218),
  kexec_load: both(246, 104),
  kexec_file_load: both(320, 294),
  init_module: both(175, 105),
  finit_module: both(313, 273),
  delete_module: both(176, 106),
  fanotify_init: both(300, 262),
  lookup_dcookie: both(212, 18),
  nfsservctl: both(180, 42),
  memfd_secret: both(447),
  move_pages: both(279, 239),
  migrate_pages: both(256, 238),
  iopl: x64Only(172),
  ioperm: x64Only(173),
  modify_ldt: x64Only(154),
  uselib: x64Only(134),
  ustat: x64Only(136),
  sysfs: x64Only(139),
  _sysctl: x64Only(156),
  // The machine.
  reboot: both(169, 142),
  swapon: both(167, 224),
  swapoff: both(168, 225),
  acct: both(163, 89),
  syslog: both(103, 116),
  vhangup: both(153, 58),
  sethostname: both(170, 161),
  setdomainname: both(171, 162),
  settimeofday: both(164, 170),
  clock_settime: both(227, 112),
  adjtimex: both(159, 171),
  clock_adjtime: both(305, 266),
};

/** Answered with ENOSYS, upon which programs use the older call, whose arguments can be looked at. */
const absentCalls: Readonly<Record<string, Numbers>> = {
  clone3: both(435),
  openat2: both(437),
};

/** Namespaces of its own, user namespaces above all. */
const newNamespaces = 0x7e020000;
/** Programs that run as who owns them would be a way out for somebody else on the machine. */
const setIds = 0o6000;
const creates = 0x40 | 0x400000;

const machines = {
  x64: { audit: 0xc000003e, numbers: "x64" },
  arm64: { audit: 0xc00000b7, numbers: "arm64" },
} as const;

/** The program as the kernel takes it: `struct sock_filter[]`, little-endian. */
export function seccompFilter(machine: SeccompMachine): Buffer {
  const { audit, numbers } = machines[machine];
  const out: Instruction[] = [];
  // Calls in the manner of another machine have other numbers.
  out.push(load(offsets.arch), equal(audit, 1, 0), refuse(errno.ENOSYS));
  out.push(load(offsets.number));
  if (machine === "x64") out.push(atLeast(0x40000000, 0, 1), refuse(errno.ENOSYS));
  for (const [calls, code] of [
    [refusedCalls, errno.EPERM],
    [absentCalls, errno.ENOSYS],
  ] as const)
    for (const each of Object.values(calls)) {
      const number = each[numbers];
      if (number !== null) out.push(equal(number, 0, 1), refuse(code));
    }
  for (const { call, checks } of lookedAt) {
    const number = call[numbers];
    if (number === null) continue;
    out.push(equal(number, 0, checks.length), ...checks);
  }
  out.push(allow);
  return assemble(out);
}

/** The machine the host runs on. Throws where there is no filter for it. */
export function seccompMachine(arch: string): SeccompMachine {
  if (arch === "x64" || arch === "arm64") return arch;
  throw new AetheriaError("part_missing", `The sandbox has no filter for a processor of ${arch}.`, {
    hint: "Install Docker or Podman: their sandbox works here.",
  });
}

type Instruction = { code: number; jumpIfTrue: number; jumpIfFalse: number; value: number };

const offsets = { number: 0, arch: 4 };
const make = (code: number, value: number, jumpIfTrue = 0, jumpIfFalse = 0): Instruction => ({
  code,
  jumpIfTrue,
  jumpIfFalse,
  value,
});
const load = (offset: number) => make(0x20, offset);
const argument = (index: number) => load(16 + 8 * index);
const equal = (value: number, yes: number, no: number) => make(0x15, value, yes, no);
const atLeast = (value: number, yes: number, no: number) => make(0x35, value, yes, no);
const anyOf = (bits: number, yes: number, no: number) => make(0x45, bits, yes, no);
const refuse = (code: number) => make(0x06, 0x00050000 | code);
const allow = make(0x06, 0x7fff0000);

/** Every list ends with an answer, so that nothing after it is reached with another value loaded. */
const lookedAt: { call: Numbers; checks: Instruction[] }[] = [
  { call: both(56, 220), checks: hasBits(0, newNamespaces) }, // clone
  { call: x64Only(90), checks: hasBits(1, setIds) }, // chmod
  { call: both(91, 52), checks: hasBits(1, setIds) }, // fchmod
  { call: both(268, 53), checks: hasBits(2, setIds) }, // fchmodat
  { call: both(452), checks: hasBits(2, setIds) }, // fchmodat2
  { call: x64Only(85), checks: hasBits(1, setIds) }, // creat
  { call: x64Only(133), checks: hasBits(1, setIds) }, // mknod
  { call: both(259, 33), checks: hasBits(2, setIds) }, // mknodat
  { call: x64Only(2), checks: createsWith(1, 2) }, // open
  { call: both(257, 56), checks: createsWith(2, 3) }, // openat
  // socket: local, IPv4, IPv6 and netlink, none of which leads out of the network namespace. Sockets
  // to the hypervisor (vsock), to the kernel's ciphers and the like do, or have been holes.
  {
    call: both(41, 198),
    checks: [
      argument(0),
      equal(1, 3, 0),
      equal(2, 2, 0),
      equal(10, 1, 0),
      equal(16, 0, 1),
      allow,
      refuse(errno.EAFNOSUPPORT),
    ],
  },
  // ioctl: typing into a terminal for somebody else.
  {
    call: both(16, 29),
    checks: [argument(1), equal(0x5412, 1, 0), equal(0x541c, 0, 1), refuse(errno.EPERM), allow],
  },
];

function hasBits(index: number, bits: number): Instruction[] {
  return [argument(index), anyOf(bits, 0, 1), refuse(errno.EPERM), allow];
}

function createsWith(flags: number, mode: number): Instruction[] {
  return [
    argument(flags),
    anyOf(creates, 1, 0),
    allow,
    argument(mode),
    anyOf(setIds, 0, 1),
    refuse(errno.EPERM),
    allow,
  ];
}

function assemble(instructions: Instruction[]): Buffer {
  const out = Buffer.alloc(instructions.length * 8);
  instructions.forEach((each, index) => {
    const at = index * 8;
    out.writeUInt16LE(each.code, at);
    out.writeUInt8(each.jumpIfTrue, at + 2);
    out.writeUInt8(each.jumpIfFalse, at + 3);
    out.writeUInt32LE(each.value >>> 0, at + 4);
  });
  return out;
}
