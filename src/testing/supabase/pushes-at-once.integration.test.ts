// A push that its host gave up may still be running when the next one comes: whatever the order, the
// events of a session have no hole. On a real PostgreSQL, in transactions that run at once.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDatabase, type Claims, type Database } from "./database.ts";
import { findPostgres } from "./find-postgres.ts";

const sessionId = "session-1";
const batch = (from: number, to: number, deleted: string[] = []) => {
  const seqs = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return JSON.stringify({
    host_id: "host-1",
    sessions:
      to < from ? [] : [{ session_id: sessionId, generation: 1, seq: to, head: "head", epoch: 0 }],
    events: seqs.map((seq) => ({ session_id: sessionId, seq, generation: 1, payload: "sealed" })),
    deleted,
  });
};

describe.skipIf(findPostgres() === undefined)("pushes at once, on real PostgreSQL", () => {
  let database: Database;
  let claims: Claims;
  beforeAll(async () => {
    database = await openDatabase();
    const [user] = await database.sql(
      "insert into auth.users (id, email) values (gen_random_uuid(), 'ada@example.test') returning id",
    );
    claims = { role: "authenticated", sub: String(user?.["id"]) };
  });
  afterAll(() => database?.close());

  const push = (text: string) =>
    database.as(claims, (sql) => sql("select public.mirror_push($1::jsonb)", [text]));

  it("leave no hole where the session is being deleted", async () => {
    await push(batch(1, 5));
    const deletion = await database.connect();
    await deletion.query("begin; set local role authenticated");
    await deletion.query("select set_config('request.jwt.claims', $1, true)", [
      JSON.stringify(claims),
    ]);
    await deletion.query("select public.mirror_push($1::jsonb)", [batch(1, 0, [sessionId])]);
    const late = push(batch(6, 30));
    const refused = expect(late).rejects.toMatchObject({ code: "AE002" });
    await expect.poll(() => waiting(database)).toBeGreaterThan(0);
    await deletion.query("commit");
    await deletion.end();
    await refused;
    const events = await database.sql("select seq from public.events");
    expect(events).toEqual([]);
  });
});

async function waiting(database: Database): Promise<number> {
  const rows = await database.sql(
    "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%mirror_push%'",
  );
  return rows.length;
}
