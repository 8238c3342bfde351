import { describe, expect, it } from "vitest";
import { permitFor, targetOf } from "./permit.ts";

const online = { offline: false, allowedPrivateHosts: [] as string[] };
function permit(address: string, part: Partial<Parameters<typeof permitFor>[0]> = {}) {
  const plain = { rules: online, loopback: false, private: false, allowed: [], denied: [] };
  return permitFor({ target: targetOf(new URL(address)), ...plain, ...part });
}

describe("targetOf", () => {
  it.each([
    ["http://0x7f.1/", "127.0.0.1", 80],
    ["https://2130706433/", "127.0.0.1", 443],
    ["http://[::ffff:127.0.0.1]:81/", "[::ffff:7f00:1]", 81],
    ["http://017700000001/", "127.0.0.1", 80],
    ["https://EXAMPLE.com./", "example.com", 443],
    ["https://ⓔxample.com/", "example.com", 443],
  ])("reads %s as %s", (address, host, port) => {
    expect(targetOf(new URL(address))).toEqual({ host, port });
  });
  it.each(["file:///etc/passwd", "ftp://a.example/", "data:text/plain,x", "http://u:p@a.example/"])(
    "refuses %s",
    (address) => {
      expect(() => targetOf(new URL(address))).toThrow(
        expect.objectContaining({ code: "bad_input" }),
      );
    },
  );
});

describe("permitFor", () => {
  it("lets tools reach what is public, and more only where the person listed it", () => {
    expect(permit("http://a.example/")).toEqual({ public: true, private: false, loopback: false });
    const rules = {
      offline: false,
      allowedPrivateHosts: ["nas.lan", "localhost:3000", "[::1]:81"],
    };
    expect(permit("http://nas.lan:5000/", { rules }).private).toBe(true);
    expect(permit("http://localhost:3000/", { rules }).loopback).toBe(true);
    expect(permit("http://localhost:3001/", { rules }).loopback).toBe(false);
    expect(permit("http://[::1]:81/", { rules }).loopback).toBe(true);
    expect(permit("http://evil.nas.lan/", { rules }).private).toBe(false);
  });

  it("keeps a session's own rules, block before allow", () => {
    expect(permit("http://nas.lan/", { allowed: ["nas.lan"] }).private).toBe(true);
    expect(() => permit("http://nas.lan/", { allowed: ["nas.lan"], denied: ["nas.lan"] })).toThrow(
      "nas.lan is blocked in this session.",
    );
  });

  it("offline, names the host and does not even look it up; loopback stays", () => {
    const rules = { offline: true, allowedPrivateHosts: ["nas.lan"] };
    for (const address of ["https://a.example/", "http://nas.lan/", "http://192.168.1.2/"])
      expect(() => permit(address, { rules, loopback: true, private: true })).toThrow(
        expect.objectContaining({ code: "offline" }),
      );
    expect(() => permit("https://a.example/", { rules })).toThrow(
      "Aetheria is offline, so it does not connect to a.example.",
    );
    const loopback = { public: false, private: false, loopback: true };
    expect(permit("http://localhost:1/", { rules, loopback: true })).toEqual(loopback);
    expect(permit("http://127.0.0.1:1/", { rules, loopback: true })).toEqual(loopback);
    expect(permit("http://127.0.0.1:1/", { rules }).loopback).toBe(false);
  });
});
