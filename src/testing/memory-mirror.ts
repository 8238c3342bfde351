// The mirror's table for the store in memory: the slow and obvious way, worked out from the logs.
import type { SessionEvent } from "../contract/events.ts";
import type { SessionId } from "../contract/ids.ts";
import type { MirrorRecord, MirrorTable } from "../core/mirror/ports.ts";

export function createMemoryMirror(
  logs: ReadonlyMap<SessionId, SessionEvent[]>,
  write: () => void,
): MirrorTable & { deleteSession(sessionId: SessionId): void } {
  const records = new Map<SessionId, MirrorRecord>();
  const deleted = new Set<SessionId>();
  const recordOf = (sessionId: SessionId): MirrorRecord =>
    records.get(sessionId) ?? { choice: null, checkpoint: 0, mirroredAs: null, filesSeq: 0 };
  const answers = () =>
    [...logs.values()].flatMap((events) => {
      const first = events[0]?.type === "session.created" ? events[0].data : undefined;
      const copied = Math.max(first?.forkedFrom?.seq ?? 0, first?.importedSeq ?? 0);
      return events.flatMap((event) =>
        event.type === "command.answered" && event.seq > copied ? [event.data] : [],
      );
    });

  return {
    record: recordOf,
    save(sessionId, change) {
      write();
      records.set(sessionId, { ...recordOf(sessionId), ...change });
    },
    behind: () =>
      [...logs].flatMap(([sessionId, events]) => {
        const { choice, checkpoint, mirroredAs } = recordOf(sessionId);
        const isOther = mirroredAs !== null && choice !== null && mirroredAs !== choice;
        return events.length > checkpoint || isOther ? [sessionId] : [];
      }),
    mirrored: () => [...records].flatMap(([id, { mirroredAs }]) => (mirroredAs ? [id] : [])),
    deleted: () => [...deleted],
    forgetDeleted: (sessionId) => void deleted.delete(sessionId),
    deleteSession(sessionId) {
      if (recordOf(sessionId).mirroredAs !== null) deleted.add(sessionId);
      records.delete(sessionId);
    },
    restart() {
      deleted.clear();
      for (const [id, record] of records)
        records.set(id, { ...record, checkpoint: 0, mirroredAs: null, filesSeq: 0 });
    },
    replaced() {
      for (const [id, record] of records)
        records.set(id, {
          ...record,
          checkpoint: 0,
          filesSeq: 0,
          mirroredAs: record.mirroredAs && "none",
        });
    },
    answer(commandId) {
      const found = answers().find((answer) => answer.commandId === commandId);
      if (!found) return null;
      const { outcome, error } = found;
      return { outcome, ...(error ? { error } : {}) };
    },
    lastNumber: (deviceId) =>
      Math.max(0, ...answers().flatMap((one) => (one.deviceId === deviceId ? [one.number] : []))),
  };
}
