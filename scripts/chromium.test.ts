import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findChromium } from "./chromium.ts";

describe("findChromium", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "aetheria-chromium-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const addProgram = (name: string, mode = 0o755) => {
    const path = join(folder, name);
    writeFileSync(path, "");
    chmodSync(path, mode);
    return path;
  };

  it("prefers CHROMIUM_PATH over what is on the PATH", () => {
    addProgram("chromium");
    const mine = addProgram("my-browser");
    expect(findChromium({ CHROMIUM_PATH: mine, PATH: folder }, "linux")).toBe(mine);
  });

  it("does not fall back silently when CHROMIUM_PATH leads nowhere", () => {
    addProgram("chromium");
    const env = { CHROMIUM_PATH: join(folder, "gone"), PATH: folder };
    expect(findChromium(env, "linux")).toBeUndefined();
  });

  it("finds Chrome on the PATH, passing over what cannot be run", () => {
    addProgram("chromium", 0o644);
    const chrome = addProgram("google-chrome");
    expect(findChromium({ PATH: folder }, "linux")).toBe(chrome);
  });
});
