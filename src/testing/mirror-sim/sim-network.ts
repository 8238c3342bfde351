// The way between one simulated device and the server: offline for hours, slow, losing requests and
// answers, repeating them, refusing for a while, and with news late, doubled, out of order or lost.
import { AetheriaError } from "../../contract/errors.ts";
import type { MirrorServer, ServerNews } from "../../core/mirror/ports.ts";
import type { FakeNetwork } from "../fake-mirror-server.ts";
import type { Chance } from "./chance.ts";
import type { VirtualTime } from "./virtual-time.ts";

export type Weather = {
  lostRequests: number;
  lostAnswers: number;
  repeated: number;
  refused: number;
  lostNews: number;
  doubledNews: number;
  slowestMs: number;
};

const latestMs = 120_000;

export const fairWeather: Weather = {
  lostRequests: 0,
  lostAnswers: 0,
  repeated: 0,
  refused: 0,
  lostNews: 0,
  doubledNews: 0,
  slowestMs: 50,
};

export interface SimNetwork extends FakeNetwork {
  isUp: boolean;
  weather: Weather;
  setUp(isUp: boolean): void;
  requests: number;
}

export function createSimNetwork(time: VirtualTime, chance: Chance): SimNetwork {
  const watching = new Set<(news: ServerNews) => void>();
  /** News of a connection that was lost does not come through the next one. */
  let connection = 0;

  const wait = (ms: number) => new Promise<void>((resolve) => void time.after(ms, resolve));
  function joinAll(): void {
    const current = connection;
    time.after(chance.int(10, 2_000), () => {
      if (current === connection && network.isUp)
        for (const tell of [...watching]) tell({ type: "joined" });
    });
  }

  const network: SimNetwork = {
    isUp: true,
    weather: fairWeather,
    requests: 0,
    setUp(isUp) {
      if (isUp === network.isUp) return;
      network.isUp = isUp;
      connection += 1;
      if (isUp) joinAll();
      else for (const tell of [...watching]) tell({ type: "left", why: "Airplane mode." });
    },
    async request(_name: keyof MirrorServer) {
      network.requests += 1;
      const { weather } = network;
      await wait(chance.int(1, weather.slowestMs));
      if (!network.isUp || chance.is(weather.lostRequests)) throw unreachable();
      if (chance.is(weather.refused)) throw refusal(chance);
    },
    repeat(_name, arrive) {
      if (!chance.is(network.weather.repeated)) return;
      // A request that its sender gave up may be carried out much later.
      if (chance.is(0.5)) arrive();
      else time.after(chance.int(1, latestMs), arrive);
    },
    async answer() {
      await wait(chance.int(1, network.weather.slowestMs));
      if (!network.isUp || chance.is(network.weather.lostAnswers)) throw unreachable();
    },
    news(news, deliver) {
      if (news.type === "joined") return joinAll();
      const { weather } = network;
      if (!network.isUp || chance.is(weather.lostNews)) return;
      const current = connection;
      const times = chance.is(weather.doubledNews) ? 2 : 1;
      for (let count = 0; count < times; count++)
        time.after(chance.int(1, weather.slowestMs * 2), () => {
          if (current === connection) deliver();
        });
    },
    watching(tell) {
      watching.add(tell);
      return () => void watching.delete(tell);
    },
  };
  return network;
}

const unreachable = () =>
  new AetheriaError("cloud_unreachable", "The server does not answer.", { retryable: true });

function refusal(chance: Chance): AetheriaError {
  const retryAfterMs = chance.int(500, 20_000);
  return chance.is(0.5)
    ? new AetheriaError("rate_limited", "Too many requests.", { retryable: true, retryAfterMs })
    : new AetheriaError("timeout", "The server took too long.", { retryable: true });
}
