// One schedule: a seed decides all that happens, hours pass in milliseconds, then everything is
// connected for a while and must agree.
import { DeviceId } from "../../contract/ids.ts";
import { createFakeMirrorServer } from "../fake-mirror-server.ts";
import { enrol, fastAccount, realAccount } from "./account.ts";
import { createChance, type Chance } from "./chance.ts";
import { differences, isSettled, readWhole } from "./agreement.ts";
import { createSession, happenings, reviveHost, setClock, work, type Sim } from "./happenings.ts";
import { makeScripts } from "./script.ts";
import { createSimCompanion } from "./sim-companion.ts";
import { createSimHost } from "./sim-host.ts";
import { fairWeather, type Weather } from "./sim-network.ts";
import { createVirtualTime } from "./virtual-time.ts";

const minuteMs = 60_000;
const start = Date.UTC(2026, 0, 1);

export type Schedule = { seed: number; crypto: "fast" | "real" };

/** What does not agree in the end, as sentences; none is right. */
export async function runSchedule(
  { seed, crypto }: Schedule,
  scripts = makeScripts(),
): Promise<string[]> {
  const chance = createChance(seed);
  const time = createVirtualTime(start);
  const account = crypto === "fast" ? fastAccount() : await realAccount(time);
  const serverSkewMs = chance.int(-minuteMs, minuteMs);
  const user = createFakeMirrorServer(() => time.now() + serverSkewMs).newUser();
  const world = { time, chance, user, account };
  const sign = (name: string) => account.signer(DeviceId.parse(name));
  const [host, one, two] = [await sign("host"), await sign("phone-1"), await sign("phone-2")];
  const durationMs = chance.pick([2, 2, 5, 5, 10, 10, 30, 30, 60, 300]) * minuteMs;
  const sim: Sim = {
    ...world,
    host: createSimHost(world, host),
    companions: [one, two].map((signer) => createSimCompanion(world, signer)),
    ...{ scripts, isCalm: false, durationMs, count: 0, places: new Map() },
  };
  const [sealer] = account.sealers;
  if (sealer)
    for (const signer of [host, one, two])
      await enrol(user.tables, sealer, signer, signer === host ? "host" : "companion");

  begin(sim);
  await time.pass(durationMs);
  calm(sim);
  return settle(sim);
}

function begin(sim: Sim): void {
  const { chance, host, companions, time, durationMs } = sim;
  for (const device of [host.device, ...companions.map((one) => one.device)]) {
    if (chance.is(0.5)) setClock(sim, device);
    device.network.weather = weather(chance);
  }
  for (let count = chance.int(1, 3); count > 0; count--) createSession(sim);
  host.start();
  for (const companion of companions) companion.start();
  for (let count = chance.int(10, 30); count > 0; count--)
    time.after(chance.int(0, durationMs), () => happen(sim));
}

function happen(sim: Sim): void {
  const all = happenings.filter(([, needsHost]) => !needsHost || sim.host.isAlive());
  let left = sim.chance.next() * all.reduce((sum, [weight]) => sum + weight, 0);
  const found = all.find(([weight]) => (left -= weight) < 0);
  found?.[2](sim);
}

const weather = (chance: Chance): Weather => ({
  lostRequests: chance.pick([0, 0.05, 0.3]),
  lostAnswers: chance.pick([0, 0.05, 0.3]),
  repeated: chance.pick([0, 0.1]),
  refused: chance.pick([0, 0.05]),
  lostNews: chance.pick([0, 0.1, 0.5]),
  doubledNews: chance.pick([0, 0.2]),
  slowestMs: chance.pick([20, 400, 5_000]),
});

/** From here on nothing goes wrong, and something happens everywhere once more. */
function calm(sim: Sim): void {
  sim.isCalm = true;
  sim.user.signIn();
  sim.user.setReady(true);
  reviveHost(sim);
  sim.host.device.life()?.dieIn(Infinity);
  sim.host.device.network.weather = fairWeather;
  sim.host.device.network.setUp(true);
  for (const { device, start } of sim.companions) {
    if (device.life()?.isDead) start();
    device.life()?.dieIn(Infinity);
    device.network.weather = fairWeather;
    device.network.setUp(true);
    device.generation = sim.host.device.generation;
  }
  for (const sessionId of sim.host.disk.sessions.keys())
    sim.host.disk.append(sessionId, [{ type: "session.archived", data: { archived: false } }]);
  work(sim);
  sim.host.engine().wake();
  for (const companion of sim.companions) companion.replica().wake();
}

async function settle(sim: Sim): Promise<string[]> {
  // Whatever was begun before it was calm comes to its end first.
  await sim.time.pass(sim.chance.int(1, 10) * minuteMs);
  calm(sim);
  for (let tries = 0; tries < 30 && !isSettled(sim); tries++) await sim.time.pass(minuteMs);
  if (isSettled(sim)) await readWhole(sim);
  return differences(sim);
}
