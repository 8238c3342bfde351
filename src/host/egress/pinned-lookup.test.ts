import { describe, expect, it } from "vitest";
import type { Permit } from "./permit.ts";
import { pinnedLookup, type Lookup } from "./pinned-lookup.ts";

const publicOnly: Permit = { public: true, private: false, loopback: false };
const v4 = (address: string) => ({ address, family: 4 });

function resolve(lookup: Lookup, host: string, permit = publicOnly, options = {}) {
  const pinned: string[] = [];
  const resolver = pinnedLookup(lookup, permit, (_host, address) => pinned.push(address));
  return new Promise((resolved) =>
    resolver(host, { all: true, ...options }, (error, addresses) =>
      resolved({ error, addresses, pinned }),
    ),
  );
}

describe("pinnedLookup", () => {
  it("gives the socket the addresses it checked, all of them, from one resolution", async () => {
    let asked = 0;
    const answers = [v4("93.184.216.34"), { address: "2606:4700::1111", family: 6 }];
    const lookup: Lookup = async () => {
      asked += 1;
      return answers;
    };
    expect(await resolve(lookup, "a.example")).toEqual({
      error: null,
      addresses: answers,
      pinned: ["93.184.216.34"],
    });
    expect(asked).toBe(1);
  });

  it("checks anew for the next connection, so a name that turns private is caught", async () => {
    const answers = [[v4("93.184.216.34")], [v4("192.168.1.1")]];
    const lookup: Lookup = async () => answers.shift() ?? [];
    expect(await resolve(lookup, "a.example")).toMatchObject({ error: null });
    expect(await resolve(lookup, "a.example")).toMatchObject({ error: { code: "host_blocked" } });
  });

  it("refuses a name when only one of its addresses is private, and says which", async () => {
    const lookup: Lookup = async () => [v4("93.184.216.34"), v4("10.0.0.1")];
    expect(await resolve(lookup, "a.example")).toMatchObject({
      error: {
        code: "host_blocked",
        message: "a.example (10.0.0.1) is a private network, which is not allowed.",
        hint: "To allow it, add a.example to the private hosts in Settings › Permission.",
      },
      pinned: [],
    });
  });

  it("never reaches a credential service, whatever is allowed", async () => {
    const all: Permit = { public: true, private: true, loopback: true };
    const lookup: Lookup = async () => [v4("169.254.169.254")];
    expect(await resolve(lookup, "metadata.example", all)).toMatchObject({
      error: { code: "host_blocked" },
    });
  });

  it("knows localhost without asking anyone", async () => {
    const lookup: Lookup = async () => [v4("93.184.216.34")];
    const permit = { ...publicOnly, loopback: true };
    for (const name of ["localhost", "LOCALHOST.", "app.localhost"])
      expect(await resolve(lookup, name, permit)).toMatchObject({ pinned: ["127.0.0.1"] });
    expect(await resolve(lookup, "localhost")).toMatchObject({ error: { code: "host_blocked" } });
  });

  it("passes on that there is no such name", async () => {
    expect(await resolve(async () => [], "a.example")).toMatchObject({
      error: { code: "ENOTFOUND" },
    });
  });
});
