import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import { findBrowser, kindOf, placesOf, type BrowserPlaces } from "./find-browser.ts";

/** A machine on which these files can be started. */
const machine = (
  platform: NodeJS.Platform,
  files: string[],
  more: Partial<BrowserPlaces> = {},
) => ({
  env: { PATH: "/usr/bin:/snap/bin" },
  ...{ platform, home: "/home/ada", fetched: () => Promise.resolve(null) },
  runnable: (path: string) => Promise.resolve(files.includes(path)),
  ...more,
});

describe("findBrowser", () => {
  it("takes Chrome, Edge, Chromium in that order, then what was fetched", async () => {
    const all = ["/usr/bin/chromium", "/usr/bin/microsoft-edge", "/usr/bin/google-chrome"];
    const fetched = () => Promise.resolve("/data/chrome");
    for (const [files, kind] of [
      [all, "chrome"],
      [all.slice(0, 2), "edge"],
      [all.slice(0, 1), "chromium"],
      [[], "playwright"],
    ] as const)
      expect(await findBrowser(machine("linux", [...files], { fetched }), null)).toMatchObject({
        kind,
      });
  });

  it("takes the one that was chosen, and no other in its place", async () => {
    const here = machine("linux", ["/usr/bin/google-chrome", "/usr/bin/chromium"]);
    expect(await findBrowser(here, "chromium")).toEqual({
      ...{ kind: "chromium", path: "/usr/bin/chromium" },
    });
    await expect(findBrowser(here, "edge")).rejects.toMatchObject({ code: "part_missing" });
  });

  it("prefers a browser that sees the profile's folder to one in a snap", async () => {
    const here = machine("linux", ["/snap/bin/chromium", "/usr/lib/chromium/chromium"]);
    expect(await findBrowser(here, null)).toMatchObject({ path: "/usr/lib/chromium/chromium" });
  });

  it("takes what AETHERIA_BROWSER names before all others, or says that it is none", async () => {
    const env = { PATH: "/usr/bin", AETHERIA_BROWSER: "/opt/brave/brave" };
    const named = machine("linux", ["/opt/brave/brave", "/usr/bin/google-chrome"], { env });
    expect(await findBrowser(named, "chrome")).toMatchObject({ path: "/opt/brave/brave" });
    const gone = findBrowser(machine("linux", ["/usr/bin/google-chrome"], { env }), null);
    await expect(gone).rejects.toThrow("AETHERIA_BROWSER names /opt/brave/brave");
  });

  it("says what to do where there is none", async () => {
    const none = findBrowser(machine("linux", []), null);
    await expect(none).rejects.toMatchObject({ code: "part_missing", retryable: true });
    await expect(none).rejects.toBeInstanceOf(AetheriaError);
  });

  it("knows the usual places of each system", () => {
    const env = {
      PROGRAMFILES: "C:\\Program Files",
      LOCALAPPDATA: "C:\\Users\\ada\\AppData\\Local",
    };
    expect(placesOf("edge", { env, platform: "win32", home: "C:\\Users\\ada" })).toContain(
      "C:\\Program Files\\Microsoft\\Edge\\Application\\msedge.exe",
    );
    expect(placesOf("chrome", { env: {}, platform: "darwin", home: "/Users/ada" })).toContain(
      "/Users/ada/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    );
  });

  it.each([
    ["/usr/bin/microsoft-edge", "edge"],
    ["/opt/chromium/chrome", "chromium"],
    ["C:\\Chrome\\chrome.exe", "chrome"],
    ["/opt/brave/brave", "chromium"],
  ])("calls %s by its name", (path, kind) => expect(kindOf(path)).toBe(kind));
});
