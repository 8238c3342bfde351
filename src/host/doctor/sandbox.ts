// What could wall off code that the agent runs: a Docker engine (or Podman speaking its language),
// else bubblewrap on Linux and sandbox-exec on macOS.
import { execFile } from "node:child_process";
import { request } from "node:http";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Finding, Machine } from "./finding.ts";
import { onPath } from "./on-path.ts";

export async function checkSandbox(machine: Machine): Promise<Finding> {
  for (const socketPath of engineSockets(machine)) {
    const version = await engineVersion(socketPath, machine.signal);
    if (version) return { state: "ok", found: `Docker engine ${version} at ${socketPath}.` };
  }
  const program = await onPath(["docker", "podman"], machine);
  const version = program ? await versionByProgram(program, machine) : null;
  if (version) return { state: "ok", found: `Docker engine ${version}, through ${program}.` };
  const second = await secondTier(machine);
  const found = program
    ? `${program} is installed, but its engine does not answer${second}.`
    : `Docker was not found${second}.`;
  return { state: "warning", found, fix: program ? starting(machine) : installing(machine) };
}

function engineSockets({ platform, env }: Machine): string[] {
  const named = env["DOCKER_HOST"];
  if (named !== undefined && named !== "") {
    const local = /^(?:unix|npipe):\/\/(.+)$/.exec(named)?.[1];
    return local === undefined ? [] : [local];
  }
  if (platform === "win32") return ["//./pipe/docker_engine"];
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    "/var/run/docker.sock",
    join(homedir(), ".docker", "run", "docker.sock"),
    ...(runtime ? [join(runtime, "docker.sock"), join(runtime, "podman", "podman.sock")] : []),
  ];
}

/** The engine's version, or null when nothing (or something else) answers there. */
function engineVersion(socketPath: string, signal: AbortSignal): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: "/version", signal }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => (text += piece));
      response.on("end", () => resolve(/"Version":\s*"([^"]+)"/.exec(text)?.[1] ?? null));
      response.on("error", () => resolve(null));
    });
    asked.on("error", () => resolve(null));
    asked.end();
  });
}

/** For engines elsewhere (DOCKER_HOST, contexts) only their own program knows the way. */
function versionByProgram(program: string, machine: Machine): Promise<string | null> {
  const options = { signal: machine.signal, env: { ...machine.env }, windowsHide: true };
  return new Promise((resolve) => {
    execFile(program, ["version", "--format", "{{.Server.Version}}"], options, (error, stdout) =>
      resolve(error ? null : stdout.trim() || null),
    );
  });
}

async function secondTier(machine: Machine): Promise<string> {
  if (machine.platform === "darwin") return "; macOS's own sandbox is used instead";
  if (machine.platform !== "linux") return "";
  const bubblewrap = await onPath(["bwrap"], machine);
  return bubblewrap ? "; bubblewrap is used instead" : "";
}

function starting({ platform }: Machine): string {
  if (platform !== "linux") return "Start Docker Desktop.";
  return "Start it: sudo systemctl start docker, and add yourself to the group “docker”.";
}

function installing({ platform }: Machine): string {
  if (platform !== "linux") return "Install Docker Desktop from https://www.docker.com.";
  return "Install Docker (sudo apt install docker.io) or bubblewrap (sudo apt install bubblewrap).";
}
