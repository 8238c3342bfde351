import { describe, expect, it } from "vitest";
import { refusedCalls, seccompFilter, seccompMachine } from "./seccomp.ts";

const machines = { x64: 0xc000003e, arm64: 0xc00000b7 } as const;
const allowed = 0x7fff0000;
const refused = (errno: number) => 0x00050000 | errno;

/** Runs the program as the kernel would, over `struct seccomp_data`. */
function answer(filter: Buffer, number: number, args: number[], audit: number): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(audit, 4);
  args.forEach((value, index) => data.writeUInt32LE(value >>> 0, 16 + 8 * index));
  let loaded = 0;
  for (let at = 0; at < filter.length / 8; at++) {
    const code = filter.readUInt16LE(at * 8);
    const yes = filter.readUInt8(at * 8 + 2);
    const no = filter.readUInt8(at * 8 + 3);
    const value = filter.readUInt32LE(at * 8 + 4);
    if (code === 0x20) loaded = data.readUInt32LE(value);
    else if (code === 0x06) return value;
    else {
      const holds =
        code === 0x15
          ? loaded === value
          : code === 0x35
            ? loaded >= value
            : code === 0x45
              ? (loaded & value) !== 0
              : null;
      if (holds === null) throw new Error(`Unknown instruction ${code}.`);
      at += holds ? yes : no;
    }
  }
  throw new Error("It ran off its end.");
}

describe.each(["x64", "arm64"] as const)("the filter for %s", (machine) => {
  const filter = seccompFilter(machine);
  const ask = (number: number, ...args: number[]) =>
    answer(filter, number, args, machines[machine]);
  const pick = (x64: number, arm64: number) => (machine === "x64" ? x64 : arm64);

  it("fits the kernel: whole instructions, not too many", () => {
    expect(filter.length % 8).toBe(0);
    expect(filter.length / 8).toBeLessThan(4096);
  });

  it("refuses every call of its list, and no other number", () => {
    const listed = new Set(Object.values(refusedCalls).flatMap((each) => each[machine] ?? []));
    for (const number of listed) expect(ask(number)).toBe(refused(1));
    const answered = Array.from({ length: 500 }, (_, number) => number).filter(
      (number) => ask(number, 2) === refused(1),
    );
    expect(answered.sort((a, b) => a - b)).toEqual([...listed].sort((a, b) => a - b));
  });

  it("lets threads and processes be made, namespaces not", () => {
    const clone = pick(56, 220);
    expect(ask(clone, 0x01200011)).toBe(allowed);
    expect(ask(clone, 0x003d0f00)).toBe(allowed);
    for (const flag of [
      0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000,
    ])
      expect(ask(clone, flag | 17)).toBe(refused(1));
    expect(ask(435)).toBe(refused(38));
    expect(ask(437)).toBe(refused(38));
  });

  it("lets local and internet sockets be made, others not", () => {
    const socket = pick(41, 198);
    for (const family of [1, 2, 10, 16]) expect(ask(socket, family)).toBe(allowed);
    for (const family of [0, 3, 17, 31, 38, 40, 45]) expect(ask(socket, family)).toBe(refused(97));
  });

  it("lets modes be set, those that run as their owner not", () => {
    const [fchmod, fchmodat, openat] = [pick(91, 52), pick(268, 53), pick(257, 56)];
    expect(ask(fchmod, 3, 0o755)).toBe(allowed);
    expect(ask(fchmod, 3, 0o4755)).toBe(refused(1));
    expect(ask(fchmodat, 0, 0, 0o2755)).toBe(refused(1));
    expect(ask(fchmodat, 0, 0, 0o1777)).toBe(allowed);
    expect(ask(452, 0, 0, 0o6755)).toBe(refused(1));
    expect(ask(openat, 0, 0, 0x41, 0o644)).toBe(allowed);
    expect(ask(openat, 0, 0, 0x41, 0o4755)).toBe(refused(1));
    // Where nothing is created, what stands in the register means nothing.
    expect(ask(openat, 0, 0, 0, 0o4755)).toBe(allowed);
  });

  it("lets terminals be asked, not typed into", () => {
    const ioctl = pick(16, 29);
    expect(ask(ioctl, 0, 0x5401)).toBe(allowed);
    expect(ask(ioctl, 0, 0x5412)).toBe(refused(1));
    expect(ask(ioctl, 0, 0x541c)).toBe(refused(1));
  });

  it("refuses calls in the manner of another machine", () => {
    expect(answer(filter, 0, [], 0x40000003)).toBe(refused(38));
    if (machine === "x64") expect(ask(0x40000000 + 1)).toBe(refused(38));
  });
});

it("says so where there is no filter for the machine", () => {
  expect(() => seccompMachine("riscv64")).toThrow("riscv64");
});
