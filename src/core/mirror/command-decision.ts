// What a host does with a command from afar: run it, answer it, or leave it for later. Pure: whoever
// asks has looked everything up, `issuedAt` and `now` are by the server's clock.
import type { ErrorCode, ErrorData } from "../../contract/errors.ts";
import {
  commandLifetimeMs,
  type Command,
  type CommandAnswer,
  type CommandRow,
} from "../../contract/mirror.ts";

/** Whether the row is from the device it names. `locked`: its card is sealed with a key this host
 * lacks, so nobody can tell yet. */
export type Sender = "known" | "revoked" | "unknown" | "forged" | "locked";

export type CommandFacts = {
  row: Pick<CommandRow, "number" | "session_id">;
  /** How this very command was answered before. */
  answered: CommandAnswer | null;
  /** The highest number of this device that was answered. */
  lastNumber: number;
  sender: Sender;
  /** `locked`: sealed with a key this host lacks. null: not what a device of this version writes. */
  command: Command | "locked" | null;
  /** Its effect is in the log already. Not asked where there is no command. */
  isDone: boolean;
  now: number;
};

/** `isLogged` false: nobody of this account wrote it, or the log has it already. */
export type CommandDecision =
  | { kind: "run"; command: Command }
  | { kind: "answer"; answer: CommandAnswer; isLogged: boolean }
  | { kind: "wait"; error: ErrorData };

export function decideCommand(facts: CommandFacts): CommandDecision {
  const { row, answered, sender, command, now } = facts;
  if (answered) return { kind: "answer", answer: answered, isLogged: false };
  if (sender === "locked") return { kind: "wait", error: lockedOut };
  if (sender === "unknown") return { ...refusal(unknownDevice), isLogged: false };
  if (sender === "forged") return { ...refusal(forged), isLogged: false };
  // An effect that is there is never denied, whatever has become of the device since.
  if (facts.isDone) return { kind: "answer", answer: { outcome: "done" }, isLogged: true };
  if (sender === "revoked") return refusal(revoked);
  if (row.number <= facts.lastNumber) return refusal(overtaken);
  if (command === "locked") return { kind: "wait", error: lockedOut };
  if (command === null || command.sessionId !== row.session_id) return refusal(unreadable);
  if (now - command.issuedAt > commandLifetimeMs) return refusal(expired);
  if (command.issuedAt - now > commandLifetimeMs) return refusal(ahead);
  return { kind: "run", command };
}

type Refusal = Extract<CommandDecision, { kind: "answer" }>;

const refusal = (error: ErrorData): Refusal => ({
  kind: "answer",
  answer: { outcome: "refused", error },
  isLogged: true,
});

const sentence = (code: ErrorCode, message: string, hint: string): ErrorData => ({
  code,
  message,
  hint,
  retryable: false,
});

const expired = sentence(
  "expired",
  "This came more than 10 minutes after it was asked for, so it was not done.",
  "Look at how things stand now, and ask again.",
);
const ahead = sentence(
  "expired",
  "This says it was asked for in the future, so it was not done.",
  "Open the companion again while it is online: it takes the server's time anew.",
);
const overtaken = sentence(
  "conflict",
  "A later command of this device was here before, so this one was not done.",
  "Look at how things stand now, and ask again.",
);
const revoked = sentence(
  "revoked",
  "This device may no longer command this computer.",
  "Link it again from the computer, in Connections → Mirror.",
);
const unknownDevice = sentence(
  "revoked",
  "This computer does not know the device that asked.",
  "Link the device from the computer, in Connections → Mirror.",
);
const forged = sentence(
  "tampered",
  "This was not signed by the device it names, so it was not done.",
  "If you asked for it yourself, link the device again in Connections → Mirror.",
);
const unreadable = sentence(
  "bad_input",
  "This computer does not understand what was asked.",
  "Update Aetheria on this computer.",
);
const lockedOut: ErrorData = sentence(
  "locked",
  "A command came that is sealed with a newer key than this computer has.",
  "Enter the passphrase again in Connections → Mirror.",
);
