// What survives every death of the simulated host: logs, checkpoints, answers, and what was carried out.
import { AetheriaError } from "../../contract/errors.ts";
import type { NewEvent, SessionEvent } from "../../contract/events.ts";
import type { CommandId, DeviceId, SessionId } from "../../contract/ids.ts";
import type {
  Command,
  CommandAnswer,
  MirrorChoice,
  OpenParts,
  SessionHead,
} from "../../contract/mirror.ts";
import type { CommandRunner, MirrorLog } from "../../core/mirror/ports.ts";

type DiskSession = {
  events: SessionEvent[];
  title: string;
  choice: MirrorChoice;
  checkpoint: number;
  mirroredAs: MirrorChoice | null;
  open: Pick<OpenParts, "openTexts" | "openOutputs">;
};

type Answered = { sessionId: SessionId; deviceId: DeviceId; number: number; answer: CommandAnswer };

export type HostDisk = ReturnType<typeof createHostDisk>;

const nothingOpen = { openTexts: [], openOutputs: [] };
const usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: null };

export function createHostDisk(now: () => number, changed: (sessionId: SessionId) => void) {
  const sessions = new Map<SessionId, DiskSession>();
  const deleted = new Set<SessionId>();
  const answers = new Map<CommandId, Answered>();
  /** Every effect of a command, in the order it happened. */
  const effects: { session: SessionId; command: Command }[] = [];

  const of = (sessionId: SessionId): DiskSession => {
    const session = sessions.get(sessionId);
    if (!session) throw new AetheriaError("not_found", "There is no such session.");
    return session;
  };

  function append(sessionId: SessionId, events: NewEvent[]): void {
    const session = of(sessionId);
    for (const event of events) {
      const at = Math.max(now(), session.events.at(-1)?.at ?? 0);
      const { type, data } = event;
      if (type === "session.renamed" || type === "session.created") session.title = data.title;
      // A NewEvent with its place and time is a SessionEvent: that is how NewEvent is made.
      session.events.push({ seq: session.events.length + 1, at, type, data } as SessionEvent);
    }
    changed(sessionId);
  }

  function headOf(sessionId: SessionId): SessionHead | null {
    const session = sessions.get(sessionId);
    if (!session) return null;
    const { events, title, choice } = session;
    return {
      summary: {
        ...{ sessionId, title, archived: false, messages: 0, model: null, mode: "balanced" },
        ...{ createdAt: events[0]?.at ?? 0, updatedAt: events.at(-1)?.at ?? 0 },
        ...{ seq: events.length, workspace: "/home/zebra", phase: "idle", pendingApprovals: 0 },
        usage,
      },
      choice,
    };
  }

  const log: MirrorLog = {
    choice: (id) => sessions.get(id)?.choice ?? "none",
    checkpoint: (id) => sessions.get(id)?.checkpoint ?? 0,
    mirroredAs: (id) => sessions.get(id)?.mirroredAs ?? null,
    saveCheckpoint(id, checkpoint, mirroredAs) {
      Object.assign(of(id), { checkpoint, mirroredAs });
    },
    mirrored: () => [...sessions].flatMap(([id, { mirroredAs }]) => (mirroredAs ? [id] : [])),
    unmirrored: () =>
      [...sessions].flatMap(([id, one]) =>
        one.events.length > one.checkpoint || one.mirroredAs !== one.choice ? [id] : [],
      ),
    deleted: () => [...deleted],
    forgetDeleted: (id) => void deleted.delete(id),
    events: (id, from, limit) => sessions.get(id)?.events.slice(from, from + limit) ?? [],
    head: headOf,
    open: (id) => ({
      seq: sessions.get(id)?.events.length ?? 0,
      ...(sessions.get(id)?.open ?? nothingOpen),
    }),
    answered: (id) => answers.get(id)?.answer ?? null,
    lastNumber: (device) =>
      Math.max(
        0,
        ...[...answers.values()].flatMap((one) => (one.deviceId === device ? [one.number] : [])),
      ),
  };

  /** What the log says of a command's effect. */
  function isDone(command: Command): boolean {
    const session = sessions.get(command.sessionId);
    if (!session) return false;
    return session.events.some(({ type, data }) => {
      // Every title here is given once; a real host looks no further than the device's last command.
      if (command.kind === "rename")
        return type === "session.renamed" && data.title === command.title;
      if (command.kind === "send")
        return type === "message.sent" && data.messageId === command.messageId;
      if (command.kind === "stop") return type === "run.finished" && data.runId === command.runId;
      const isSame = type === "approval.answered" && data.approvalId === command.approvalId;
      return isSame && data.answer === command.answer;
    });
  }

  function check(command: Command): void {
    const { events } = of(command.sessionId);
    if (command.kind === "answer") {
      const asks = ({ type, data }: SessionEvent) =>
        type === "approval.requested" && data.approval.approvalId === command.approvalId;
      const answers = ({ type, data }: SessionEvent) =>
        type === "approval.answered" && data.approvalId === command.approvalId;
      if (!events.some(asks)) throw new AetheriaError("not_found", "Nothing asks for that.");
      if (events.some(answers)) throw new AetheriaError("conflict", "It was answered already.");
    }
    if (command.kind === "stop") {
      const started = ({ type, data }: SessionEvent) =>
        type === "run.started" && data.runId === command.runId;
      if (!events.some(started)) throw new AetheriaError("conflict", "That run is not going on.");
    }
  }

  const runner: CommandRunner = {
    isDone,
    async run(command) {
      check(command);
      append(command.sessionId, effectOf(command));
      effects.push({ session: command.sessionId, command });
    },
    answered(row, kind, answer) {
      const { session_id: sessionId, command_id: commandId, device_id: deviceId, number } = row;
      if (!sessions.has(sessionId)) return;
      answers.set(commandId, { sessionId, deviceId, number, answer });
      const data = { commandId, deviceId, number, kind, ...answer };
      append(sessionId, [{ type: "command.answered", data }]);
    },
  };

  return {
    sessions,
    answers,
    effects,
    log,
    runner,
    append,
    create(sessionId: SessionId, choice: MirrorChoice, title: string): void {
      const fresh = { events: [], title, checkpoint: 0, mirroredAs: null, open: nothingOpen };
      sessions.set(sessionId, { ...fresh, choice });
      const data = { title, workspace: "/home/zebra", model: null, mode: "balanced" } as const;
      append(sessionId, [{ type: "session.created", data }]);
    },
    delete(sessionId: SessionId): void {
      if (of(sessionId).mirroredAs !== null) deleted.add(sessionId);
      sessions.delete(sessionId);
      for (const [id, one] of answers) if (one.sessionId === sessionId) answers.delete(id);
      changed(sessionId);
    },
    choose(sessionId: SessionId, choice: MirrorChoice): void {
      of(sessionId).choice = choice;
      changed(sessionId);
    },
    setOpen(sessionId: SessionId, open: DiskSession["open"]): void {
      of(sessionId).open = open;
    },
    /** The power failed: what was not on the disk yet is gone. Answers to commands were. */
    loseTail(sessionId: SessionId, events: number): void {
      const session = of(sessionId);
      const safe = session.events.findLastIndex(({ type }) => type === "command.answered") + 1;
      const left = Math.max(1, safe, session.events.length - events);
      session.events.length = left;
      session.checkpoint = Math.min(session.checkpoint, left);
      const lasting = effects.filter(({ command }) => isDone(command));
      effects.splice(0, effects.length, ...lasting);
    },
  };
}

function effectOf(command: Command): NewEvent[] {
  switch (command.kind) {
    case "send": {
      const { messageId, text, attachments, delivery } = command;
      return [{ type: "message.sent", data: { messageId, text, attachments, delivery } }];
    }
    case "rename":
      return [{ type: "session.renamed", data: { title: command.title, by: "person" } }];
    case "answer": {
      const { approvalId, answer, scope } = command;
      return [{ type: "approval.answered", data: { approvalId, answer, scope } }];
    }
    case "stop": {
      const data = { runId: command.runId, outcome: "stopped" as const, usage, steps: 1, ms: 1 };
      return [{ type: "run.finished", data }];
    }
  }
}
