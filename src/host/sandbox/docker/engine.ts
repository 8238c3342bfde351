// Finds an engine that answers and can run our images, and opens it with a version of the API that both
// sides speak. Looking is cheap and loads nothing heavy; dockerode comes with `openEngine`.
import { request } from "node:http";
import { existsSync } from "node:fs";
import type Dockerode from "dockerode";
import { z } from "zod";
import { AetheriaError } from "../../../contract/errors.ts";
import {
  describeAddress,
  engineAddresses,
  type EngineAddress,
  type Surroundings,
} from "./engine-addresses.ts";

/** What this code is written for; engines are asked in the newest version that both know. */
const newestApi = "1.51";
const oldestApi = "1.41";

export type FoundEngine = {
  kind: "docker" | "podman";
  version: string;
  /** Negotiated: `1.41`. */
  apiVersion: string;
  address: Exclude<EngineAddress, { elsewhere: string }>;
};

export type Engine = FoundEngine & {
  docker: Dockerode;
  /** Root inside is a plain user outside, and folders of the person belong to root inside. */
  rootless: boolean;
  /** Its containers are labelled by SELinux, which hides the workspace from them. */
  selinux: boolean;
  /** Builds have no network of their own and borrow the machine's. */
  lacksBridge: boolean;
  cpus: number;
  memoryBytes: number;
};

/** The first engine that can be used. Else an error that says what was found in place of one. */
export async function findEngine(
  around: Surroundings,
  signal: AbortSignal,
): Promise<FoundEngine | AetheriaError> {
  let nearest: AetheriaError | null = null;
  for (const address of await engineAddresses(around)) {
    if ("elsewhere" in address) return isElsewhere(address.elsewhere);
    const answer = await ask(address, signal);
    if (answer instanceof AetheriaError) nearest ??= answer;
    else if (answer) return answer;
  }
  return nearest ?? noEngine(around);
}

export async function openEngine(found: FoundEngine): Promise<Engine> {
  const { default: Docker } = await import("dockerode");
  // `host: ""` keeps the client from reading DOCKER_HOST by itself.
  const to = "socketPath" in found.address ? { ...found.address, host: "" } : found.address;
  const docker = new Docker({ ...to, protocol: "http", version: `v${found.apiVersion}` });
  const info = engineInfo.parse(await docker.info());
  const options = info.SecurityOptions ?? [];
  const bridge = await docker.listNetworks({ filters: { driver: ["bridge"] } });
  return {
    ...found,
    docker,
    rootless: options.some((option) => option.startsWith("name=rootless")),
    selinux: options.some((option) => option.startsWith("name=selinux")),
    lacksBridge: bridge.length === 0,
    cpus: info.NCPU,
    memoryBytes: info.MemTotal,
  };
}

/** `Docker 28.2`, as people say it. */
export function engineTitle({ kind, version }: FoundEngine): string {
  const [major, minor] = version.split(".");
  return `${kind === "docker" ? "Docker" : "Podman"} ${major}${minor ? `.${minor}` : ""}`;
}

const engineInfo = z.object({
  SecurityOptions: z.array(z.string()).nullish(),
  NCPU: z.number(),
  MemTotal: z.number(),
});

const engineVersion = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  MinAPIVersion: z.string().optional(),
  Os: z.string().optional(),
  Components: z.array(z.object({ Name: z.string() })).optional(),
});

/** null: nothing is there, or something else. */
async function ask(
  address: FoundEngine["address"],
  signal: AbortSignal,
): Promise<FoundEngine | AetheriaError | null> {
  const answer = await get(address, "/version", signal);
  if (answer === "denied") return isDenied(describeAddress(address));
  const parsed = engineVersion.safeParse(answer);
  if (!parsed.success) return null;
  const { Version: version, Os: os, Components: components = [], ...api } = parsed.data;
  const kind = components.some(({ Name }) => /podman/i.test(Name)) ? "podman" : "docker";
  if (os === "windows") return isForWindows();
  const apiVersion = negotiate(api.ApiVersion, api.MinAPIVersion);
  return apiVersion ? { kind, version, apiVersion, address } : isTooOld(kind, version);
}

/** The newest version both know; null: there is none. */
export function negotiate(theirs: string, theirOldest = oldestApi): string | null {
  if (isOlder(theirs, oldestApi) || isOlder(newestApi, theirOldest)) return null;
  return isOlder(theirs, newestApi) ? theirs : newestApi;
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [thanMajor = 0, thanMinor = 0] = than.split(".").map(Number);
  return major < thanMajor || (major === thanMajor && minor < thanMinor);
}

function get(address: FoundEngine["address"], path: string, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve) => {
    const asked = request({ ...address, path, signal, timeout: answerMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (piece: string) => {
        text += piece;
        if (text.length > mostChars) response.destroy();
      });
      response.on("close", () => resolve(parseJson(text)));
      response.on("error", () => resolve(undefined));
    });
    asked.on("timeout", () => asked.destroy());
    asked.on("error", (error: NodeJS.ErrnoException) =>
      resolve(error.code === "EACCES" || error.code === "EPERM" ? "denied" : undefined),
    );
    asked.end();
  });
}

/** A socket whose engine sleeps (Docker Desktop paused) accepts and never answers. */
const answerMs = 3_000;
const mostChars = 1_000_000;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const missing = (message: string, hint: string) =>
  new AetheriaError("part_missing", message, { hint, retryable: true });

function noEngine({ platform, env }: Surroundings): AetheriaError {
  const isThere = hasProgram(["docker", "podman"], platform, env["PATH"] ?? "");
  if (isThere) {
    return missing(
      `${isThere === "docker" ? "Docker" : "Podman"} is installed, but its engine does not answer.`,
      starting(isThere, platform),
    );
  }
  return missing(
    "Docker was not found.",
    platform === "linux"
      ? "Install Docker: sudo apt install docker.io."
      : "Install Docker Desktop from https://www.docker.com.",
  );
}

function starting(program: string, platform: NodeJS.Platform): string {
  if (program === "podman")
    return platform === "linux"
      ? "Start its socket: systemctl --user enable --now podman.socket."
      : "Start it: podman machine start.";
  if (platform !== "linux") return "Start Docker Desktop.";
  return "Start it: sudo systemctl start docker, and add yourself to the group “docker”.";
}

function hasProgram(names: string[], platform: NodeJS.Platform, path: string): string | undefined {
  const isWindows = platform === "win32";
  const folders = path.split(isWindows ? ";" : ":").filter(Boolean);
  return names.find((name) =>
    folders.some((folder) => existsSync(`${folder}/${name}${isWindows ? ".exe" : ""}`)),
  );
}

const isDenied = (socket: string) =>
  missing(
    `Docker answers at ${socket}, but this user may not use it.`,
    "Add yourself to its group (sudo usermod -aG docker $USER) and log in again.",
  );

const isElsewhere = (address: string) =>
  missing(
    `The engine named by DOCKER_HOST (${address}) is on another machine, where the workspace is not.`,
    "Unset DOCKER_HOST, or let it name an engine of this machine.",
  );

const isForWindows = () =>
  missing(
    "Docker runs Windows containers at the moment, and the sandbox needs Linux ones.",
    "Choose “Switch to Linux containers” in Docker Desktop's menu.",
  );

const isTooOld = (kind: string, version: string) =>
  missing(
    `The engine (${kind} ${version}) does not speak a version of the API between ${oldestApi} and ${newestApi}.`,
    "Update Docker to 20.10 or newer, or update Aetheria.",
  );
