import { describe, expect, it } from "vitest";
import { bubblewrapArguments } from "./bubblewrap-arguments.ts";
import { wallRefused } from "./find-bubblewrap.ts";

const place = {
  workspace: "/home/ada/--bind",
  python: "/usr/bin/python3",
  seccompFd: 3,
  files: [{ path: "/etc/passwd", fd: 4 }],
};
const debian = {
  exists: (path: string) => path === "/lib32" || path.startsWith("/proc/"),
  linkTarget: (path: string) => (path === "/bin" ? "usr/bin" : null),
};
const args = bubblewrapArguments(place, debian);
const after = (name: string) =>
  args.flatMap((each, index) => (each === name ? [args.slice(index + 1, index + 3)] : []));

describe("the arguments of bubblewrap", () => {
  it("leave every namespace and every right", () => {
    for (const name of ["user", "ipc", "pid", "net", "uts"])
      expect(args).toContain(`--unshare-${name}`);
    expect(after("--cap-drop")[0]?.[0]).toBe("ALL");
    for (const name of ["--die-with-parent", "--new-session", "--as-pid-1", "--clearenv"])
      expect(args).toContain(name);
    expect(args).not.toContain("--share-net");
    expect(args).not.toContain("--dev-bind");
  });

  it("let one folder of the machine be written, at one place", () => {
    expect(after("--bind")).toEqual([["/home/ada/--bind", "/workspace"]]);
  });

  it("show programs and settings to read, and nothing of people", () => {
    const shown = after("--ro-bind").map(([source]) => source);
    expect(shown).toContain("/usr");
    expect(shown).toContain("/lib32");
    expect(after("--symlink")).toContainEqual(["usr/bin", "/bin"]);
    for (const [source = ""] of [...after("--ro-bind"), ...after("--ro-bind-try")]) {
      expect(source).not.toMatch(/^\/(home|root|var|run|mnt|media|srv|boot|sys)\b/);
      expect(["/etc", "/", "/etc/ssl", "/etc/ssl/private", "/etc/ssh"]).not.toContain(source);
    }
  });

  it("cover what the kernel lets be set or tells of the machine, after /proc is there", () => {
    expect(after("--ro-bind")).toContainEqual(["/proc/sys", "/proc/sys"]);
    expect(after("--ro-bind")).toContainEqual(["/dev/null", "/proc/kcore"]);
    expect(args.indexOf("/proc/kcore")).toBeGreaterThan(args.indexOf("--proc"));
  });

  it("give each file system in memory a size, and close the rest at the end", () => {
    for (const [index, each] of args.entries())
      if (each === "--tmpfs" && !args[index + 1]?.startsWith("/proc/"))
        expect(args[index - 2]).toBe("--size");
    expect(after("--remount-ro").map(([path]) => path)).toContain("/");
    expect(args.lastIndexOf("--remount-ro")).toBeGreaterThan(args.lastIndexOf("--tmpfs"));
  });
});

describe("why there is no wall", () => {
  it.each([
    ["bwrap: setting up uid map: Permission denied", "AppArmor"],
    ["bwrap: No permissions to create a new namespace, likely because…", "no user namespaces"],
    ["bwrap: Creating new namespace failed: Operation not permitted", "no user namespaces"],
    ["bwrap: Unknown option --size", "Unknown option --size"],
    ["", "could not make a sandbox."],
  ])("%s", (said, told) => {
    const error = wallRefused(said);
    expect(error.code).toBe("part_missing");
    expect(error.message).toContain(told);
    expect(error.hint).toMatch(/Docker/);
  });
});
