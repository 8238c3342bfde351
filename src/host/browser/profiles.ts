// Where cookies and logins are kept, and which folder belongs to whom. A named profile is one session's
// at a time. A temporary one is gone when its browser is.
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { BrowserProfile } from "../../contract/browser.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionId } from "../../contract/ids.ts";

export type OpenProfile = {
  /** Chromium's own folder. */
  folder: string;
  /** It may hold what only the person can see. */
  isPrivate: boolean;
  /** The person was here: logins may be in it from now on. */
  markPrivate(): Promise<void>;
  /** Removes what is not kept, and lets others have it. */
  release(): Promise<void>;
};

/** A sentence about whom a profile belongs to stands in its folder, as an empty file. */
const mark = "person-was-here";

export type Profiles = ReturnType<typeof createProfiles>;

export function createProfiles(root: string) {
  const bySession = join(root, "sessions");
  const named = join(root, "profiles");
  const temporary = join(root, "temporary");
  const inUse = new Map<string, SessionId>();

  /** Names that differ only in case are one folder on many disks. */
  const keyOf = (name: string) => name.normalize("NFC").toLowerCase();

  async function names(): Promise<string[]> {
    const found = await readdir(named).catch(() => []);
    return found.map((name) => name.normalize("NFC")).sort((a, b) => a.localeCompare(b));
  }

  async function nameOnDisk(name: string): Promise<string> {
    const found = await readdir(named).catch(() => []);
    return found.find((one) => keyOf(one) === keyOf(name)) ?? name.normalize("NFC");
  }

  function claim(name: string, sessionId: SessionId): void {
    const holder = inUse.get(keyOf(name));
    if (holder !== undefined && holder !== sessionId) throw profileInUse(name);
    inUse.set(keyOf(name), sessionId);
  }

  async function folderFor(sessionId: SessionId, profile: BrowserProfile): Promise<string> {
    if (profile.kind === "session") return join(bySession, sessionId);
    if (profile.kind === "named") return join(named, await nameOnDisk(profile.name));
    await mkdir(temporary, { recursive: true });
    return mkdtemp(join(temporary, "p-"));
  }

  return {
    names,
    /** Throws conflict when another session has it. */
    async open(sessionId: SessionId, profile: BrowserProfile): Promise<OpenProfile> {
      if (profile.kind === "named") claim(profile.name, sessionId);
      const place = await folderFor(sessionId, profile);
      const marked = await stat(join(place, mark)).catch(() => null);
      return {
        folder: join(place, "data"),
        isPrivate: profile.kind === "named" || marked !== null,
        async markPrivate() {
          await mkdir(place, { recursive: true });
          await writeFile(join(place, mark), "");
        },
        async release() {
          if (profile.kind === "incognito") await removeFolder(place);
          if (profile.kind === "named" && inUse.get(keyOf(profile.name)) === sessionId)
            inUse.delete(keyOf(profile.name));
        },
      };
    },
    /** Throws conflict while it is open, not_found. */
    async forgetNamed(name: string): Promise<void> {
      if (inUse.has(keyOf(name))) throw profileInUse(name);
      const onDisk = await nameOnDisk(name);
      if (!(await names()).includes(onDisk.normalize("NFC")))
        throw new AetheriaError("not_found", `There is no profile called ${name}.`);
      await removeFolder(join(named, onDisk));
    },
    forgetSession: (sessionId: SessionId) => removeFolder(join(bySession, sessionId)),
    /** What an earlier host left: temporary profiles, and those of sessions that are gone. */
    async sweep(isSession: (sessionId: SessionId) => boolean): Promise<void> {
      await removeFolder(temporary);
      for (const name of await readdir(bySession).catch(() => []))
        if (!isSession(name as SessionId)) await removeFolder(join(bySession, name));
    },
    /** Every folder that a browser may have been started on. */
    async folders(): Promise<string[]> {
      const places = await Promise.all(
        [bySession, named, temporary].map(async (folder) =>
          (await readdir(folder).catch(() => [])).map((name) => join(folder, name, "data")),
        ),
      );
      return places.flat();
    },
  };
}

/** A browser that is ending still writes for a moment. */
const removeFolder = (folder: string) =>
  rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

const profileInUse = (name: string) =>
  new AetheriaError("conflict", `The profile ${name} is in use in another session.`, {
    hint: "Close the browser there, or choose another profile.",
    retryable: true,
  });
