import { describe, expect, it, vi } from "vitest";
import type { UpdateState } from "../contract/desktop.ts";
import { Updates, type Updater } from "./updates.ts";

function rig(
  version: string | null,
  policy: "automatic" | "ask" | "off" = "ask",
  isOffline = () => false,
) {
  const shown: UpdateState["phase"][] = [];
  let installs = 0;
  const updater: Updater = {
    look: () => Promise.resolve(version),
    download: (onPercent) => {
      onPercent(50);
      return Promise.resolve();
    },
    install: () => void (installs += 1),
  };
  const updates = new Updates({
    openUpdater: () => Promise.resolve(updater),
    policy: () => policy,
    isOffline,
    now: () => 7,
    onState: ({ phase }) => shown.push(phase),
  });
  return { updates, shown, updater, installs: () => installs };
}

describe("updates", () => {
  it("say that a copy from sources has none, and do nothing", async () => {
    const updates = new Updates({
      openUpdater: null,
      policy: () => "automatic",
      isOffline: () => false,
      now: () => 0,
      onState: () => expect.unreachable(),
    });
    await updates.lookQuietly();
    await updates.check();
    await updates.install();
    expect(updates.state.phase).toBe("unsupported");
  });

  it("remember when nothing newer was found", async () => {
    const { updates } = rig(null);
    await updates.check();
    expect(updates.state).toEqual({ phase: "idle", checkedAt: 7 });
  });

  it("fetch by themselves only when told to", async () => {
    const asking = rig("2.0.0");
    await asking.updates.lookQuietly();
    expect(asking.updates.state).toEqual({ phase: "available", version: "2.0.0" });
    const automatic = rig("2.0.0", "automatic");
    await automatic.updates.lookQuietly();
    expect(automatic.updates.state.phase).toBe("ready");
    expect(automatic.installs()).toBe(0);
    const off = rig("2.0.0", "off");
    await off.updates.lookQuietly();
    expect(off.shown).toEqual([]);
  });

  it("ask nobody while the person is offline, and say so to whoever looks", async () => {
    let looks = 0;
    const { updates, updater } = rig("2.0.0", "automatic", () => true);
    updater.look = () => Promise.resolve(String((looks += 1)));
    await updates.lookQuietly();
    expect(updates.state).toEqual({ phase: "idle", checkedAt: null });
    await updates.check();
    expect(updates.state).toMatchObject({ phase: "failed", error: { code: "offline" } });
    expect(looks).toBe(0);
  });

  it("are looked for by themselves soon after the start, and again hours later", async () => {
    vi.useFakeTimers();
    try {
      let looks = 0;
      const { updates, updater } = rig(null);
      updater.look = () => {
        looks += 1;
        return Promise.resolve(null);
      };
      updates.lookRegularly();
      expect(looks).toBe(0);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(looks).toBe(1);
      await vi.advanceTimersByTimeAsync(24 * 60 * 60_000);
      expect(looks).toBeGreaterThan(3);
    } finally {
      vi.useRealTimers();
    }
  });

  it("wait for running work, then install", async () => {
    const { updates, installs } = rig("2.0.0");
    updates.running = 2;
    await updates.check();
    await updates.install();
    expect(updates.state).toEqual({ phase: "ready", version: "2.0.0", waitsForRuns: true });
    updates.running = 1;
    expect(installs()).toBe(0);
    updates.running = 0;
    await expect.poll(installs).toBe(1);
  });

  it("do not install by themselves when runs end and nobody wanted it", async () => {
    const { updates, installs } = rig("2.0.0", "automatic");
    updates.running = 1;
    await updates.lookQuietly();
    updates.running = 0;
    await updates.check();
    expect(installs()).toBe(0);
    expect(updates.state.phase).toBe("ready");
  });

  it("tell a failure in a sentence, quietly when nobody asked, and can try again", async () => {
    const { updates, updater } = rig("2.0.0");
    const look = updater.look;
    updater.look = () => Promise.reject(new Error("ENOTFOUND"));
    await updates.lookQuietly();
    expect(updates.state.phase).toBe("idle");
    await updates.check();
    expect(updates.state).toMatchObject({
      phase: "failed",
      error: { message: "The update could not be fetched." },
    });
    updater.look = look;
    await updates.check();
    expect(updates.state.phase).toBe("available");
  });
});
