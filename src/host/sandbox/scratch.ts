// Folders for sessions that have none of their own. The next one is made before anybody needs it, so that
// a warm sandbox can wait on it; which session has which is kept in a file.
import { randomUUID } from "node:crypto";
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { SessionId } from "../../contract/ids.ts";
import { nobodyInside } from "./docker/container.ts";

const Owners = z.record(z.string(), z.string().regex(/^[\w-]+$/));

export type Scratch = ReturnType<typeof createScratch>;

/** `root`: `<data folder>/sandbox/scratch`. */
export function createScratch(root: string) {
  const ownersFile = join(root, "owners.json");
  let next: Promise<string> | null = null;
  let owners: Promise<Record<string, string>> | null = null;
  let writing: Promise<unknown> = Promise.resolve();

  const load = () => (owners ??= readOwners(ownersFile));

  /** One after another: each sees what the one before has written. */
  function change(edit: (owners: Record<string, string>) => void): Promise<void> {
    const changed = writing.then(async () => {
      const known = await load();
      edit(known);
      await mkdir(root, { recursive: true, mode: 0o711 });
      await writeFile(`${ownersFile}.new`, JSON.stringify(known), { mode: 0o600 });
      await rename(`${ownersFile}.new`, ownersFile);
    });
    writing = changed.catch(() => undefined);
    return changed;
  }

  async function make(): Promise<string> {
    const folder = join(root, randomUUID());
    await mkdir(root, { recursive: true, mode: 0o711 });
    await mkdir(folder, { mode: 0o700 });
    // A host that runs as root gives it to who has nothing else on the machine.
    if (process.getuid?.() === 0) await chown(folder, nobodyInside.uid, nobodyInside.gid);
    return folder;
  }

  const nextFolder = () => (next ??= make());

  return {
    next: nextFolder,
    /** The session's, if it has one. */
    async of(sessionId: SessionId): Promise<string | null> {
      const id = (await load())[sessionId];
      return id === undefined ? null : join(root, id);
    },
    /** The session's; the next one becomes it where it has none. */
    async claim(sessionId: SessionId): Promise<string> {
      const known = (await load())[sessionId];
      if (known !== undefined) {
        // The person may have tidied up.
        await mkdir(join(root, known), { recursive: true, mode: 0o700 });
        return join(root, known);
      }
      const folder = nextFolder();
      next = null;
      const path = await folder;
      await change((all) => (all[sessionId] = path.slice(root.length + 1)));
      return path;
    },
    async remove(sessionId: SessionId): Promise<void> {
      const id = (await load())[sessionId];
      if (id === undefined) return;
      await change((all) => delete all[sessionId]);
      await rm(join(root, id), { recursive: true, force: true });
    },
    /** Removes folders that belong to no session that is still there. */
    async sweep(isKnown: (sessionId: SessionId) => boolean): Promise<void> {
      const known = await load();
      const gone = Object.keys(known).filter((sessionId) => !isKnown(sessionId as SessionId));
      if (gone.length > 0)
        await change((all) => gone.forEach((sessionId) => delete all[sessionId]));
      const kept = new Set([...Object.values(await load()), "owners.json"]);
      const waiting = next === null ? null : await next;
      for (const name of await readdir(root).catch(() => [])) {
        if (kept.has(name) || join(root, name) === waiting) continue;
        await rm(join(root, name), { recursive: true, force: true });
      }
    },
  };
}

/** A file that cannot be read means folders that nobody owns; none is lost before the next sweep. */
async function readOwners(file: string): Promise<Record<string, string>> {
  try {
    return Owners.parse(JSON.parse(await readFile(file, "utf8")));
  } catch {
    return {};
  }
}
