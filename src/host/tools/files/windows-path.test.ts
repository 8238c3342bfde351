import { describe, expect, it } from "vitest";
import { windowsPathProblem } from "./windows-path.ts";

describe("windowsPathProblem", () => {
  it.each([
    "notes/today.md",
    "notes\\today.md",
    "C:\\work\\a.txt",
    "a/../b",
    ".",
    ".env",
    "con-text",
  ])("lets %s pass", (path) => expect(windowsPathProblem(path)).toBeNull());

  it.each([
    ["\\\\server\\share\\a", "Network and device paths"],
    ["//server/share", "Network and device paths"],
    ["\\\\?\\C:\\a", "Network and device paths"],
    ["\\\\.\\PhysicalDrive0", "Network and device paths"],
    ["C:a.txt", "A path like C:name"],
    ["C:", "A path like C:name"],
    ["a.txt:hidden", "has a colon"],
    ["C:\\a.txt::$DATA", "has a colon"],
    ["notes/con", "is the name of a device"],
    ["NUL.txt", "is the name of a device"],
    ["a/COM1.log", "is the name of a device"],
    ["lpt9", "is the name of a device"],
    ["CONIN$", "is the name of a device"],
    ["secret.txt.", "ends in a dot or a space"],
    ["secret.txt ", "ends in a dot or a space"],
    ["a /b", "ends in a dot or a space"],
    ["what?.txt", "a character that Windows refuses"],
    ["a\u0007b", "a character that Windows refuses"],
  ])("refuses %j", (path, why) => expect(windowsPathProblem(path)).toContain(why));
});
