import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { defaultDataDir } from "./data-dir.ts";
import { readHostFile, removeHostFile, writeHostFile } from "./host-file.ts";
import { openLog } from "./log-file.ts";
import { isLoopback, openOnFreePort, usualPort } from "./serve.ts";
import { openToken } from "./token-file.ts";

let dataDir = "";
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "aetheria-entry-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const modeOf = async (name: string) => (await stat(join(dataDir, name))).mode & 0o777;

describe("the data folder's place", () => {
  it.each([
    [{ AETHERIA_DATA: "/mine", XDG_DATA_HOME: "/x" }, "linux", "/mine"],
    [{ XDG_DATA_HOME: "/x" }, "linux", "/x/aetheria"],
    [{ XDG_DATA_HOME: "relative" }, "linux", "/home/me/.local/share/aetheria"],
    [{ AETHERIA_DATA: "" }, "linux", "/home/me/.local/share/aetheria"],
    [{}, "darwin", "/home/me/Library/Application Support/Aetheria"],
  ] as const)("with %j on %s is %s", (env, platform, expected) => {
    expect(defaultDataDir({ env, platform, home: "/home/me" })).toBe(expected);
  });
});

describe("host.json", () => {
  const file = { url: "http://127.0.0.1:1", token: "t", pid: process.pid };

  it("is for its owner only and comes back as it was", async () => {
    await writeHostFile(dataDir, file);
    expect(await modeOf("host.json")).toBe(0o600);
    expect(await readHostFile(dataDir)).toEqual(file);
  });

  it("counts for nothing once its process is gone, when damaged, or when absent", async () => {
    expect(await readHostFile(dataDir)).toBeNull();
    await writeHostFile(dataDir, { ...file, pid: 2 ** 22 + 1 });
    expect(await readHostFile(dataDir)).toBeNull();
    await writeFile(join(dataDir, "host.json"), '{"url":');
    expect(await readHostFile(dataDir)).toBeNull();
  });

  it("is removed by the one who wrote it and nobody else", async () => {
    await writeHostFile(dataDir, file);
    removeHostFile(dataDir, process.pid + 1);
    expect(await readHostFile(dataDir)).toEqual(file);
    removeHostFile(dataDir, process.pid);
    expect(await readHostFile(dataDir)).toBeNull();
    removeHostFile(dataDir, process.pid);
  });
});

describe("the token", () => {
  it("survives a restart, is private, and is replaced when it is no token", async () => {
    const token = await openToken(dataDir);
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await modeOf("token")).toBe(0o600);
    expect(await openToken(dataDir)).toBe(token);
    await writeFile(join(dataDir, "token"), "1234");
    const fresh = await openToken(dataDir);
    expect(fresh).not.toBe("1234");
    expect(await openToken(dataDir)).toBe(fresh);
  });
});

describe("the port", () => {
  const taken = () => Object.assign(new Error("in use"), { code: "EADDRINUSE" });

  it("is the next free one when nobody named one", async () => {
    const tried: number[] = [];
    const port = await openOnFreePort(async (candidate) => {
      tried.push(candidate);
      if (candidate < usualPort + 2) throw new Error("wrapped", { cause: taken() });
      return candidate;
    }, undefined);
    expect(port).toBe(usualPort + 2);
    expect(tried).toEqual([usualPort, usualPort + 1, usualPort + 2]);
  });

  it("is any free one when all the nearby ones are taken", async () => {
    const open = async (port: number) => {
      if (port !== 0) throw taken();
      return port;
    };
    expect(await openOnFreePort(open, undefined)).toBe(0);
  });

  it("is the named one or none", async () => {
    const open = () => Promise.reject(taken());
    await expect(openOnFreePort(open, 8080)).rejects.toMatchObject({
      code: "conflict",
      message: "Port 8080 is already used by another program.",
    });
  });

  it("is not sought any further when something else is wrong", async () => {
    const open = () => Promise.reject(new Error("EACCES"));
    await expect(openOnFreePort(open, undefined)).rejects.toThrow("EACCES");
  });
});

describe("isLoopback", () => {
  it.each([
    ["127.0.0.1", true],
    ["localhost", true],
    ["::1", true],
    ["127.9.9.9", true],
    ["0.0.0.0", false],
    ["192.168.1.2", false],
    ["127.0.0.1.example.com", false],
  ])("of %s is %s", (hostname, expected) => {
    expect(isLoopback(hostname)).toBe(expected);
  });
});

describe("the log file", () => {
  it("keeps messages with their stacks and causes, for its owner only", async () => {
    openLog(dataDir)("It failed.", new Error("outer", { cause: new Error("inner") }));
    const text = await readFile(join(dataDir, "aetheria.log"), "utf8");
    expect(text).toMatch(
      /^\d{4}-.*Z It failed\.\nError: outer\n\s+at [\s\S]*caused by Error: inner/,
    );
    expect(await modeOf("aetheria.log")).toBe(0o600);
  });

  it("never fails whoever logs", () => {
    expect(() => openLog(join("/dev/null", "x"))("lost")).not.toThrow();
  });
});
