// Does what a command from afar says, through the same calls as a window, and tells from the log whether
// it was done already: the host may have died before it had answered.
import { AetheriaError } from "../../contract/errors.ts";
import type { SessionEvent } from "../../contract/events.ts";
import type { DeviceId, SessionId } from "../../contract/ids.ts";
import type { Command, CommandAnswer, CommandRow } from "../../contract/mirror.ts";
import type { AttachmentRef } from "../../contract/session.ts";
import type { CommandRunner } from "../../core/mirror/ports.ts";
import type { Store } from "../../core/ports.ts";
import type { Connection, Handlers } from "../../rpc/server.ts";

export type CommandRunnerParts = {
  store: Store;
  calls: Pick<Handlers, "session.send" | "session.stop" | "session.rename" | "approval.answer">;
  /** The run that goes on; null: none. */
  runOf(sessionId: SessionId): string | null;
  append(sessionId: SessionId, event: Parameters<Store["append"]>[1][number]): void;
  /** Makes sure that a file is here, from the cloud where it must be. */
  bring(file: AttachmentRef): Promise<void>;
};

/** A command is minutes old at most: its effect is among the youngest events. */
const lookBack = 2_000;

export function createCommandRunner(parts: CommandRunnerParts): CommandRunner {
  const { store, calls } = parts;

  function isInLog(sessionId: SessionId, fits: (event: SessionEvent) => boolean): boolean {
    const last = store.session(sessionId)?.seq ?? 0;
    const from = Math.max(0, last - lookBack);
    return store.events(sessionId, { from }).some(fits);
  }

  /** Since this device's last command: earlier it may have been called so, and otherwise again. Another
   * may have renamed it since. */
  function isRenamed({ sessionId, title }: Command & { kind: "rename" }, by: DeviceId): boolean {
    const last = store.session(sessionId)?.seq ?? 0;
    const events = store.events(sessionId, { from: Math.max(0, last - lookBack) });
    const before = events.findLastIndex(
      ({ type, data }) => type === "command.answered" && data.deviceId === by,
    );
    return events
      .slice(before + 1)
      .some(({ type, data }) => type === "session.renamed" && data.title === title.trim());
  }

  async function answerQuestion(command: Command & { kind: "answer" }): Promise<void> {
    const { sessionId, approvalId, answer, scope } = command;
    await calls["approval.answer"]({ sessionId, approvalId, answer, scope }, nobody);
  }

  async function stop({ sessionId, runId }: Command & { kind: "stop" }): Promise<void> {
    if (parts.runOf(sessionId) !== runId) throw hasEnded();
    await calls["session.stop"]({ sessionId }, nobody);
  }

  async function send(command: Command & { kind: "send" }): Promise<void> {
    const { sessionId, messageId, text, attachments, delivery } = command;
    for (const file of attachments) await parts.bring(file);
    const message = { sessionId, messageId, text, attachments, delivery };
    await calls["session.send"](message, nobody);
  }

  return {
    isDone(command, { device_id: deviceId }) {
      const { sessionId } = command;
      if (!store.session(sessionId)) return false;
      switch (command.kind) {
        case "send":
          return store.hasMessage(sessionId, command.messageId) !== null;
        case "answer":
          return isInLog(
            sessionId,
            ({ type, data }) =>
              type === "approval.answered" &&
              data.approvalId === command.approvalId &&
              data.answer === command.answer,
          );
        case "stop":
          return isInLog(
            sessionId,
            ({ type, data }) =>
              type === "run.finished" && data.runId === command.runId && data.outcome === "stopped",
          );
        case "rename":
          return isRenamed(command, deviceId);
      }
    },
    async run(command) {
      if (!store.session(command.sessionId)) throw noSession();
      switch (command.kind) {
        case "send":
          return send(command);
        case "answer":
          return answerQuestion(command);
        case "stop":
          return stop(command);
        case "rename":
          await calls["session.rename"](command, nobody);
      }
    },
    answered(row: CommandRow, kind, { outcome, error }: CommandAnswer) {
      if (!store.session(row.session_id)) return;
      const data = {
        ...{ commandId: row.command_id, deviceId: row.device_id, number: row.number },
        ...{ kind, outcome, ...(error === undefined ? {} : { error }) },
      };
      parts.append(row.session_id, { type: "command.answered", data });
    },
  };
}

const nobody: Connection = { push: () => undefined, onClose: () => undefined };

const hasEnded = () =>
  new AetheriaError("conflict", "That run had ended by itself before the stop arrived.");
const noSession = () =>
  new AetheriaError("not_found", "This session was deleted on the computer it belongs to.");
