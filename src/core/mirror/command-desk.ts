// Takes the commands that wait for this host, in order of device and number, and answers each: in the
// log first, then in its row. It decides nothing itself (command-decision.ts) and runs nothing twice.
import { AetheriaError, type ErrorData } from "../../contract/errors.ts";
import type { DeviceId } from "../../contract/ids.ts";
import {
  Command,
  DeviceCard,
  type CommandAnswer,
  type CommandRow,
  type DeviceRow,
} from "../../contract/mirror.ts";
import { decideCommand, type CommandFacts, type Sender } from "./command-decision.ts";
import { commandPlace, signedText } from "./command-place.ts";
import { checkStanding } from "./check-standing.ts";
import { parseWith } from "./parse-with.ts";
import type { CommandRunner, MirrorLog, MirrorServer, Sealer, Verify } from "./ports.ts";

export type CommandDeskNeeds = {
  hostId: DeviceId;
  log: MirrorLog;
  server: MirrorServer;
  sealer(): Sealer;
  verify: Verify;
  runner: CommandRunner;
};

/** Returns why some of them must wait for the person, if they must. Throws what the server throws, and
 * `revoked` or `locked` where this host may do nothing more (check-standing.ts). */
export async function takeCommands(
  needs: CommandDeskNeeds,
  signal: AbortSignal,
): Promise<ErrorData | null> {
  const { now, rows, ...standing } = await needs.server.commands(needs.hostId, signal);
  checkStanding(needs.sealer(), standing);
  if (rows.length === 0) return null;
  const devices = new Map<DeviceId, DeviceRow>();
  for (const device of await needs.server.devices(signal)) devices.set(device.device_id, device);
  const held = new Map<DeviceId, ErrorData>();
  for (const row of inOrder(rows)) {
    signal.throwIfAborted();
    // What follows a command that must wait would overtake it.
    if (held.has(row.device_id)) continue;
    const error = await takeCommand(needs, row, devices.get(row.device_id), now, signal);
    if (error) held.set(row.device_id, error);
  }
  return [...held.values()][0] ?? null;
}

const inOrder = (rows: CommandRow[]): CommandRow[] =>
  rows.toSorted((one, other) =>
    one.device_id === other.device_id
      ? one.number - other.number
      : one.device_id < other.device_id
        ? -1
        : 1,
  );

async function takeCommand(
  needs: CommandDeskNeeds,
  row: CommandRow,
  device: DeviceRow | undefined,
  now: number,
  signal: AbortSignal,
): Promise<ErrorData | null> {
  const { log, runner } = needs;
  const answered = log.answered(row.command_id);
  const sender = answered ? "known" : await senderOf(needs, row, device);
  const command = answered || !isOurs(sender) ? null : await openCommand(needs.sealer(), row);
  const facts: CommandFacts = {
    row,
    answered,
    lastNumber: log.lastNumber(row.device_id),
    sender,
    command,
    isDone:
      isReadable(command) && command.sessionId === row.session_id && runner.isDone(command, row),
    now,
  };
  const decision = decideCommand(facts);
  if (decision.kind === "wait") return decision.error;
  const answer = decision.kind === "answer" ? decision.answer : await run(runner, decision.command);
  if (decision.kind === "run" || decision.isLogged)
    runner.answered(row, isReadable(command) ? command.kind : null, answer);
  const sealed = await needs.sealer().seal("answer", commandPlace(row), JSON.stringify(answer));
  await needs.server.answerCommand(row.command_id, sealed, signal);
  return null;
}

const isOurs = (sender: Sender): boolean => sender === "known" || sender === "revoked";
const isReadable = (command: Command | "locked" | null): command is Command =>
  command !== null && command !== "locked";

async function run(runner: CommandRunner, command: Command): Promise<CommandAnswer> {
  try {
    await runner.run(command);
    return { outcome: "done" };
  } catch (error) {
    return { outcome: "refused", error: AetheriaError.toData(error) };
  }
}

/** What counts is the key in the card, which the server cannot change. */
async function senderOf(
  { sealer, verify }: CommandDeskNeeds,
  row: CommandRow,
  device: DeviceRow | undefined,
): Promise<Sender> {
  if (!device) return "unknown";
  const place = [device.device_id, device.kind];
  const opened = await openOr(() => sealer().open("device", place, device.generation, device.card));
  if (opened === "locked") return "locked";
  const card = parseWith(DeviceCard, opened);
  if (!card || card.publicKey !== device.public_key) return "forged";
  const isSigned = await verify(card.publicKey, row.signature, signedText(row));
  if (!isSigned) return "forged";
  return device.revoked_at === null ? "known" : "revoked";
}

async function openCommand(sealer: Sealer, row: CommandRow): Promise<Command | "locked" | null> {
  const opened = await openOr(() =>
    sealer.open("command", commandPlace(row), row.generation, row.payload),
  );
  return opened === "locked" ? opened : parseWith(Command, opened);
}

/** null: it was changed on the way. */
async function openOr(open: () => Promise<string>): Promise<string | "locked" | null> {
  try {
    return await open();
  } catch (error) {
    const { code } = AetheriaError.toData(error);
    if (code === "locked") return "locked";
    if (code === "tampered") return null;
    throw error;
  }
}
