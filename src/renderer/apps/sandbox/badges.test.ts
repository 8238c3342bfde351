import { describe, expect, it } from "vitest";
import type { SandboxStatus } from "../../../contract/sandbox.ts";
import { english } from "../../words/english.ts";
import { badgesOf } from "./badges.ts";

const status: SandboxStatus = {
  tier: "docker",
  title: "Docker 28.2",
  phase: "ready",
  problem: null,
  build: null,
  runs: [],
  processes: [],
  usage: null,
  allowedHosts: [],
  blockedHosts: [],
  machineConsent: false,
};

describe("the badge of the window", () => {
  it("names the wall and what may be reached", () => {
    expect(badgesOf(status, english)).toEqual(["docker · no net"]);
    const open = {
      ...status,
      tier: "bubblewrap" as const,
      allowedHosts: ["a.example", "b.example"],
    };
    expect(badgesOf(open, english)).toEqual(["bubblewrap · 2 hosts"]);
  });

  it("says so where there is no wall, and nothing before anything is known", () => {
    expect(badgesOf({ ...status, tier: null }, english)).toEqual(["no sandbox"]);
    expect(badgesOf({ ...status, tier: "machine" }, english)).toEqual(["this machine"]);
    expect(badgesOf(null, english)).toEqual([]);
  });
});
