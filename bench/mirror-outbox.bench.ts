// What was made without a net, mirrored once it is back: the built host seals 10,000 events and brings
// them in batches to PostgreSQL. The yardstick is a bare INSERT of the same rows in as large batches.
import { startSupabase } from "../src/testing/supabase/start-supabase.ts";
import { sessionId } from "./filled-store.ts";
import { fillLong } from "./long-session.ts";
import { BenchHost, isUpToDate } from "./mirrored-host.ts";
import { quantile, report } from "./report.ts";

const rounds = 3;
/** Five events to two messages: 10,000 and a few. */
const sessions = 10;
const messagesEach = 402;
const batchRows = 500;

const supabase = await startSupabase();
const host = new BenchHost();
try {
  await host.start();
  await host.signIn(supabase);
  await host.mirrorIs(isUpToDate);
  const mirroredMs: number[] = [];
  const bareMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await host.stop();
    supabase.faults.next({ kind: "dropped" }, Infinity);
    host.fill((store) => {
      for (let index = 0; index < sessions; index += 1)
        fillLong(store, sessionId(round * sessions + index), messagesEach);
    });
    await host.start();
    await host.mirrorIs(({ phase }) => phase === "waiting");
    const before = await count();
    supabase.faults.clear();
    const startedAt = performance.now();
    await host.client.call("mirror.retry", {});
    await host.mirrorIs((status) => isUpToDate(status) && status.waitingEvents === 0);
    const tookMs = performance.now() - startedAt;
    const events = (await count()) - before;
    if (events < 10_000) throw new Error(`Only ${events} events were mirrored.`);
    mirroredMs.push((tookMs / events) * 10_000);
    bareMs.push(((await insertBare(before, events)) / events) * 10_000);
    console.error(
      `${events} events: ${tookMs.toFixed(0)} ms, bare ${bareMs.at(-1)?.toFixed(0)} ms for 10,000`,
    );
  }
  const bare = quantile(bareMs, 0.5);
  report({
    name: "mirror-outbox",
    promise: "10,000 events made offline, mirrored once the net is back",
    value: quantile(mirroredMs, 0.5) / 1_000,
    limit: 2,
    unit: "s",
    yardstick: `bare INSERT of the same rows: ${(bare / 1_000).toPrecision(2)} s`,
  });
} finally {
  await host.close();
  await supabase.close();
}

async function count(): Promise<number> {
  const [row] = await supabase.sql("select count(*)::int as events from public.events");
  return Number(row?.["events"]);
}

/** By one client, without triggers and policies, into a table made alike. */
async function insertBare(from: number, events: number): Promise<number> {
  const { sql } = supabase;
  const columns = ["user_id", "session_id", "seq", "generation", "payload"] as const;
  const rows = await sql(
    `select ${columns.join(", ")} from public.events
     order by session_id, seq offset ${from} limit ${events}`,
  );
  await sql("create table if not exists public.bare (like public.events including all)");
  const startedAt = performance.now();
  for (let at = 0; at < rows.length; at += batchRows) {
    const batch = rows.slice(at, at + batchRows);
    await sql(
      "insert into public.bare select * from unnest($1::uuid[], $2::text[], $3::int[], $4::int[], $5::text[])",
      columns.map((name) => batch.map((row) => row[name])),
    );
  }
  return performance.now() - startedAt;
}
