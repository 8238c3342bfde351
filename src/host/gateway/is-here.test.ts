import { describe, expect, it } from "vitest";
import { isHere } from "./gateway.ts";

describe("a client of the gateway", () => {
  it.each([
    ["127.0.0.1", {}, true],
    ["127.8.9.1", {}, true],
    ["::1", {}, true],
    ["::ffff:127.0.0.1", {}, true],
    ["192.168.1.7", {}, false],
    ["::ffff:10.0.0.1", {}, false],
    ["127.0.0.1.example.com", {}, false],
    ["", {}, false],
    ["127.0.0.1", { "x-forwarded-for": "8.8.8.8" }, false],
    ["127.0.0.1", { forwarded: "for=8.8.8.8" }, false],
    ["::1", { via: "1.1 proxy" }, false],
  ])("from %s with %j sits at this machine: %s", (address, headers, expected) => {
    expect(isHere({ handshake: { address, headers } as never })).toBe(expected);
  });
});
