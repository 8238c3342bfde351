import { describe, expect, it } from "vitest";
import { noArguments, readArguments, sentArguments } from "./arguments.ts";

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

describe("what a second start sent", () => {
  it("is taken as it was read there", () => {
    const sent = read("--data", "notes", "aetheria://new", "Talk.aetheria.json");
    expect(sentArguments(structuredClone(sent))).toEqual(sent);
  });

  it.each([
    [null],
    ["aetheria://new"],
    [{ ...noArguments, link: 7 }],
    [{ ...noArguments, file: { toString: "x" } }],
    [{ ...noArguments, file: "Talk.aetheria.json" }],
    [{ link: "aetheria://new" }],
  ])("only asks for the window when it is %j", (sent) => {
    expect(sentArguments(sent)).toEqual(noArguments);
  });
});
