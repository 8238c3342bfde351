import { describe, expect, it } from "vitest";
import { noArguments, readArguments } from "./arguments.ts";

const read = (...args: string[]) => readArguments(["/opt/electron", ...args], "/home/me");

describe("the arguments", () => {
  it("are none of ours among Chromium's and the app's folder", () => {
    expect(read("--no-sandbox", "--disable-gpu", "/work/app")).toEqual(noArguments);
  });

  it.each([
    [["--data", "notes"], { dataDir: "/home/me/notes" }],
    [["--data=/srv/a b"], { dataDir: "/srv/a b" }],
    [["--data"], {}],
    [["--toggle"], { toggle: true }],
    [["--background"], { background: true }],
    [["aetheria://settings"], { link: "aetheria://settings" }],
    [["AETHERIA://x"], { link: "AETHERIA://x" }],
    [["Talk.aetheria.json"], { file: "/home/me/Talk.aetheria.json" }],
    [["--x.aetheria.json"], {}],
    [["https://example.invalid", "plain.json"], {}],
  ])("%j", (args, expected) => {
    expect(read(...args)).toEqual({ ...noArguments, ...expected });
  });
});
