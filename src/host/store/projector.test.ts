import fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { SessionId } from "../../contract/ids.ts";
import { anyEvent } from "../../testing/random-log.ts";
import { created } from "../../testing/store-suite.ts";
import { openDatabase, type Db } from "./database.ts";
import { migrate, migrations } from "./migrations/migrate.ts";
import { createStoreParts } from "./store-parts.ts";

const projections = ["session_events", "sessions", "run_usage", "attachments", "command_answers"];
const ids = ["a", "b"].map((name) => SessionId.parse(name));

describe("projections", () => {
  it("are the same kept step by step, caught up after a crash, and made again from the log", () => {
    const steps = fc.array(
      fc.record({
        session: fc.integer({ min: 0, max: 1 }),
        events: fc.array(anyEvent(10), { minLength: 1, maxLength: 3 }),
        flush: fc.boolean(),
      }),
      { maxLength: 10 },
    );
    fc.assert(
      fc.property(steps, (log) => {
        const folder = mkdtempSync(join(tmpdir(), "aetheria-project-"));
        const report = (line: string) => expect.unreachable(line);
        const db = openDatabase(join(folder, "test.db"));
        try {
          migrate(db, migrations, 0);
          const clock = { now: () => 1_000 };
          const parts = createStoreParts(db, clock, report);
          for (const id of ids) parts.log.append(id, [created(id)], "normal");
          for (const { session, events, flush } of log) {
            parts.log.append(ids[session] ?? SessionId.parse("a"), events, "normal");
            if (flush) parts.projector.flush();
          }
          // What a killed process leaves: the log whole, the projections behind it.
          const caughtUp = createStoreParts(db, clock, report);
          const afterCrash = contents(db, caughtUp.search);
          caughtUp.projector.rebuild();
          expect(contents(db, caughtUp.search)).toEqual(afterCrash);
          const kept = ids.map((id) => parts.sessions.find(id)?.state);
          expect(ids.map((id) => caughtUp.sessions.find(id)?.state)).toEqual(kept);
        } finally {
          db.close();
          rmSync(folder, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  });
});

type Search = ReturnType<typeof createStoreParts>["search"];

/** Message numbers say in which order messages were first written, and nothing else. */
function contents(db: Db, search: Search) {
  const tables = projections.map((table) =>
    db
      .prepare(`SELECT * FROM ${table} ORDER BY 1, 2`)
      .all()
      .map((row) => ({ ...Object(row), message: Object(row).message === null ? null : "some" })),
  );
  const words = ["report", "look", "café", "世界", "😀", "a"];
  const hits = words.map((word) =>
    search(word, { limit: 200 })
      .hits.map((hit) => `${hit.sessionId} ${hit.seq} ${hit.extract.join("|")}`)
      .sort(),
  );
  return { tables, hits };
}
