// The source of a linked device. Only the wire that is used is loaded.
import type { Vault } from "../cache/vault.ts";
import type { Source } from "../source/source.ts";
import type { Link } from "./link.ts";

/** Rejects with an AetheriaError where this device lacks what the link needs. */
export async function openSource(link: Link, vault: Vault): Promise<Source> {
  const source =
    link.wire === "lan"
      ? await (await import("./open-lan.ts")).openLan(link, vault)
      : await (await import("../mirror/open-mirror.ts")).openMirror(link, vault);
  return woken(source);
}

/** What the browser knows sooner than any wire: the net is back, the app is in front again. */
function woken(source: Source): Source {
  const wake = () => {
    if (!document.hidden) source.reconnect();
  };
  addEventListener("online", wake);
  document.addEventListener("visibilitychange", wake);
  return {
    ...source,
    close() {
      removeEventListener("online", wake);
      document.removeEventListener("visibilitychange", wake);
      source.close();
    },
  };
}
