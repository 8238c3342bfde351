import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { browserArgs, disabledFeatures } from "./quiet-flags.ts";

const args = browserArgs({ proxyServer: "http://127.0.0.1:1", isRoot: false });

describe("the flags of the browser", () => {
  it("name each flag once: of two, only the last one holds", () => {
    const names = args.map((arg) => arg.split("=")[0]);
    expect(new Set(names).size).toBe(names.length);
  });

  it("keep off every feature that Playwright keeps off", () => {
    const playwright = dirname(createRequire(import.meta.url).resolve("playwright-core"));
    const bundle = readFileSync(join(playwright, "lib/coreBundle.js"), "utf8");
    const list = /disabledFeatures = \[([^\]]*)\]/.exec(bundle)?.[1] ?? "";
    const theirs = [...list.matchAll(/^\s*"(\w+)"/gm)].map(([, name]) => name);
    expect(theirs.length).toBeGreaterThan(10);
    expect(theirs.filter((name) => !disabledFeatures.includes(name ?? ""))).toEqual([]);
  });

  it("give up Chromium's own sandbox for root alone", () => {
    expect(args).not.toContain("--no-sandbox");
    expect(browserArgs({ proxyServer: "", isRoot: true })).toContain("--no-sandbox");
  });
});
