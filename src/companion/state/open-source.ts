// The source of a linked device. Only the wire that is used is loaded.
import { uuidv7 } from "uuidv7";
import { withCache } from "../cache/cached-source.ts";
import type { Vault } from "../cache/vault.ts";
import { wishStore } from "../cache/wish-store.ts";
import type { Source } from "../source/source.ts";
import type { Link } from "./link.ts";

export async function openSource(link: Link, vault: Vault): Promise<Source> {
  const { createLanSource } = await import("../source/lan-source.ts");
  const { openSocket } = await import("../source/open-socket.ts");
  if (link.wire !== "lan") throw new Error("not yet");
  const source = createLanSource({
    connect: () => openSocket(link.url, link.token),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    newId: uuidv7,
    now: Date.now,
    wishes: wishStore(vault),
  });
  return withCache(source, vault);
}
