// The source of a desktop on the same network, readable without it.
import { uuidv7 } from "uuidv7";
import { withCache } from "../cache/cached-source.ts";
import type { Vault } from "../cache/vault.ts";
import { wishStore } from "../cache/wish-store.ts";
import { createLanSource } from "../source/lan-source.ts";
import { openSocket } from "../source/open-socket.ts";
import type { Source } from "../source/source.ts";
import type { Link } from "./link.ts";

type LanLink = Extract<Link, { wire: "lan" }>;

export async function openLan(link: LanLink, vault: Vault): Promise<Source> {
  const source = createLanSource({
    connect: () => openSocket(link.url, link.token),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newId: uuidv7,
    now: Date.now,
    wishes: wishStore(vault),
  });
  return withCache(source, vault);
}
