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
  try {
    await docker.getContainer(id).remove({ force: true, v: true });
  } catch (error) {
    const code = (error as { statusCode?: unknown }).statusCode;
    if (code !== 404 && code !== 409) throw error;
  }
}
