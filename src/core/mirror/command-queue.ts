// A companion's commands: kept on this device first, numbered, and sent one after the other when the
// server answers; each stays until its answer was read and its row removed. Repeating any of it is
// harmless: the row's id is the same, and the host answers one command once.
import { AetheriaError, type ErrorCode, type ErrorData } from "../../contract/errors.ts";
import type { EventOf, SessionEvent } from "../../contract/events.ts";
import { CommandId, type DeviceId } from "../../contract/ids.ts";
import { CommandAnswer, type CommandRow } from "../../contract/mirror.ts";
import type { Clock, Ids } from "../ports.ts";
import { checkStanding, type Standing } from "./check-standing.ts";
import { commandPlace, signedText } from "./command-place.ts";
import { parseWith } from "./parse-with.ts";
import type { MirrorServer, Sealer, Signer } from "./ports.ts";
import type { KeptCommand, ReplicaStore, SentCommand, Wish } from "./replica-ports.ts";
import { createSerial } from "./serial.ts";

export type CommandQueueNeeds = {
  server: MirrorServer;
  sealer(): Sealer;
  signer: Signer;
  store: ReplicaStore;
  clock: Clock;
  ids: Ids;
  changed(): void;
};

export interface CommandQueue {
  load(): Promise<void>;
  /** Resolves once it is kept on this device. */
  add(wish: Wish, hostId: DeviceId): Promise<CommandId>;
  /** Takes back what was not sent, or forgets how it ended. */
  dismiss(commandId: CommandId): Promise<void>;
  list(): readonly SentCommand[];
  /** What became of those on the server is to be read there, and the server's time with it. */
  readAgain(): void;
  takeRow(row: CommandRow): Promise<void>;
  takeEvents(events: SessionEvent[]): void;
  /** The next request, if there is one to make. */
  step(signal: AbortSignal): Promise<boolean>;
  /** By the server's clock as far as it is known; null: not heard from it yet. */
  serverNow(): number | null;
}

/** The command itself is at fault: it must not hold up the others. */
const hopeless: ReadonlySet<ErrorCode> = new Set(["too_large", "bad_input"]);

/** So long the server's time is reckoned from this device's clock before it is asked for again. */
const timeHoldsMs = 60_000;

export function createCommandQueue(needs: CommandQueueNeeds): CommandQueue {
  const { server, store, signer, clock } = needs;
  const alone = createSerial();
  const commands = new Map<CommandId, KeptCommand>();
  const told: EventOf<"command.answered">["data"][] = [];
  /** The highest number seen on the server: a store that was lost begins again above it. */
  let highest = 0;
  let offsetMs: number | null = null;
  let timedAt = 0;
  let isReadDue = true;
  let hasRenumbered = false;

  const inOrder = () => [...commands.values()].sort((one, other) => one.number - other.number);

  async function save(command: KeptCommand): Promise<void> {
    await store.saveCommand(command);
    commands.set(command.commandId, command);
    needs.changed();
  }

  async function forget(commandId: CommandId): Promise<void> {
    await store.removeCommand(commandId);
    commands.delete(commandId);
    needs.changed();
  }

  /** Answers are final: a command that has one keeps it. */
  async function settle(command: KeptCommand, answer: CommandAnswer, isThere: boolean) {
    if (command.state === "done" || command.state === "refused") return;
    const { outcome: state, error = null } = answer;
    await save({ ...command, state, error, isThere });
  }

  async function takeRow(row: CommandRow): Promise<void> {
    const command = commands.get(row.command_id);
    if (!command || row.answer === null) return;
    const answer = await openAnswer(needs.sealer(), row, row.answer);
    if (answer) await settle(command, answer, true);
  }

  async function read(signal: AbortSignal): Promise<void> {
    const standing = await askTime(signal);
    const rows = await server.sentCommands(signer.deviceId, signal);
    const there = new Set(rows.map((row) => row.command_id));
    highest = Math.max(highest, ...rows.map((row) => row.number));
    await alone(async () => {
      for (const row of rows) await takeRow(row);
      for (const command of commands.values())
        if (command.state === "sent" && !there.has(command.commandId))
          await save({ ...command, state: "queued", isThere: false });
    });
    checkStanding(needs.sealer(), standing);
    isReadDue = false;
  }

  async function askTime(signal: AbortSignal): Promise<Standing> {
    const asked = clock.now();
    const { now, ...standing } = await server.commands(signer.deviceId, signal);
    takeTime(now, asked);
    return standing;
  }

  /** It was so late there at some moment between asking and now. */
  function takeTime(now: number, asked: number): void {
    const here = clock.now();
    timedAt = here;
    offsetMs = now - (here >= asked ? (asked + here) / 2 : here);
  }

  async function send(command: KeptCommand, signal: AbortSignal): Promise<void> {
    // This device's clock may have been set meanwhile.
    if (Math.abs(clock.now() - timedAt) > timeHoldsMs) await askTime(signal);
    const asked = clock.now();
    try {
      const row = await sealed(command);
      const { now } = await server.sendCommand(row, signal);
      takeTime(now, asked);
    } catch (error) {
      const problem = AetheriaError.toData(error);
      if (problem.code === "conflict" && !hasRenumbered) return renumber(signal);
      if (!hopeless.has(problem.code)) throw error;
      return alone(() => settle(command, { outcome: "refused", error: problem }, false));
    }
    await alone(async () => {
      const current = commands.get(command.commandId);
      // Taken back, or answered, while it was on its way.
      if (current?.state === "queued") await save({ ...current, state: "sent", isThere: true });
      else if (current) await save({ ...current, isThere: true });
    });
    hasRenumbered = false;
  }

  async function sealed(command: KeptCommand) {
    const { commandId, hostId, wish, number, askedAt } = command;
    const sealer = needs.sealer();
    const offset = offsetMs ?? 0;
    // A message still holds when the net is back; an answer and a stop are of the moment they were given.
    const isLasting = wish.kind === "send" || wish.kind === "rename";
    const issuedAt = Math.round((isLasting ? clock.now() : askedAt) + offset);
    const place = {
      command_id: commandId,
      device_id: signer.deviceId,
      host_id: hostId,
      session_id: wish.sessionId,
      number,
    };
    const { generation } = sealer;
    const text = JSON.stringify({ ...wish, issuedAt });
    const payload = await sealer.seal("command", commandPlace(place), text);
    const row = { ...place, generation, payload };
    return { ...row, signature: await signer.sign(signedText(row)) };
  }

  /** The server knows numbers of this device that its store does not: those that wait go above them. */
  async function renumber(signal: AbortSignal): Promise<void> {
    hasRenumbered = true;
    const rows = await server.sentCommands(signer.deviceId, signal);
    const there = new Set(rows.map((row) => row.command_id));
    highest = Math.max(highest, ...rows.map((row) => row.number));
    await alone(async () => {
      for (const { number: _, ...command } of inOrder()) {
        if (command.state !== "queued" || there.has(command.commandId)) continue;
        const added = await store.addCommand(command, highest);
        commands.set(added.commandId, added);
      }
    });
  }

  async function tidy(over: KeptCommand[], signal: AbortSignal): Promise<void> {
    const there = over.filter((command) => command.isThere);
    const ids = there.map((command) => command.commandId);
    if (ids.length > 0) await server.removeCommands(ids, signal);
    await alone(async () => {
      for (const { commandId } of over) {
        const command = commands.get(commandId);
        if (command?.state === "done") await forget(commandId);
        else if (command) await save({ ...command, isThere: false });
      }
    });
  }

  async function takeTold(): Promise<void> {
    for (const { commandId, outcome, error } of told.splice(0)) {
      const command = commands.get(commandId);
      if (command) await settle(command, { outcome, ...(error ? { error } : {}) }, true);
    }
  }

  return {
    async load() {
      for (const command of await store.commands()) commands.set(command.commandId, command);
      needs.changed();
    },
    add: (wish, hostId) =>
      alone(async () => {
        const commandId = CommandId.parse(needs.ids.next());
        const askedAt = clock.now();
        const fresh = { state: "queued", error: null, isThere: false } as const;
        const command = { commandId, hostId, wish, askedAt, ...fresh };
        commands.set(commandId, await store.addCommand(command, highest));
        needs.changed();
        return commandId;
      }),
    dismiss: (commandId) =>
      alone(async () => {
        const command = commands.get(commandId);
        if (!command || command.state === "sent") return;
        if (command.state === "refused" && !command.isThere) return forget(commandId);
        // It may have reached the server though nobody heard of it: its row goes too.
        await save({ ...command, state: "done", error: null, isThere: true });
      }),
    list: inOrder,
    readAgain() {
      isReadDue = true;
    },
    takeRow: (row) => alone(() => takeRow(row)),
    takeEvents(events) {
      for (const event of events)
        if (event.type === "command.answered" && commands.has(event.data.commandId))
          told.push(event.data);
    },
    async step(signal) {
      if (told.length > 0) await alone(takeTold);
      if (isReadDue) return read(signal).then(() => true);
      const over = inOrder().filter(
        ({ state, isThere }) => state === "done" || (state === "refused" && isThere),
      );
      if (over.length > 0) return tidy(over, signal).then(() => true);
      const next = inOrder().find((command) => command.state === "queued");
      if (next) await send(next, signal);
      return next !== undefined;
    },
    serverNow: () => (offsetMs === null ? null : clock.now() + offsetMs),
  };
}

/** The row says which key sealed the command; the answer may be sealed with a later one. null: this
 * device has no key for it, or it is not the host's. */
async function openAnswer(
  sealer: Sealer,
  row: CommandRow,
  answer: string,
): Promise<CommandAnswer | null> {
  for (let generation = sealer.generation; generation >= row.generation; generation--) {
    try {
      const text = await sealer.open("answer", commandPlace(row), generation, answer);
      return parseWith(CommandAnswer, text) ?? unreadable;
    } catch (error) {
      const { code } = AetheriaError.toData(error);
      if (code !== "tampered" && code !== "locked") throw error;
    }
  }
  return null;
}

const noVersion: ErrorData = {
  code: "part_missing",
  message: "Your desktop answered in a way that this version of Aetheria does not know.",
  hint: "Update Aetheria on this device.",
  retryable: false,
};
const unreadable: CommandAnswer = { outcome: "refused", error: noVersion };
