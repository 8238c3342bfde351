import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../../contract/errors.ts";
import type { Check, ModelCatalog } from "../../contract/system.ts";
import { judgeFreeSpace } from "./data-folder.ts";
import { createDoctor, type DoctorParts } from "./doctor.ts";

const catalog: ModelCatalog = {
  providers: [{ provider: "ollama", title: "Ollama", local: true, ready: true, url: "http://x" }],
  models: [],
  chosen: { provider: "ollama", name: "qwen3:8b" },
  why: "It is the only one.",
};

let dataDir = "";
let closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "aetheria-doctor-"));
});
afterEach(async () => {
  for (const close of closing) await close();
  closing = [];
  await rm(dataDir, { recursive: true, force: true });
});

const never = () => new Promise<never>(() => undefined);
const healthy = (): DoctorParts => ({
  dataDir,
  env: { PATH: "" },
  checkStore: async () => null,
  models: async () => catalog,
  accounts: async () => [
    { provider: "openai", connected: true, source: "environment", keyEnd: "abcd" },
  ],
  ripgrepPath: () => process.execPath,
  walls: async () => ({ found: { tier: "docker", title: "Docker 27.1" }, problems: [] }),
  browser: async () => "Chromium 156",
  servingAt: async () => null,
  port: 0,
});

async function examine(change: Partial<DoctorParts>): Promise<Record<string, Check>> {
  const checks = await createDoctor({ ...healthy(), ...change })();
  return Object.fromEntries(checks.map((check) => [check.name, check]));
}

describe("the doctor", () => {
  it("finds nothing wrong where all is well, and says what is there", async () => {
    const found = await examine({
      secrets: async () => ({ place: "the keychain", guarded: true }),
    });
    expect(found).toMatchObject({
      Node: { state: "ok", found: `Node ${process.versions.node}.` },
      "Data folder": { state: "ok" },
      Store: { state: "ok" },
      Models: { state: "ok", found: "ollama/qwen3:8b answers; 0 models from Ollama." },
      Keys: { state: "ok", found: "openai, from the environment, ending in abcd." },
      Secrets: { state: "ok", found: "Keys are kept in the keychain." },
      "File search": { state: "ok" },
      Port: { state: "ok" },
    });
  });

  it("gives a fix for everything that is not well", async () => {
    const found = await examine({
      nodeVersion: "20.20.2",
      checkStore: async () => "Page 7 is damaged.",
      models: async () => ({ ...catalog, chosen: null, why: "Install Ollama." }),
      accounts: async () => [],
      ripgrepPath: () => join(dataDir, "rg"),
      secrets: async () => ({ place: "a file", guarded: false }),
      platform: "linux",
      walls: async () => ({
        found: null,
        problems: [{ message: "Docker was not found.", hint: "Install Docker." }],
      }),
    });
    expect(found).toMatchObject({
      Node: { state: "failed", found: "Node 20.20.2 is too old." },
      Store: { state: "failed", found: "Page 7 is damaged." },
      Models: { state: "missing", fix: "Install Ollama." },
      Keys: { state: "warning" },
      "File search": { state: "missing" },
      Secrets: { state: "warning" },
      Sandbox: { state: "warning", found: expect.stringMatching(/^Docker was not found\. So no/) },
    });
    for (const check of Object.values(found))
      if (check.state !== "ok") expect(check.fix, check.name).toMatch(/\w{3}/);
  });

  it("never waits for one that does not answer, and never throws", async () => {
    const found = await examine({
      limitMs: 30,
      models: never,
      accounts: () => Promise.reject(new Error("The file is not JSON.")),
      checkStore: () => {
        throw new AetheriaError("store_damaged", "It is damaged.", { hint: "Restore it." });
      },
    });
    expect(found).toMatchObject({
      Models: { state: "warning", found: "There was no answer within 0 seconds." },
      Keys: { state: "failed", found: "The file is not JSON." },
      Store: { state: "failed", found: "It is damaged.", fix: "Restore it." },
      Port: { state: "ok" },
    });
  });

  it("says why a provider that answers wrongly gives no model", async () => {
    const error = {
      code: "model_bad_response",
      message: "It sent HTML.",
      retryable: false,
    } as const;
    const provider = { ...catalog.providers[0]!, ready: false, error };
    const found = await examine({
      models: async () => ({ ...catalog, providers: [provider], chosen: null }),
    });
    expect(found["Models"]?.found).toBe("There is no model. Ollama: It sent HTML.");
  });

  it("tells a data folder that is a file", async () => {
    const file = join(dataDir, "file");
    await writeFile(file, "");
    const found = await examine({ dataDir: file });
    expect(found["Data folder"]).toMatchObject({ state: "failed" });
  });

  it("knows a port that another program has from one that is ours", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    closing.push(() => new Promise((resolve) => server.close(resolve)));
    const { port } = server.address() as AddressInfo;
    const taken = await examine({ port });
    expect(taken["Port"]).toMatchObject({ state: "warning" });
    const ours = await examine({ port, servingAt: async () => "http://127.0.0.1:4517" });
    expect(ours["Port"]).toMatchObject({ state: "ok" });
  });

  it("says which wall stands around code", async () => {
    const found = await examine({
      walls: async () => ({ found: { tier: "docker", title: "Docker 27.1" }, problems: [] }),
    });
    expect(found["Sandbox"]).toEqual({
      name: "Sandbox",
      state: "ok",
      found: "Docker 27.1 is used.",
    });
  });

  it("says why it is not the strongest one, and how to get that", async () => {
    const problems = [{ message: "Docker was not found.", hint: "Install Docker." }];
    const found = await examine({
      walls: async () => ({ found: { tier: "bubblewrap", title: "Bubblewrap 0.8" }, problems }),
    });
    expect(found["Sandbox"]).toMatchObject({
      state: "warning",
      found: "Docker was not found. Bubblewrap 0.8 is used instead.",
      fix: "Install Docker.",
    });
  });

  it("says which browser would be driven", async () => {
    expect((await examine({}))["Browser"]).toMatchObject({ state: "ok", found: "Chromium 156" });
  });

  it("says how to get a browser where there is none", async () => {
    const found = await examine({ browser: async () => null, platform: "win32" });
    expect(found["Browser"]).toMatchObject({
      state: "warning",
      fix: expect.stringContaining("https://www.google.com/chrome"),
    });
  });

  it("warns before a disk is full", () => {
    const gibibyte = 1024 ** 3;
    expect(judgeFreeSpace(20 * gibibyte)).toEqual({
      state: "ok",
      found: "20.0 GB free for the data folder.",
    });
    expect(judgeFreeSpace(0.5 * gibibyte)).toMatchObject({ state: "warning" });
    expect(judgeFreeSpace(gibibyte / 100)).toMatchObject({
      state: "failed",
      found: "10 MB free for the data folder.",
    });
  });

  it("leaves the data folder as it was", async () => {
    await examine({});
    expect(execFileSync("ls", ["-A", dataDir]).toString()).toBe("");
  });
});
