// What the simulated host and companions have in common: a clock that is wrong, a network, keys, and
// one life after another.
import type { Clock } from "../../core/ports.ts";
import type { MirrorServer, Sealer } from "../../core/mirror/ports.ts";
import { AetheriaError } from "../../contract/errors.ts";
import type { FakeMirrorUser } from "../fake-mirror-server.ts";
import type { SimAccount } from "./account.ts";
import type { Chance } from "./chance.ts";
import { createMortal, waiting, type Mortal } from "./mortal.ts";
import { createSimNetwork, type SimNetwork } from "./sim-network.ts";
import type { VirtualTime } from "./virtual-time.ts";

export type SimWorld = {
  time: VirtualTime;
  chance: Chance;
  user: FakeMirrorUser;
  account: SimAccount;
};

/** What one life is made of. */
export type Life = { mortal: Mortal; server: MirrorServer; clock: Clock; sealer(): Sealer };

export interface SimDevice {
  readonly network: SimNetwork;
  skewMs: number;
  /** The newest key it has. */
  generation: number;
  now(): number;
  /** Ends the life before, if there is one. */
  begin(start: (life: Life) => void): void;
  life(): Mortal | null;
}

export function createSimDevice({ time, chance, user, account }: SimWorld): SimDevice {
  const network = createSimNetwork(time, chance);
  let mortal: Mortal | null = null;
  const device: SimDevice = {
    network,
    skewMs: 0,
    generation: 1,
    now: () => time.now() + device.skewMs,
    life: () => mortal,
    begin(start) {
      mortal?.die();
      const life = createMortal(() => undefined);
      mortal = life;
      start({
        mortal: life,
        server: openServer(life),
        clock: clockOf(life),
        sealer: () => account.sealers[device.generation - 1] ?? fail(),
      });
    },
  };

  function openServer(life: Mortal): MirrorServer {
    const server = user.open({
      ...network,
      // What was on its way when it died does not arrive later.
      async request(name, signal) {
        await network.request(name, signal);
        if (life.isDead) throw gone();
      },
    });
    return {
      ...waiting(life, server, ["watch"]),
      watch: (hostId, listener) =>
        server.watch(hostId, (news) => {
          if (!life.isDead) listener(news);
        }),
    };
  }

  const clockOf = (life: Mortal): Clock => ({
    now: device.now,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (life.isDead) return;
        const stop = () => {
          timer.cancel();
          reject(signal.reason);
        };
        const timer = time.after(ms, () => {
          signal.removeEventListener("abort", stop);
          if (!life.isDead) resolve();
        });
        if (signal.aborted) stop();
        else signal.addEventListener("abort", stop, { once: true });
      }),
  });

  return device;
}

const gone = () => new AetheriaError("cloud_unreachable", "The process is gone.");
const fail = (): never => {
  throw new Error("simulator: no such key");
};
