import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SessionId } from "../../contract/ids.ts";
import { openTestBrowsers, sessionId, waiter } from "../../testing/browser-fixture.ts";
import { processesOf } from "./processes.fixture.ts";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), "aetheria-browser-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 }));

const processesHere = () => processesOf(dataDir);

describe.skipIf(process.platform !== "linux")("a host", () => {
  it("that is killed leaves no browser behind", async () => {
    const script = join(import.meta.dirname, "..", "..", "testing", "browser-host.ts");
    const child = spawn(process.execPath, [script, dataDir], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    await once(child.stdout, "data");
    expect(processesHere().length).toBeGreaterThan(1);
    child.kill("SIGKILL");
    await once(child, "exit");
    await expect.poll(processesHere, { timeout: 10_000 }).toEqual([]);
  });

  it("ends what an earlier one left, and removes the profiles of sessions that are gone", async () => {
    const gone = "0190aaaa-0000-7000-8000-00000000dead" as SessionId;
    const profile = join(dataDir, "browser", "sessions", gone, "data");
    mkdirSync(profile, { recursive: true });
    const hanging = spawn(
      process.execPath,
      ["-e", "setInterval(() => 0, 1e6)", "--", `--user-data-dir=${profile}`],
      { detached: true, stdio: "ignore" },
    );
    symlinkSync(`${hostname()}-${hanging.pid}`, join(profile, "SingletonLock"));
    const ended = once(hanging, "exit");
    const opened = openTestBrowsers({ dataDir, isSession: (id) => id === sessionId });
    await opened.browsers.open(sessionId, waiter);
    await ended;
    expect(existsSync(join(dataDir, "browser", "sessions", gone))).toBe(false);
    await opened.close();
    expect(processesHere()).toEqual([]);
  });

  it("closes all its browsers, and what is not to be kept is gone", async () => {
    const opened = openTestBrowsers({ dataDir, profileOf: () => ({ kind: "incognito" }) });
    const browser = await opened.browsers.open(sessionId, waiter);
    await browser.open("about:blank", waiter.signal);
    await opened.close();
    expect(processesHere()).toEqual([]);
    expect(readdirSync(join(dataDir, "browser", "temporary"))).toEqual([]);
  });

  it("lets one session at a time have a named profile", async () => {
    const other = "0190aaaa-0000-7000-8000-000000000002" as SessionId;
    const opened = openTestBrowsers({
      dataDir,
      profileOf: () => ({ kind: "named", name: "Work" }),
    });
    const first = await opened.browsers.open(sessionId, waiter);
    expect(first.holdsPrivate).toBe(true);
    await expect(opened.browsers.open(other, waiter)).rejects.toMatchObject({ code: "conflict" });
    await expect(opened.browsers.forgetProfile("work")).rejects.toMatchObject({ code: "conflict" });
    await opened.browsers.stop(sessionId);
    await opened.browsers.forgetProfile("work");
    expect((await opened.browsers.state(sessionId)).profiles).toEqual([]);
    await opened.close();
  });
});
