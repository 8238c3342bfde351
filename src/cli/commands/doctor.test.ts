import { describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { Check } from "../../contract/system.ts";
import { captureIo } from "../../testing/captured-io.ts";
import { createFakeHost } from "../../testing/fake-host.ts";
import { fakeParts } from "../../testing/fake-parts.ts";
import { runCli } from "../cli.ts";

const ok: Check = { name: "Node", state: "ok", found: "Node 24." };
const warning: Check = { name: "Browser", state: "warning", found: "None.", fix: "Get one." };
const missing: Check = { name: "Models", state: "missing", found: "None.", fix: "Get Ollama." };
const failed: Check = { name: "Store", state: "failed", found: "Damaged." };
const partsFinding = (checks: Check[]) =>
  fakeParts(createFakeHost({ "system.doctor": () => ({ checks }) }));

describe("aetheria doctor", () => {
  it("lines up state, name, what was found and what to do", async () => {
    const captured = captureIo();
    await runCli(["doctor"], captured.io, partsFinding([ok, missing]));
    expect(captured.out()).toBe(
      [
        "✓ ok       Node    Node 24.",
        "○ missing  Models  None.",
        "                   → Get Ollama.",
        "",
      ].join("\n"),
    );
  });

  it.each([
    [[ok, warning], 0],
    [[ok, missing], 4],
    [[missing, failed], 1],
  ])("exits with what the worst check says: %j", async (checks, exitCode) => {
    expect(await runCli(["doctor"], captureIo().io, partsFinding(checks))).toBe(exitCode);
  });

  it("prints one check per line as JSON", async () => {
    const captured = captureIo();
    await runCli(["doctor", "--json"], captured.io, partsFinding([ok, warning]));
    expect(captured.lines()).toEqual([
      { type: "check", ...ok },
      { type: "check", ...warning },
    ]);
  });

  it("still examines a machine on which no host starts, and says why it does not", async () => {
    const reason = new AetheriaError("data_folder_in_use", "Somebody is there.");
    const reasons: unknown[] = [];
    const parts = fakeParts(createFakeHost({}), {
      openClient: () => Promise.reject(reason),
      doctorWithoutHost: async (_dataDir, _env, why) => {
        reasons.push(why);
        return [failed];
      },
    });
    expect(await runCli(["doctor"], captureIo().io, parts)).toBe(1);
    expect(reasons).toEqual([reason]);
  });
});
