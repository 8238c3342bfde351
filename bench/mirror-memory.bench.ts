// What 100,000 events that wait for the mirror cost the host in memory: the gateway answers everything but
// takes none of them, so that the host reads, seals and tries again and again. The yardstick is the same
// host with the same sessions, signed in too, of which nothing is to be mirrored.
import { setTimeout as sleep } from "node:timers/promises";
import { startSupabase } from "../src/testing/supabase/start-supabase.ts";
import { sessionId } from "./filled-store.ts";
import { fillLong } from "./long-session.ts";
import { BenchHost, isUpToDate } from "./mirrored-host.ts";
import { report } from "./report.ts";
import { ownPssMb } from "./started-app.ts";

const sessions = 100;
/** Five events to two messages: 1,000 and a few. */
const messagesEach = 402;
/** The host collects its garbage when it likes: the least of some seconds counts, once it has tried
 * often enough. */
const tryingSeconds = 20;
const lookingSeconds = 20;

const supabase = await startSupabase();
const [full, calm] = [new BenchHost(), new BenchHost()];
const hosts = [full, calm];
try {
  for (const host of hosts) {
    await host.start();
    await host.signIn(supabase, host === full ? "full@example.com" : "calm@example.com");
    await host.mirrorIs(isUpToDate);
  }
  await calm.client.call("settings.set", { mirror: "none" });
  for (const host of hosts) {
    await host.stop();
    host.fill((store) => {
      for (let index = 0; index < sessions; index += 1)
        fillLong(store, sessionId(index), messagesEach);
    });
  }
  supabase.faults.next({ kind: "dropped" }, Infinity, /mirror_push/);
  for (const host of hosts) await host.start();
  const { waitingEvents } = await full.mirrorIs((status) => status.waitingEvents >= 100_000);
  await sleep(tryingSeconds * 1_000);
  const least = [Infinity, Infinity];
  for (let second = 0; second < lookingSeconds; second += 1) {
    await sleep(1_000);
    hosts.forEach(({ pid }, at) => (least[at] = Math.min(least[at] ?? 0, ownPssMb(pid))));
  }
  const [waiting = 0, alone = 0] = least;
  console.error(`${waitingEvents} events wait: ${waiting.toFixed(1)} MB, ${alone.toFixed(1)} MB`);
  report({
    name: "mirror-memory",
    promise: "memory of the host while 100,000 events wait for the mirror (PSS)",
    value: waiting - alone,
    limit: 20,
    unit: "MB more",
    yardstick: "the same host, nothing to mirror",
  });
} finally {
  for (const host of hosts) await host.close();
  await supabase.close();
}
