// What the replica keeps on this device, in the vault. Events lie in blocks: one text for many of them,
// so that a long session is opened with a few reads. Names hold ids and numbers only.
import * as z from "zod/mini";
import { ErrorData } from "../../contract/errors.ts";
import { CommandId, DeviceId, SessionId } from "../../contract/ids.ts";
import { Command, SessionHead } from "../../contract/mirror.ts";
import type { KeptCommand, KeptEvent, ReplicaStore } from "../../core/mirror/replica-ports.ts";
import { loadKept } from "../cache/kept.ts";
import type { Vault } from "../cache/vault.ts";

/** Events in a block. One that is added writes its block anew. */
const blockEvents = 64;

const Session = z.object({
  sessionId: SessionId,
  hostId: DeviceId,
  head: z.nullable(SessionHead),
  updatedAt: z.string(),
  serverSeq: z.number(),
  first: z.number(),
  last: z.number(),
  verified: z.number(),
  checkedAt: z.string(),
});
const Block = z.array(z.object({ seq: z.number(), text: z.nullable(z.string()) }));
/** A wish as a command, whose shape is known; it gets its time when it is signed. */
const Kept = z.object({
  commandId: CommandId,
  hostId: DeviceId,
  wish: Command,
  number: z.number(),
  askedAt: z.number(),
  state: z.enum(["queued", "sent", "done", "refused"]),
  error: z.nullable(ErrorData),
  isThere: z.boolean(),
});

const root = "replica/";
const sessionsAt = `${root}session/`;
const commandsAt = `${root}command/`;
const lastNumberAt = `${root}last-number`;
const eventsAt = (sessionId: SessionId) => `${root}events/${sessionId}/`;
const blockOf = (seq: number) => Math.floor((seq - 1) / blockEvents);
const blockAt = (sessionId: SessionId, block: number) =>
  `${eventsAt(sessionId)}${String(block).padStart(8, "0")}`;

/** `alone` runs one piece of work at a time, over all tabs that use this vault. */
export function createReplicaStore(
  vault: Vault,
  alone: <T>(work: () => Promise<T>) => Promise<T>,
): ReplicaStore {
  const readBlock = async (name: string): Promise<KeptEvent[]> =>
    (await loadKept(vault, name, Block)) ?? [];

  async function readAll<Schema extends z.core.$ZodType>(
    prefix: string,
    schema: Schema,
  ): Promise<z.infer<Schema>[]> {
    const names = await vault.names(prefix);
    const all = await Promise.all(names.map((name) => loadKept(vault, name, schema)));
    return all.filter((one) => one !== null);
  }

  /** The blocks that these events belong to, with them. */
  async function grown(
    sessionId: SessionId,
    events: readonly KeptEvent[],
    isFresh: boolean,
  ): Promise<Map<string, string | null>> {
    const changes = new Map<string, string | null>();
    if (isFresh) for (const name of await vault.names(eventsAt(sessionId))) changes.set(name, null);
    const byBlock = new Map<string, KeptEvent[]>();
    for (const event of events) {
      const name = blockAt(sessionId, blockOf(event.seq));
      byBlock.set(name, [...(byBlock.get(name) ?? []), event]);
    }
    for (const [name, added] of byBlock) {
      const bySeq = new Map((isFresh ? [] : await readBlock(name)).map((one) => [one.seq, one]));
      for (const one of added) bySeq.set(one.seq, one);
      const block = [...bySeq.values()].sort((one, other) => one.seq - other.seq);
      changes.set(name, JSON.stringify(block));
    }
    return changes;
  }

  async function events(sessionId: SessionId, from: number, to: number): Promise<KeptEvent[]> {
    if (to <= from) return [];
    const [first, last] = [blockOf(from + 1), blockOf(to)];
    const names = Array.from({ length: last - first + 1 }, (_, at) =>
      blockAt(sessionId, first + at),
    );
    const blocks = await Promise.all(names.map(readBlock));
    return blocks.flat().filter(({ seq }) => seq > from && seq <= to);
  }

  const commandAt = (commandId: CommandId) => commandsAt + commandId;
  const written = (command: KeptCommand): string =>
    JSON.stringify({ ...command, wish: { ...command.wish, issuedAt: command.askedAt } });

  return {
    sessions: () => readAll(sessionsAt, Session),
    saveSession: (session, added, isFresh) =>
      alone(async () => {
        const changes = await grown(session.sessionId, added, isFresh);
        changes.set(sessionsAt + session.sessionId, JSON.stringify(session));
        await vault.write(changes);
      }),
    removeSession: (sessionId) =>
      alone(async () => {
        const names = await vault.names(eventsAt(sessionId));
        const all = [sessionsAt + sessionId, ...names];
        await vault.write(new Map(all.map((name) => [name, null])));
      }),
    events,
    async commands() {
      const all = await readAll(commandsAt, Kept);
      return all.sort((one, other) => one.number - other.number);
    },
    addCommand: (command, above) =>
      alone(async () => {
        const last = Number((await vault.get(lastNumberAt)) ?? 0);
        const added = { ...command, number: Math.max(last, above) + 1 };
        await vault.write(
          new Map([
            [commandAt(added.commandId), written(added)],
            [lastNumberAt, String(added.number)],
          ]),
        );
        return added;
      }),
    saveCommand: (command) =>
      alone(async () => {
        const name = commandAt(command.commandId);
        if ((await vault.get(name)) !== null) await vault.set(name, written(command));
      }),
    removeCommand: (commandId) => alone(() => vault.remove(commandAt(commandId))),
  };
}
