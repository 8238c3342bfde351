// The sandboxes of a host with every wall that this machine may have.
import { createSandboxes, type HostSandboxes, type SandboxesOptions } from "./sandboxes.ts";
import { createWalls, machineWall, type WallsOptions } from "./walls.ts";

export type OpenSandboxesOptions = WallsOptions & Omit<SandboxesOptions, "walls" | "machine">;

export function openSandboxes(options: OpenSandboxesOptions): HostSandboxes {
  return createSandboxes({
    ...options,
    walls: (parts) => createWalls(options, parts),
    machine: machineWall(options),
  });
}
