// Where engines that speak Docker's language usually listen, in the order they are asked. The person's
// own choice (DOCKER_HOST, then the docker program's context) goes before everything that is guessed.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

/** What the look-up depends on. */
export type Surroundings = {
  platform: NodeJS.Platform;
  env: Readonly<Record<string, string | undefined>>;
  home: string;
};

export type EngineAddress =
  | { socketPath: string }
  | { host: string; port: number }
  /** Named by the person, but out of reach for a sandbox: the workspace is not on that machine. */
  | { elsewhere: string };

export async function engineAddresses(around: Surroundings): Promise<EngineAddress[]> {
  const { env } = around;
  const named = env["DOCKER_HOST"] ?? env["CONTAINER_HOST"];
  if (named) return [parseAddress(named)];
  const ofContext = await contextAddress(around);
  return [...(ofContext ? [ofContext] : []), ...usualSockets(around)];
}

export function parseAddress(address: string): EngineAddress {
  const socketPath = /^(?:unix|npipe):\/\/(.+)$/.exec(address)?.[1];
  if (socketPath) return { socketPath };
  const [, host, port] =
    /^(?:tcp|http):\/\/(localhost|127\.0\.0\.1|\[::1\]):(\d+)/.exec(address) ?? [];
  if (host && port) return { host: host.replace(/[[\]]/g, ""), port: Number(port) };
  return { elsewhere: address };
}

/** For people. */
export function describeAddress(address: EngineAddress): string {
  if ("socketPath" in address) return address.socketPath;
  return "host" in address ? `${address.host}:${address.port}` : address.elsewhere;
}

function usualSockets({ platform, env, home }: Surroundings): EngineAddress[] {
  if (platform === "win32") {
    return ["docker_engine", "dockerDesktopLinuxEngine", "podman-machine-default"].map((pipe) => ({
      socketPath: `//./pipe/${pipe}`,
    }));
  }
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    "/var/run/docker.sock",
    join(home, ".docker", "run", "docker.sock"),
    join(home, ".docker", "desktop", "docker.sock"),
    ...(runtime ? [join(runtime, "docker.sock")] : []),
    join(home, ".orbstack", "run", "docker.sock"),
    join(home, ".colima", "default", "docker.sock"),
    join(home, ".rd", "docker.sock"),
    ...(runtime ? [join(runtime, "podman", "podman.sock")] : []),
    "/run/podman/podman.sock",
    join(home, ".local", "share", "containers", "podman", "machine", "podman.sock"),
  ].map((socketPath) => ({ socketPath }));
}

const dockerConfig = z.object({ currentContext: z.string().optional() });
const contextMeta = z.object({
  Endpoints: z.object({ docker: z.object({ Host: z.string() }) }),
});

/** The one chosen with `docker context use`: how Colima, Rancher and others say where they are. */
async function contextAddress({ env, home }: Surroundings): Promise<EngineAddress | null> {
  const folder = env["DOCKER_CONFIG"] ?? join(home, ".docker");
  const config = dockerConfig.safeParse(await readJson(join(folder, "config.json")));
  const name = env["DOCKER_CONTEXT"] ?? config.data?.currentContext;
  if (!name || name === "default") return null;
  const id = createHash("sha256").update(name).digest("hex");
  const meta = contextMeta.safeParse(
    await readJson(join(folder, "contexts", "meta", id, "meta.json")),
  );
  return meta.success ? parseAddress(meta.data.Endpoints.docker.Host) : null;
}

/** undefined where there is none, or none that can be read. */
async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}
