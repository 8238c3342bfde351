import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { ServeOptions } from "../../host/entry/serve.ts";
import { captureIo } from "../../testing/captured-io.ts";
import { createFakeHost } from "../../testing/fake-host.ts";
import { fakeParts } from "../../testing/fake-parts.ts";
import { runCli } from "../cli.ts";

function serving({ hasBrowser = true }: { hasBrowser?: boolean } = {}) {
  const failed = Promise.withResolvers<never>();
  const seen = { options: [] as ServeOptions[], closes: 0, opened: [] as string[], failed };
  const parts = fakeParts(createFakeHost({}), {
    startServe: async (options) => {
      seen.options.push(options);
      return {
        url: "http://127.0.0.1:4517",
        token: "secret",
        port: 4517,
        pid: 7,
        notices: [],
        failed: seen.failed.promise,
        close: async () => void seen.closes++,
      };
    },
    openBrowser: async (url) => {
      seen.opened.push(url);
      return hasBrowser;
    },
  });
  return { seen, parts };
}
const address = "http://127.0.0.1:4517/#token=secret";

describe("aetheria serve", () => {
  it("prints the address, and closes what it opened when it is told to stop", async () => {
    const { seen, parts } = serving();
    const captured = captureIo();
    const done = runCli(["serve"], captured.io, parts);
    await captured.shown(address);
    expect(seen.closes).toBe(0);
    captured.interrupt();
    expect(await done).toBe(0);
    expect(seen.closes).toBe(1);
    expect(seen.opened).toEqual([]);
    expect(seen.options[0]?.hostname).toBe("127.0.0.1");
    expect(seen.options[0]?.port).toBeUndefined();
  });

  it("ends with the reason when it cannot open again after a restart", async () => {
    const { seen, parts } = serving();
    const captured = captureIo();
    const done = runCli(["serve"], captured.io, parts);
    await captured.shown(address);
    seen.failed.reject(new AetheriaError("disk_full", "The disk is full.", { hint: "Make room." }));
    expect(await done).toBe(1);
    expect(captured.err()).toContain("The disk is full.\nMake room.");
  });

  it("prints nothing but the ready line with --json", async () => {
    const { parts } = serving();
    const captured = captureIo();
    const done = runCli(["serve", "--json", "--port", "0"], captured.io, parts);
    await captured.shown("ready");
    captured.interrupt();
    await done;
    expect(captured.lines()).toEqual([
      { type: "ready", url: "http://127.0.0.1:4517", token: "secret", port: 4517, pid: 7 },
    ]);
    expect(captured.err()).toBe("");
  });

  it.each([true, false])("opens the browser with --open where there is one: %s", async (has) => {
    const { seen, parts } = serving({ hasBrowser: has });
    const captured = captureIo();
    const done = runCli(["serve", "--open"], captured.io, parts);
    await expect.poll(() => seen.opened).toEqual([address]);
    captured.interrupt();
    await done;
    expect(captured.err().includes("open that address yourself")).toBe(!has);
  });

  it("warns in one line when others can reach it", async () => {
    const { parts } = serving();
    const captured = captureIo();
    const done = runCli(["serve", "--host", "0.0.0.0"], captured.io, parts);
    await captured.shown(address);
    expect(captured.err()).toMatch(/^Listening on 0\.0\.0\.0: every device .*\n$/);
    captured.interrupt();
    await done;
  });

  it("says who runs there when the data folder is in use", async () => {
    const parts = fakeParts(createFakeHost({}), {
      startServe: () =>
        Promise.reject(
          new AetheriaError("data_folder_in_use", "Aetheria already runs at http://x.", {
            hint: "Open http://x.",
          }),
        ),
    });
    const captured = captureIo();
    expect(await runCli(["serve"], captured.io, parts)).toBe(1);
    expect(captured.err()).toBe("Aetheria already runs at http://x.\nOpen http://x.\n");
  });
});
