// What a companion keeps, in memory: survives the replica that uses it, not the test.
import type { CommandId, SessionId } from "../contract/ids.ts";
import type {
  KeptCommand,
  KeptEvent,
  KeptSession,
  ReplicaStore,
} from "../core/mirror/replica-ports.ts";

export function createMemoryReplicaStore(): ReplicaStore {
  const sessions = new Map<SessionId, KeptSession>();
  const events = new Map<SessionId, Map<number, KeptEvent>>();
  const commands = new Map<CommandId, KeptCommand>();
  let lastNumber = 0;
  return {
    sessions: async () => [...sessions.values()],
    async saveSession(session, added, isFresh) {
      sessions.set(session.sessionId, session);
      const kept = (!isFresh && events.get(session.sessionId)) || new Map<number, KeptEvent>();
      for (const event of added) kept.set(event.seq, event);
      events.set(session.sessionId, kept);
    },
    async removeSession(sessionId) {
      sessions.delete(sessionId);
      events.delete(sessionId);
    },
    async events(sessionId, from, to) {
      const kept = events.get(sessionId);
      const found: KeptEvent[] = [];
      for (let seq = from + 1; seq <= to; seq++) {
        const event = kept?.get(seq);
        if (event) found.push(event);
      }
      return found;
    },
    commands: async () => [...commands.values()].sort((one, other) => one.number - other.number),
    async addCommand(command, above) {
      lastNumber = Math.max(lastNumber, above) + 1;
      const added = { ...command, number: lastNumber };
      commands.set(added.commandId, added);
      return added;
    },
    async saveCommand(command) {
      if (commands.has(command.commandId)) commands.set(command.commandId, command);
    },
    removeCommand: async (commandId) => void commands.delete(commandId),
  };
}
