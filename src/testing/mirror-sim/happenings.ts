// What may happen in a simulated schedule. Each is a few lines: who does what, and when it ends.
import type { NewEvent } from "../../contract/events.ts";
import { ApprovalId, MessageId, RunId, SessionId } from "../../contract/ids.ts";
import type { MirrorChoice } from "../../contract/mirror.ts";
import type { Wish } from "../../core/mirror/replica-ports.ts";
import { mostGenerations } from "./account.ts";
import { marker } from "./script.ts";
import type { SimCompanion } from "./sim-companion.ts";
import type { SimDevice, SimWorld } from "./sim-device.ts";
import type { SimHost } from "./sim-host.ts";

export type Sim = SimWorld & {
  host: SimHost;
  companions: SimCompanion[];
  scripts: NewEvent[][];
  /** Nothing goes wrong any more. */
  isCalm: boolean;
  /** How long the schedule lasts before it is calm. */
  durationMs: number;
  count: number;
  /** Where each session is in its script. */
  places: Map<SessionId, { script: NewEvent[]; at: number }>;
};

const choices: MirrorChoice[] = ["all", "all", "all", "text", "none"];
const usage = { inputTokens: 1, outputTokens: 1, cachedTokens: 0, costUsd: null };
const said = (sim: Sim) => `${marker} ${++sim.count}`;

const anySession = (sim: Sim): SessionId | null => {
  const ids = [...sim.host.disk.sessions.keys()];
  return ids.length === 0 ? null : sim.chance.pick(ids);
};

export function createSession(sim: Sim): void {
  const sessionId = SessionId.parse(`session-${++sim.count}`);
  sim.places.set(sessionId, { script: sim.chance.pick(sim.scripts), at: 0 });
  sim.host.disk.create(sessionId, sim.chance.pick(choices), said(sim));
}

export function work(sim: Sim, most = 12): void {
  const sessionId = anySession(sim);
  const place = sessionId && sim.places.get(sessionId);
  if (!sessionId || !place) return;
  const events: NewEvent[] = [];
  for (let left = sim.chance.int(1, most); left > 0; left--) {
    const event = place.script[place.at++ % place.script.length];
    if (event) events.push(event);
  }
  sim.host.disk.append(sessionId, events);
}

/** A reply that streams for a while, in pieces. */
function stream(sim: Sim): void {
  const sessionId = anySession(sim);
  if (!sessionId) return;
  const runId = RunId.parse(`run-${++sim.count}`);
  const open = { kind: "text" as const, runId, turn: 1 };
  let text = "";
  const mortal = sim.host.device.life();
  const tick = (left: number) => {
    const session = sim.host.disk.sessions.get(sessionId);
    if (!session || mortal !== sim.host.device.life() || mortal?.isDead) return;
    if (left === 0) {
      session.open = { openTexts: [], openOutputs: [] };
      const data = { runId, turn: 1, text, partial: false };
      return sim.host.disk.append(sessionId, [{ type: "text.finished", data }]);
    }
    text += `${said(sim)} `;
    sim.host.disk.setOpen(sessionId, { openTexts: [{ ...open, text }], openOutputs: [] });
    sim.host.engine().openChanged(sessionId);
    sim.time.after(sim.chance.int(20, 400), () => tick(left - 1));
  };
  tick(sim.chance.int(1, 8));
}

function ask(sim: Sim): void {
  const sessionId = anySession(sim);
  if (!sessionId) return;
  const companion = sim.chance.pick(sim.companions);
  companion.ask(anyWish(sim, sessionId));
}

function anyWish(sim: Sim, sessionId: SessionId): Wish {
  const text = said(sim);
  const messageId = MessageId.parse(`message-from-afar-${sim.count}`);
  return sim.chance.pick<Wish>([
    { kind: "send", sessionId, messageId, text, attachments: [], delivery: "auto" },
    { kind: "send", sessionId, messageId, text, attachments: [], delivery: "queue" },
    { kind: "rename", sessionId, title: text },
    { kind: "stop", sessionId, runId: RunId.parse(`run-to-stop-${sim.count}`) },
  ]);
}

/** Both companions answer the same question, perhaps differently; or stop the same run. */
function dispute(sim: Sim): void {
  const sessionId = anySession(sim);
  if (!sessionId) return;
  const approvalId = ApprovalId.parse(`approval-${++sim.count}`);
  const runId = RunId.parse(`run-${sim.count}`);
  const model = { provider: "test", name: "model" };
  const messageId = MessageId.parse(`message-${sim.count}`);
  sim.host.disk.append(sessionId, [
    { type: "run.started", data: { runId, messageId, model, mode: "ask", resumed: false } },
    {
      type: "approval.requested",
      data: {
        approval: {
          ...{ approvalId, runId, callId: null, kind: "tool", why: said(sim) },
          view: { title: said(sim), sentence: said(sim), fields: [] },
          ...{ answers: ["allow", "deny"], scopes: ["once"] },
        },
      },
    },
  ]);
  for (const companion of sim.companions)
    sim.time.after(sim.chance.int(0, 120_000), () => {
      const answer = sim.chance.pick(["allow", "deny"] as const);
      companion.ask({ kind: "answer", sessionId, approvalId, answer, scope: "once" });
      if (sim.chance.is(0.3)) companion.ask({ kind: "stop", sessionId, runId });
    });
}

function finishRun(sim: Sim): void {
  const sessionId = anySession(sim);
  const started = sessionId && sim.host.disk.sessions.get(sessionId)?.events.findLast(isRun);
  if (!sessionId || started?.type !== "run.started") return;
  const data = { runId: started.data.runId, outcome: "done" as const, usage, steps: 1, ms: 1 };
  sim.host.disk.append(sessionId, [{ type: "run.finished", data }]);
}
const isRun = ({ type }: { type: string }) => type === "run.started";

/** A host one version newer writes what a companion does not know yet. */
function writeUnknown(sim: Sim): void {
  const all = [...sim.host.disk.sessions].filter(([, { choice }]) => choice === "all");
  const [sessionId] = all.length > 0 ? sim.chance.pick(all) : [];
  const unknown = { type: "robot.moved", data: { text: said(sim) } };
  if (sessionId) sim.host.disk.append(sessionId, [JSON.parse(JSON.stringify(unknown))]);
}

const devices = (sim: Sim): SimDevice[] => [
  sim.host.device,
  ...sim.companions.map((companion) => companion.device),
];

function goOffline(sim: Sim): void {
  const device = sim.chance.pick(devices(sim));
  device.network.setUp(false);
  const backIn = Math.round(sim.durationMs * sim.chance.pick([0.02, 0.1, 0.4]));
  sim.time.after(backIn, () => device.network.setUp(true));
}

function killHost(sim: Sim): void {
  sim.host.device.life()?.dieIn(sim.chance.int(1, 40));
  sim.time.after(sim.chance.int(1_000, 60_000), () => reviveHost(sim));
}

export function reviveHost(sim: Sim): void {
  const { disk } = sim.host;
  if (sim.host.isAlive()) return;
  for (const [sessionId, session] of disk.sessions) {
    const [open] = session.open.openTexts;
    session.open = { openTexts: [], openOutputs: [] };
    if (!open) continue;
    const { runId, turn, text } = open;
    disk.append(sessionId, [{ type: "text.finished", data: { runId, turn, text, partial: true } }]);
  }
  sim.host.start();
}

/** Not only the process: what was not on the disk is lost, and written otherwise afterwards. */
function cutPower(sim: Sim): void {
  const sessionId = anySession(sim);
  if (!sessionId) return;
  sim.host.device.life()?.die();
  sim.host.disk.loseTail(sessionId, sim.chance.int(1, 5));
  sim.time.after(sim.chance.int(1_000, 60_000), () => {
    reviveHost(sim);
    if (sim.host.disk.sessions.has(sessionId) && sim.chance.is(0.7)) work(sim, 4);
  });
}

function killCompanion(sim: Sim): void {
  const companion = sim.chance.pick(sim.companions);
  companion.device.life()?.dieIn(sim.chance.int(1, 60));
  sim.time.after(sim.chance.int(1_000, 60_000), () => {
    if (companion.device.life()?.isDead) companion.start();
  });
}

const dayMs = 86_400_000;
export function setClock(sim: Sim, device = sim.chance.pick(devices(sim))): void {
  device.skewMs = sim.chance.int(-dayMs, dayMs);
}

function rotate(sim: Sim): void {
  const { device } = sim.host;
  if (device.generation >= mostGenerations) return;
  device.generation += 1;
  sim.host.engine().wake();
  for (const companion of sim.companions)
    sim.time.after(Math.round(sim.chance.pick([0, 0.05, 0.2]) * sim.durationMs), () => {
      companion.device.generation = Math.max(companion.device.generation, device.generation);
      companion.replica().wake();
    });
}

function signOut(sim: Sim): void {
  sim.user.signOut();
  sim.time.after(sim.chance.int(1_000, 300_000), () => {
    sim.user.signIn();
    sim.host.engine().wake();
    for (const companion of sim.companions) companion.replica().wake();
  });
}

/** Its tables are of another version until somebody runs the migrations. */
function migrate(sim: Sim): void {
  sim.user.setReady(false);
  sim.time.after(sim.chance.int(1_000, 900_000), () => sim.user.setReady(true));
}

function forget(sim: Sim): void {
  const sessionId = anySession(sim);
  const row = sessionId && sim.user.tables.session(sessionId);
  if (row && row.deleted_at === null)
    sim.user.tables.forget(row.session_id, sim.chance.int(0, row.seq));
}

function remove(sim: Sim): void {
  const sessionId = anySession(sim);
  if (sessionId && sim.host.disk.sessions.size > 1) sim.host.disk.delete(sessionId);
}

function choose(sim: Sim): void {
  const sessionId = anySession(sim);
  if (!sessionId) return;
  sim.host.disk.choose(sessionId, sim.chance.pick(["all", "text", "none"] as const));
  if (sim.chance.is(0.4))
    sim.time.after(sim.chance.int(10, 30_000), () => {
      if (sim.host.isAlive() && sim.host.disk.sessions.has(sessionId))
        sim.host.disk.choose(sessionId, sim.chance.pick(["all", "text", "none"] as const));
    });
}

function look(sim: Sim): void {
  const sessionId = anySession(sim);
  const companion = sim.chance.pick(sim.companions);
  if (sessionId && companion.device.life()?.isDead === false) companion.watch(sessionId);
}

function lookBack(sim: Sim): void {
  const companion = sim.chance.pick(sim.companions);
  const sessionId = anySession(sim);
  if (!sessionId || companion.device.life()?.isDead) return;
  const before = sim.chance.int(1, sim.host.disk.sessions.get(sessionId)?.events.length ?? 1);
  const signal = new AbortController().signal;
  companion
    .replica()
    .history(sessionId, before, 10, signal)
    .catch(() => undefined);
}

/** How often each comes, and whether the host must be alive for it. */
export const happenings: readonly [
  weight: number,
  needsHost: boolean,
  happen: (sim: Sim) => void,
][] = [
  [10, true, work],
  [5, true, stream],
  [3, true, createSession],
  [8, false, ask],
  [4, true, dispute],
  [2, true, finishRun],
  [1, true, writeUnknown],
  [5, false, goOffline],
  [4, false, killHost],
  [1, false, cutPower],
  [3, false, killCompanion],
  [2, false, setClock],
  [1, true, rotate],
  [1, false, (sim) => sim.user.expireTokens()],
  [1, true, signOut],
  [1, false, migrate],
  [1, false, forget],
  [2, true, remove],
  [4, true, choose],
  [4, false, look],
  [2, false, lookBack],
];
