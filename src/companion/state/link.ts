// How this device is linked to a desktop, as the vault keeps it.
import * as z from "zod/mini";
import { DeviceId } from "../../contract/ids.ts";
import { loadKept, saveKept } from "../cache/kept.ts";
import type { Vault } from "../cache/vault.ts";

export const Link = z.discriminatedUnion("wire", [
  z.object({
    wire: z.literal("lan"),
    /** Of the host, without a path. */
    url: z.string(),
    token: z.string(),
  }),
  z.object({
    wire: z.literal("mirror"),
    url: z.string(),
    anonKey: z.string(),
    userId: z.string(),
    email: z.string(),
    deviceId: DeviceId,
  }),
]);
export type Link = z.infer<typeof Link>;

const name = "link";

export const loadLink = (vault: Vault): Promise<Link | null> => loadKept(vault, name, Link);
export const saveLink = (vault: Vault, link: Link): Promise<void> => saveKept(vault, name, link);
export const removeLink = (vault: Vault): Promise<void> => vault.remove(name);
