import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kindOfAddress } from "./address.ts";

describe("kindOfAddress", () => {
  it.each([
    ["93.184.216.34", "public"],
    ["2606:4700::1111", "public"],
    ["::ffff:93.184.216.34", "public"],
    ["64:ff9b::5db8:d822", "public"],
    ["127.0.0.1", "loopback"],
    ["127.9.9.9", "loopback"],
    ["0.0.0.0", "loopback"],
    ["::", "loopback"],
    ["::1", "loopback"],
    ["[::1]", "loopback"],
    ["::ffff:127.0.0.1", "loopback"],
    ["::ffff:7f00:1", "loopback"],
    ["64:ff9b::7f00:1", "loopback"],
    ["10.0.0.1", "private"],
    ["172.31.255.255", "private"],
    ["192.168.1.1", "private"],
    ["100.64.0.1", "private"],
    ["::ffff:10.0.0.1", "private"],
    ["64:ff9b::a00:1", "private"],
    ["fd12:3456::1", "private"],
    ["fc00::1", "private"],
    ["169.254.1.1", "link_local"],
    ["fe80::1", "link_local"],
    ["fe80::1%eth0", "link_local"],
    ["169.254.169.254", "metadata"],
    ["::ffff:169.254.169.254", "metadata"],
    ["64:ff9b::a9fe:a9fe", "metadata"],
    ["100.100.100.200", "metadata"],
    ["fd00:ec2::254", "metadata"],
    ["0.0.0.1", "reserved"],
    ["224.0.0.1", "reserved"],
    ["255.255.255.255", "reserved"],
    ["192.0.2.1", "reserved"],
    ["198.18.0.1", "reserved"],
    ["240.0.0.1", "reserved"],
    ["ff02::1", "reserved"],
    ["fec0::1", "reserved"],
    ["2002:7f00:1::", "reserved"],
    ["2001:0:4136:e378:8000:63bf:3fff:fdd2", "reserved"],
    ["2001:db8::1", "reserved"],
    ["::7f00:1", "reserved"],
    ["::ffff:0:127.0.0.1", "reserved"],
    ["64:ff9b:1::7f00:1", "reserved"],
    ["2606:4700::5efe:7f00:1", "reserved"],
    ["5f00::1", "reserved"],
    ["100::1", "reserved"],
    ["0177.0.0.1", "reserved"],
    ["0x7f.1", "reserved"],
    ["2130706433", "reserved"],
    ["example.com", "reserved"],
    ["", "reserved"],
  ])("%s is %s", (address, kind) => {
    expect(kindOfAddress(address)).toBe(kind);
  });

  it("judges every IPv4 address the same however IPv6 wraps it", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = kindOfAddress(`${a}.${b}.${c}.${d}`);
        expect(kindOfAddress(`::ffff:${a}.${b}.${c}.${d}`)).toBe(plain);
        expect(kindOfAddress(`64:ff9b::${a}.${b}.${c}.${d}`)).toBe(plain);
      }),
    );
  });
});
