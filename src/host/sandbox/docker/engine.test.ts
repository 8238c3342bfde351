import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AetheriaError } from "../../../contract/errors.ts";
import { engineAddresses, parseAddress, type Surroundings } from "./engine-addresses.ts";
import { engineTitle, findEngine, negotiate } from "./engine.ts";

let folder = "";
let servers: Server[] = [];
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "aetheria-engine-"))));
afterEach(async () => {
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  servers = [];
  rmSync(folder, { recursive: true, force: true });
});

const docker = {
  Version: "28.2.2",
  ApiVersion: "1.50",
  MinAPIVersion: "1.24",
  Os: "linux",
  Components: [{ Name: "Engine" }],
};
const podman = {
  ...docker,
  Version: "5.4.0",
  ApiVersion: "1.41",
  Components: [{ Name: "Podman Engine" }],
};

async function engineAt(name: string, version: object): Promise<string> {
  const socketPath = join(folder, name);
  const server = createServer((_request, response) => response.end(JSON.stringify(version)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return socketPath;
}

const around = (
  env: Record<string, string>,
  platform: NodeJS.Platform = "linux",
): Surroundings => ({
  platform,
  env: { PATH: "", ...env },
  home: folder,
});
const find = (surroundings: Surroundings) => findEngine(surroundings, new AbortController().signal);

describe("finding an engine", () => {
  it("takes the one that DOCKER_HOST names, in the newest version both speak", async () => {
    const socketPath = await engineAt("docker.sock", docker);
    const found = await find(around({ DOCKER_HOST: `unix://${socketPath}` }));
    expect(found).toMatchObject({ kind: "docker", apiVersion: "1.50", address: { socketPath } });
    if (!(found instanceof AetheriaError)) expect(engineTitle(found)).toBe("Docker 28.2");
  });

  it("knows Podman by its name", async () => {
    const socketPath = await engineAt("podman.sock", podman);
    const found = await find(around({ CONTAINER_HOST: `unix://${socketPath}` }));
    expect(found).toMatchObject({ kind: "podman", version: "5.4.0", apiVersion: "1.41" });
  });

  it("follows the context that was chosen with the docker program", async () => {
    const socketPath = await engineAt("colima.sock", docker);
    const id = createHash("sha256").update("colima").digest("hex");
    const meta = join(folder, ".docker", "contexts", "meta", id);
    mkdirSync(meta, { recursive: true });
    writeFileSync(join(folder, ".docker", "config.json"), '{"currentContext":"colima"}');
    const endpoint = { Endpoints: { docker: { Host: `unix://${socketPath}` } } };
    writeFileSync(join(meta, "meta.json"), JSON.stringify(endpoint));
    expect((await engineAddresses(around({})))[0]).toEqual({ socketPath });
  });

  it("asks Docker Desktop's usual places on each system", async () => {
    const mac = await engineAddresses(around({}, "darwin"));
    expect(mac).toContainEqual({ socketPath: join(folder, ".docker", "run", "docker.sock") });
    const windows = await engineAddresses(around({}, "win32"));
    expect(windows[0]).toEqual({ socketPath: "//./pipe/docker_engine" });
    const linux = await engineAddresses(around({ XDG_RUNTIME_DIR: "/run/user/1000" }));
    expect(linux).toContainEqual({ socketPath: "/run/user/1000/docker.sock" });
    expect(linux).toContainEqual({ socketPath: "/run/user/1000/podman/podman.sock" });
  });

  it("refuses an engine on another machine, in a sentence", async () => {
    const found = await find(around({ DOCKER_HOST: "tcp://10.1.2.3:2375" }));
    expect(found).toBeInstanceOf(AetheriaError);
    expect(String(found)).toContain("another machine");
    expect(parseAddress("tcp://127.0.0.1:2375")).toEqual({ host: "127.0.0.1", port: 2375 });
    expect(parseAddress("ssh://ada@box")).toEqual({ elsewhere: "ssh://ada@box" });
  });

  it("tells an engine that sleeps from one that was never installed", async () => {
    const env = { DOCKER_HOST: `unix://${join(folder, "none.sock")}` };
    expect(String(await find(around(env)))).toContain("Docker was not found.");
    writeFileSync(join(folder, "docker"), "");
    chmodSync(join(folder, "docker"), 0o755);
    const asleep = await find(around({ ...env, PATH: folder }));
    expect(asleep).toMatchObject({ hint: expect.stringContaining("systemctl start docker") });
    expect(String(asleep)).toContain("does not answer");
  });

  it("does not take a Windows engine, an old one, or something else that answers", async () => {
    const windows = await engineAt("windows.sock", { ...docker, Os: "windows" });
    const old = await engineAt("old.sock", { ...docker, Version: "19.3", ApiVersion: "1.40" });
    const other = await engineAt("other.sock", { hello: "world" });
    const messages = [windows, old, other].map((path) =>
      find(around({ DOCKER_HOST: `unix://${path}` })),
    );
    const [first, second, third] = (await Promise.all(messages)).map(String);
    expect(first).toContain("Linux ones");
    expect(second).toContain("19.3");
    expect(third).toContain("not found");
  });
});

describe("the version of the API", () => {
  it("is the newest that both know, back to 1.41", () => {
    expect(negotiate("1.41", "1.12")).toBe("1.41");
    expect(negotiate("1.99", "1.44")).toBe("1.51");
    expect(negotiate("1.40", "1.12")).toBeNull();
    expect(negotiate("2.5", "2.0")).toBeNull();
  });
});
