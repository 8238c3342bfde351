// The functions: they run as who calls them, for who is signed in, on the caller's rows only.
import { expect } from "vitest";
import { refused, rowsOf, type Proof } from "./proof.ts";
import { ann, bob, tableNames, tables, type Stage, type Who } from "./stage.ts";

const batch = JSON.stringify({
  host_id: "host",
  sessions: [
    { session_id: "session-a", generation: 1, seq: 2, head: "mine", open: null, epoch: 0 },
  ],
  events: [1, 2].map((seq) => ({ session_id: "session-a", seq, generation: 1, payload: "mine" })),
  deleted: [],
});
const command = JSON.stringify({ ...tables["commands"]!.row("a"), payload: "mine", number: 2 });

export const calls: Record<string, string> = {
  mirror_now: "public.mirror_now()",
  mirror_push: `public.mirror_push('${batch}')`,
  mirror_commands: "public.mirror_commands('host')",
  mirror_send: `public.mirror_send('${command}')`,
  mirror_usage: "public.mirror_usage()",
  mirror_delete_all: "public.mirror_delete_all()",
};

export function functionProofs(): Proof[] {
  const proof = (name: string, holds: Proof["holds"]): Proof => ({ name, holds });
  const asked = (stage: Stage, who: Who, call: string) =>
    stage.as(who, `select ${call} as answer`).then(([row]) => row?.["answer"]);
  const sealedOf = async (stage: Stage, table: string, column: string) =>
    (await stage.root(`select ${column} from public.${table} where user_id = '${ann}'`)).map(
      (row) => row[column],
    );
  return [
    ...Object.entries(calls).flatMap(([name, call]) => [
      proof(`${name}: who is signed in calls it`, async (stage) => {
        await asked(stage, "ann", call);
      }),
      proof(`${name}: who is not signed in cannot call it`, (stage) =>
        refused(asked(stage, "nobody", call), `permission denied for function ${name}`),
      ),
    ]),
    proof("mirror_push: writes only the caller's rows", async (stage) => {
      await asked(stage, "bob", calls["mirror_push"]!);
      expect(await sealedOf(stage, "events", "payload")).toEqual(["sealed"]);
      expect(await sealedOf(stage, "sessions", "head")).toEqual(["sealed"]);
      expect(await rowsOf(stage, "events", bob, "session_id = 'session-a'")).toBe(2);
    }),
    proof("mirror_push: deletes only the caller's rows", async (stage) => {
      const deletion = JSON.stringify({ host_id: "host", deleted: ["session-a"] });
      await asked(stage, "bob", `public.mirror_push('${deletion}')`);
      expect(await sealedOf(stage, "events", "payload")).toEqual(["sealed"]);
      expect(await sealedOf(stage, "sessions", "head")).toEqual(["sealed"]);
      expect(await rowsOf(stage, "attachments", ann)).toBe(1);
    }),
    proof("mirror_commands: tells only the caller's rows", async (stage) =>
      expect(await asked(stage, "bob", calls["mirror_commands"]!)).toMatchObject({
        rows: [{ command_id: "command-bb" }],
      }),
    ),
    proof("mirror_send: writes only the caller's rows", async (stage) => {
      await asked(stage, "bob", calls["mirror_send"]!);
      expect(await sealedOf(stage, "commands", "payload")).toEqual(["sealed"]);
      expect(await rowsOf(stage, "commands", bob)).toBe(2);
    }),
    proof("mirror_usage: counts only the caller's rows", async (stage) =>
      expect(await asked(stage, "bob", calls["mirror_usage"]!)).toEqual({
        events: 1,
        stored_bytes: "sealed".length * 2 + 7,
      }),
    ),
    proof("mirror_delete_all: deletes all of the caller's rows and no other", async (stage) => {
      await asked(stage, "bob", calls["mirror_delete_all"]!);
      for (const table of tableNames) {
        expect([table, await rowsOf(stage, table, ann)]).toEqual([table, 1]);
        expect([table, await rowsOf(stage, table, bob)]).toEqual([table, 0]);
      }
    }),
    proof("functions: run as who calls them", async (stage) =>
      expect(
        await stage.root(`select proname from pg_proc
          where pronamespace = 'public'::regnamespace and prosecdef`),
      ).toEqual([]),
    ),
  ];
}
