// The simulated host: the real engine over a disk that survives it.
import type { SessionId } from "../../contract/ids.ts";
import { createHostMirror, type HostMirror } from "../../core/mirror/host-mirror.ts";
import type { Signer } from "../../core/mirror/ports.ts";
import { createHostDisk, type HostDisk } from "./host-disk.ts";
import { stepwise, type Mortal } from "./mortal.ts";
import { createSimDevice, type SimDevice, type SimWorld } from "./sim-device.ts";

export interface SimHost {
  readonly device: SimDevice;
  readonly disk: HostDisk;
  engine(): HostMirror;
  isAlive(): boolean;
  start(): void;
}

export function createSimHost(world: SimWorld, signer: Signer): SimHost {
  const device = createSimDevice(world);
  let engine: HostMirror | null = null;
  const isAlive = () => device.life()?.isDead === false;
  const disk = createHostDisk(device.now, (sessionId: SessionId) => {
    if (isAlive()) engine?.changed(sessionId);
  });

  /** It may die between an effect and its answer, too. */
  const runnerOf = (mortal: Mortal) => ({
    isDone: disk.runner.isDone,
    run: (command: Parameters<typeof disk.runner.run>[0]) =>
      mortal.wait(() => disk.runner.run(command)),
    answered: (...given: Parameters<typeof disk.runner.answered>) =>
      mortal.step(() => disk.runner.answered(...given)),
  });

  return {
    device,
    disk,
    isAlive,
    engine: () => engine ?? noEngine(),
    start() {
      device.begin(({ mortal, server, clock, sealer }) => {
        engine = createHostMirror({
          ...{ server, clock, sealer, hostId: signer.deviceId },
          log: stepwise(mortal, disk.log),
          verify: world.account.verify,
          runner: runnerOf(mortal),
          random: world.chance.next,
          onState: () => undefined,
        });
        void engine.run(new AbortController().signal);
      });
    },
  };
}

const noEngine = (): never => {
  throw new Error("simulator: no engine yet");
};
