import { describe, expect, it } from "vitest";
import { codeLifetimeMs, openLanDevices } from "./lan-devices.ts";

async function opened(kept: string | null = null) {
  let now = 1_000_000;
  let saved = kept;
  let ids = 0;
  const open = () =>
    openLanDevices({
      load: () => Promise.resolve(saved),
      save: (text) => Promise.resolve(void (saved = text)),
      now: () => now,
      newId: () => `device-${++ids}`,
    });
  const devices = await open();
  return { devices, open, saved: () => saved, pass: (ms: number) => void (now += ms) };
}

describe("devices of the network", () => {
  it("come in with the code on the screen, however it is typed, and with their token ever after", async () => {
    const { devices, open, saved } = await opened();
    const { code } = devices.newCode();
    expect(code).toMatch(/^[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}$/);
    const { token, deviceId } = await devices.pair(
      ` ${code.toLowerCase().replace("-", " ")}`,
      "Pixel",
    );
    expect(await devices.admit(token)).toBe(deviceId);
    expect(saved()).not.toContain(token);
    const again = await open();
    expect(await again.admit(token)).toBe(deviceId);
    expect(again.list()).toMatchObject([{ name: "Pixel", pairedAt: 1_000_000 }]);
  });

  it("find a code good once, for five minutes, and for five wrong tries", async () => {
    const { devices, pass } = await opened();
    const once = devices.newCode().code;
    await devices.pair(once, "one");
    await expect(devices.pair(once, "two")).rejects.toMatchObject({ code: "unauthorized" });

    const late = devices.newCode().code;
    pass(codeLifetimeMs + 1);
    await expect(devices.pair(late, "late")).rejects.toMatchObject({ code: "unauthorized" });

    const guessed = devices.newCode().code;
    for (let tries = 0; tries < 5; tries += 1)
      await expect(devices.pair("AAAA-AAAA", "x")).rejects.toMatchObject({ code: "unauthorized" });
    await expect(devices.pair(guessed, "x")).rejects.toMatchObject({ code: "unauthorized" });
    expect(devices.list()).toHaveLength(1);
  });

  it("void a code by making the next", async () => {
    const { devices } = await opened();
    const first = devices.newCode().code;
    devices.newCode();
    await expect(devices.pair(first, "x")).rejects.toMatchObject({ code: "unauthorized" });
  });

  it("are shown out for good", async () => {
    const { devices } = await opened();
    const { token, deviceId } = await devices.pair(devices.newCode().code, "x");
    await devices.revoke(deviceId);
    await expect(devices.admit(token)).rejects.toMatchObject({ code: "revoked" });
    await expect(devices.revoke(deviceId)).rejects.toMatchObject({ code: "not_found" });
  });

  it("start afresh when what was kept cannot be read", async () => {
    const { devices } = await opened("{");
    expect(devices.list()).toEqual([]);
  });
});
