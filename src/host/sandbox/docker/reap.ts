// Removes containers that an earlier run of this host left behind, when it was killed and the engine did
// not notice. The data folder is locked, so nothing that carries its label is in use at the start.
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type Dockerode from "dockerode";
import { hostLabel } from "./container.ts";

/** The label's value: the data folder, without telling its name to everybody who lists containers. */
export function hostIdOf(dataDir: string): string {
  return createHash("sha256").update(resolve(dataDir)).digest("hex").slice(0, 16);
}

/** `alive`: those that this run knows. Returns how many were removed. */
export async function reapContainers(
  docker: Dockerode,
  hostId: string,
  alive: ReadonlySet<string> = new Set(),
): Promise<number> {
  const filters = { label: [`${hostLabel}=${hostId}`] };
  const all = await docker.listContainers({ all: true, filters });
  const left = all.filter(({ Id }) => !alive.has(Id));
  await Promise.all(left.map(({ Id }) => removeContainer(docker, Id)));
  return left.length;
}

/** Ends it at once with everything in it. One that is gone, or going, is fine. */
export async function removeContainer(docker: Dockerode, id: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const error = await docker
      .getContainer(id)
      .remove({ force: true, v: true })
      .then(() => null, parseProblem);
    if (error === null || error.statusCode === 404 || error.statusCode === 409) return;
    // Podman, when it ended by itself in the same moment.
    if (tries >= 2 || !/state improper/.test(error.message)) throw error;
  }
}

type EngineProblem = Error & { statusCode: number | undefined };

function parseProblem(thrown: unknown): EngineProblem {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const code = "statusCode" in error ? error.statusCode : undefined;
  return Object.assign(error, { statusCode: typeof code === "number" ? code : undefined });
}
