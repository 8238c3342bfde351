// What must hold in the end: one log everywhere, byte for byte; each command once or refused, in order;
// nothing that the server could read.
import type { SessionEvent } from "../../contract/events.ts";
import type { SessionId } from "../../contract/ids.ts";
import type { Wish } from "../../core/mirror/replica-ports.ts";
import { textOnlyEvent } from "../../core/mirror/text-only.ts";
import type { Sim } from "./happenings.ts";
import { marker } from "./script.ts";
import type { SimCompanion } from "./sim-companion.ts";

const mirrored = (sim: Sim) =>
  [...sim.host.disk.sessions].filter(([, { choice }]) => choice !== "none");

/** Cheap, and asked often: nobody has anything left to do. */
export function isSettled(sim: Sim): boolean {
  const state = sim.host.engine().state();
  if (state.phase !== "up_to_date" || state.waitingEvents > 0) return false;
  return sim.companions.every((companion) => {
    const kept = new Map(
      companion
        .replica()
        .sessions()
        .map((one) => [one.summary.sessionId, one]),
    );
    const all = mirrored(sim);
    return (
      companion.replica().state().phase === "live" &&
      kept.size === all.length &&
      all.every(([id, { events }]) => kept.get(id)?.keptSeq === events.length) &&
      companion.list().every(({ state }) => state === "refused")
    );
  });
}

/** Pages back to the beginning of everything, as a person would. */
export async function readWhole(sim: Sim): Promise<void> {
  const signal = new AbortController().signal;
  const reading = sim.companions.flatMap((companion) =>
    mirrored(sim).map(([id, { events }]) =>
      companion.replica().history(id, events.length + 1, events.length, signal),
    ),
  );
  const done = Promise.allSettled(reading);
  await sim.time.pass(60_000);
  await done;
}

export async function differences(sim: Sim): Promise<string[]> {
  const found: string[] = [];
  if (!isSettled(sim)) found.push(`it did not come to rest: ${describe(sim)}`);
  for (const companion of sim.companions) {
    found.push(...(await logDifferences(sim, companion)));
    found.push(...commandDifferences(sim, companion));
    found.push(...companion.problems);
  }
  found.push(...doubleEffects(sim));
  if (sim.user.tables.dump().includes(marker)) found.push("the server can read what was said");
  return found;
}

function describe(sim: Sim): string {
  const lists = sim.companions.map(({ replica, list }) => ({
    ...replica().state(),
    kept: replica()
      .sessions()
      .map((one) => [one.summary.sessionId, one.keptSeq, one.problem?.code]),
    commands: list().filter(({ state }) => state !== "refused"),
  }));
  const log = mirrored(sim).map(([id, { events, choice }]) => [id, events.length, choice]);
  return JSON.stringify({ host: sim.host.engine().state(), log, lists });
}

async function logDifferences(sim: Sim, { signer, kept }: SimCompanion): Promise<string[]> {
  const found: string[] = [];
  for (const [id, { events, choice }] of mirrored(sim)) {
    const texts = await kept(id);
    const expected = events.map((event) => textOf(event, choice === "text"));
    const at = expected.findIndex((text, index) => text !== texts[index]);
    if (texts.length !== expected.length || at >= 0)
      found.push(
        `${signer.deviceId} has of ${id} (${choice}) ${texts.length} of ${expected.length}; first other ${at + 1}: ${texts[at]} instead of ${expected[at]}`,
      );
  }
  return found;
}

const textOf = (event: SessionEvent, isText: boolean): string =>
  JSON.stringify(isText ? textOnlyEvent(event) : event);

const keyOf = (wish: Wish): string =>
  wish.kind === "send"
    ? wish.messageId
    : wish.kind === "rename"
      ? wish.title
      : wish.kind === "stop"
        ? `stop ${wish.runId}`
        : `${wish.approvalId} ${wish.answer}`;

function commandDifferences(sim: Sim, companion: SimCompanion): string[] {
  const found: string[] = [];
  const refused = new Set(companion.list().map((one) => one.commandId));
  const isThere = (id: SessionId) => sim.host.disk.sessions.has(id);
  for (const [id, { wish }] of companion.asked) {
    if (!isThere(wish.sessionId)) continue;
    const answered = sim.host.disk.answers.get(id)?.answer;
    const expected = refused.has(id) ? "refused" : "done";
    if (answered === undefined)
      found.push(`${id} (${wish.kind}) was never answered, and is shown as ${expected}`);
    else if (answered.outcome !== expected)
      found.push(`${id} (${wish.kind}) was ${answered.outcome}, and is shown as ${expected}`);
    if (answered?.outcome === "refused" && !answered.error) found.push(`${id} has no reason`);
    const isDone = sim.host.disk.effects.some(({ command }) => keyOf(command) === keyOf(wish));
    const isSame = isDone === (answered?.outcome === "done");
    if (!isSame && (wish.kind === "send" || wish.kind === "rename"))
      found.push(`${id} (${wish.kind}) was ${answered?.outcome}, but its effect says otherwise`);
  }
  return found;
}

/** Effects by device: none twice, and in the order of their numbers. */
function doubleEffects(sim: Sim): string[] {
  const found: string[] = [];
  const seen = new Set<string>();
  const lasts = new Map<SimCompanion, number>();
  for (const { command } of sim.host.disk.effects) {
    const key = keyOf(command);
    if (seen.has(key)) found.push(`twice: ${key}`);
    seen.add(key);
    if (command.kind !== "send" && command.kind !== "rename") continue;
    for (const companion of sim.companions)
      for (const { wish, number } of companion.asked.values()) {
        if (keyOf(wish) !== key) continue;
        if (number < (lasts.get(companion) ?? 0)) found.push(`out of order: ${key}`);
        lasts.set(companion, number);
      }
  }
  return found;
}
