// A room of the host that nobody may need: loaded when somebody first does, or some seconds after the
// start where an earlier host may have left something behind.
import { existsSync } from "node:fs";
import type { SessionId } from "../contract/ids.ts";
import { AetheriaError } from "../contract/errors.ts";
import { describe } from "./system-parts.ts";

type Room = { forget(sessionId: SessionId): Promise<void>; close(): Promise<void> };

export type LazyRoom<Loaded extends Room> = {
  load(): Promise<Loaded>;
  /** null: nobody has needed it yet. Loads nothing. */
  loaded(): Loaded | null;
  changed(sessionId: SessionId): void;
  /** The session was deleted. */
  forget(sessionId: SessionId): Promise<void>;
  close(): Promise<void>;
};

export type LazyRoomNeeds<Loaded> = {
  /** For the log. */
  name: string;
  /** There once the room was used. */
  folder: string;
  open(changed: (sessionId: SessionId) => void): Promise<Loaded>;
  /** Those who watch hear that something changed. */
  tell(sessionId: SessionId): void;
  log(line: string): void;
};

/** Who hears that something changed asks about it again: that is enough a few times a second. */
const tellEveryMs = 100;
/** When the page is up and the disk is quiet. */
const leftoversMs = 8_000;

export function createLazyRoom<Loaded extends Room>({
  name,
  folder,
  open,
  tell,
  log,
}: LazyRoomNeeds<Loaded>): LazyRoom<Loaded> {
  const waiting = new Map<SessionId, NodeJS.Timeout>();
  let loaded: Loaded | null = null;
  let loading: Promise<Loaded> | null = null;
  let isClosed = false;

  function changed(sessionId: SessionId): void {
    if (waiting.has(sessionId)) return;
    const timer = setTimeout(() => {
      waiting.delete(sessionId);
      tell(sessionId);
    }, tellEveryMs);
    waiting.set(sessionId, timer.unref());
  }

  async function load(): Promise<Loaded> {
    if (isClosed) throw new AetheriaError("cancelled", "Aetheria is shutting down.");
    return (loading ??= open(changed).then((made) => (loaded = made)));
  }

  const wasUsed = existsSync(folder);
  const leftovers = wasUsed
    ? setTimeout(() => {
        // Making it is what looks for what an earlier host left behind.
        load().catch((error: unknown) => log(`${name}: ${describe(error)}`));
      }, leftoversMs).unref()
    : undefined;

  return {
    load,
    loaded: () => loaded,
    changed,
    async forget(sessionId) {
      if (loading !== null || wasUsed) await (await load()).forget(sessionId);
    },
    async close() {
      isClosed = true;
      clearTimeout(leftovers);
      for (const timer of waiting.values()) clearTimeout(timer);
      await (await loading?.catch(() => null))?.close();
    },
  };
}
