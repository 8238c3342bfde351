// What this host keeps of the mirror in its keychain: the project, the sign-in, this device's own key,
// and the account's keys. Nothing of it is ever logged.
import * as z from "zod/mini";
import { DeviceId } from "../../contract/ids.ts";
import { KeyRing } from "../../contract/mirror.ts";

export type Secrets = {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
};

const Project = z.object({ url: z.string(), anonKey: z.string() });
export type Project = z.infer<typeof Project>;

const Device = z.object({ userId: z.string(), deviceId: DeviceId, signing: z.string() });
export type KeptDevice = z.infer<typeof Device>;

const Keys = z.object({ userId: z.string(), ring: KeyRing });

export type MirrorSecrets = ReturnType<typeof createMirrorSecrets>;

export function createMirrorSecrets(secrets: Secrets) {
  const read = async <Kept extends z.core.$ZodType>(name: string, kept: Kept) => {
    const text = await secrets.get(name);
    if (text === null) return null;
    const parsed = z.safeParse(kept, parsedJson(text));
    return parsed.success ? parsed.data : null;
  };
  const write = (name: string, value: unknown) => secrets.set(name, JSON.stringify(value));
  return {
    project: () => read("mirror.project", Project),
    saveProject: (project: Project) => write("mirror.project", project),
    forgetProject: () => secrets.delete("mirror.project"),
    /** As cloud/ wants them. */
    tokens: {
      load: () => secrets.get("mirror.tokens"),
      save: (text: string) => secrets.set("mirror.tokens", text),
      remove: () => secrets.delete("mirror.tokens"),
    },
    /** null where this host is not a device of that account yet. */
    async device(userId: string): Promise<KeptDevice | null> {
      const kept = await read("mirror.device", Device);
      return kept?.userId === userId ? kept : null;
    },
    saveDevice: (device: KeptDevice) => write("mirror.device", device),
    forgetDevice: () => secrets.delete("mirror.device"),
    async ring(userId: string): Promise<KeyRing | null> {
      const kept = await read("mirror.keys", Keys);
      return kept?.userId === userId ? kept.ring : null;
    },
    saveRing: (userId: string, ring: KeyRing) => write("mirror.keys", { userId, ring }),
    forgetRing: () => secrets.delete("mirror.keys"),
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
