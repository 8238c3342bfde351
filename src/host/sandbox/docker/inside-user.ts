// Who code is inside the container, so that what it writes into the workspace belongs to the person
// and nothing else on the machine does.
import { stat } from "node:fs/promises";
import { AetheriaError } from "../../../contract/errors.ts";
import { nobodyInside, type InsideUser } from "./container.ts";

export type Owner = { uid: number; gid: number; mode: number };

/** `folder` stays the same as long as the folder does. Throws `workspace_missing` for a folder that is not there or that nobody inside could write to. */
export async function insideUserOf(
  workspace: string,
  engine: { kind: "docker" | "podman"; rootless: boolean },
  platform: NodeJS.Platform,
): Promise<{ user: InsideUser; folder: string }> {
  const owner = await stat(workspace).catch(() => null);
  if (!owner?.isDirectory()) {
    throw new AetheriaError("workspace_missing", `The folder ${workspace} is not there any more.`, {
      hint: "Choose the session's folder again.",
    });
  }
  const user = chooseInsideUser(owner, engine, platform);
  if (user) return { user, folder: `${owner.dev}:${owner.ino}` };
  throw new AetheriaError(
    "workspace_missing",
    `The folder ${workspace} belongs to root, and the sandbox never runs as root, so it could not write there.`,
    {
      hint: "Choose a folder of your own, or give it away: sudo chown -R $USER, then open it again.",
    },
  );
}

/** null: nobody but root could write there. */
export function chooseInsideUser(
  owner: Owner,
  engine: { kind: "docker" | "podman"; rootless: boolean },
  platform: NodeJS.Platform,
): InsideUser | null {
  // Docker Desktop gives the shared folder to whoever asks.
  if (platform !== "linux") return nobodyInside;
  if (engine.rootless && engine.kind === "docker") return { uid: 0, gid: 0, keepId: false };
  if (owner.uid !== 0) {
    const gid = owner.gid === 0 ? nobodyInside.gid : owner.gid;
    return { uid: owner.uid, gid, keepId: engine.rootless };
  }
  const othersMayWrite = (owner.mode & 0o003) === 0o003;
  return othersMayWrite ? nobodyInside : null;
}
