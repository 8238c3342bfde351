import { describe, expect, it } from "vitest";
import { chooseInsideUser } from "./inside-user.ts";

const docker = { kind: "docker", rootless: false } as const;
const person = { uid: 1000, gid: 1000, mode: 0o40755 };
const nobody = { uid: 10_001, gid: 10_001, keepId: false };

describe("the user inside", () => {
  it("is the owner of the workspace, so that files belong to the person", () => {
    expect(chooseInsideUser(person, docker, "linux")).toEqual({ ...nobody, uid: 1000, gid: 1000 });
  });

  it("never has root's group", () => {
    expect(chooseInsideUser({ ...person, gid: 0 }, docker, "linux")?.gid).toBe(10_001);
  });

  it("is nobody in a folder of root that all may write to, and refused in any other", () => {
    const ofRoot = { uid: 0, gid: 0, mode: 0o41777 };
    expect(chooseInsideUser(ofRoot, docker, "linux")).toEqual(nobody);
    expect(chooseInsideUser({ ...ofRoot, mode: 0o40755 }, docker, "linux")).toBeNull();
  });

  it("is nobody where Docker Desktop shares the folder", () => {
    expect(chooseInsideUser(person, docker, "darwin")).toEqual(nobody);
    expect(chooseInsideUser({ uid: 0, gid: 0, mode: 0o40755 }, docker, "win32")).toEqual(nobody);
  });

  it("is the person also where the engine runs as the person", () => {
    const rootless = { rootless: true } as const;
    expect(chooseInsideUser(person, { ...rootless, kind: "podman" }, "linux")?.keepId).toBe(true);
    // Root inside a rootless Docker is the person outside.
    expect(chooseInsideUser(person, { ...rootless, kind: "docker" }, "linux")?.uid).toBe(0);
  });
});
