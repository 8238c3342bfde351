// What holds besides whose a row is: what only the server says, what stays as it was written, and what
// the catalog must say of every table and policy.
import { expect } from "vitest";
import { noWay, refused, rowsOf, type Proof } from "./proof.ts";
import { ann, tableNames, tables, type Stage } from "./stage.ts";

export const ruleProofs = (): Proof[] => [
  ...schemaVersion(),
  ...columns(),
  ...catalog(),
  ...triggers(),
];

function schemaVersion(): Proof[] {
  const statements = {
    insert: "insert into public.schema_version values (2)",
    update: "update public.schema_version set version = 2",
    delete: "delete from public.schema_version",
  };
  return [
    {
      name: "schema_version: who is signed in reads it",
      holds: async (stage) =>
        expect(await stage.as("ann", "select version from public.schema_version")).toEqual([
          { version: 1 },
        ]),
    },
    {
      name: "schema_version: who is not signed in cannot select",
      holds: (stage) => refused(stage.as("nobody", "select from public.schema_version"), noWay),
    },
    ...Object.entries(statements).map(([command, statement]) => ({
      name: `schema_version: nobody can ${command}`,
      holds: (stage: Stage) => refused(stage.as("ann", statement), noWay),
    })),
  ];
}

/** What only the server says, and what stays as it was written. */
function columns(): Proof[] {
  const cannot = (name: string, statement: string): Proof => ({
    name,
    holds: (stage) => refused(stage.as("ann", statement), noWay),
  });
  return [
    ...[
      "payload = 'x'",
      "signature = 'x'",
      "created_at = now()",
      "number = 7",
      "host_id = 'x'",
    ].map((change) =>
      cannot(`commands: ${change.split(" ")[0]} stays`, `update public.commands set ${change}`),
    ),
    ...["created_at", "answer"].map((column) => ({
      name: `commands: ${column} does not come from the sender`,
      holds: (stage: Stage) => {
        const row = { ...tables["commands"]!.row("other"), [column]: "2000-01-01" };
        return refused(stage.insertAs("ann", "commands", row), noWay);
      },
    })),
    ...["devices", "commands"].map((table) =>
      cannot(`${table}: whose it is stays`, `update public.${table} set user_id = auth.uid()`),
    ),
  ];
}

const published = ["commands", "devices", "events", "sessions"];

function catalog(): Proof[] {
  const ofTables = (column: string) =>
    `select relname as name from pg_class
     where relnamespace = 'public'::regnamespace and relkind = 'r' and not ${column}`;
  return [
    {
      name: "every table: row-level security is on",
      holds: async (stage) => expect(await stage.root(ofTables("relrowsecurity"))).toEqual([]),
    },
    {
      name: "every table: row-level security holds for its owner too",
      holds: async (stage) => expect(await stage.root(ofTables("relforcerowsecurity"))).toEqual([]),
    },
    {
      name: "every policy: is for who is signed in",
      holds: async (stage) =>
        expect(
          await stage.root(`select policyname from pg_policies
            where (schemaname = 'public' or policyname like 'mirror_%')
              and roles <> '{authenticated}'`),
        ).toEqual([]),
    },
    {
      name: "news: are told of what devices wait for, whole",
      holds: async (stage) => {
        const rows = await stage.root(`select p.tablename as name, c.relreplident as identity
          from pg_publication_tables p
          join pg_class c on c.oid = format('%I.%I', p.schemaname, p.tablename)::regclass
          where p.pubname = 'supabase_realtime' order by 1`);
        expect(rows).toEqual(
          // An event is never updated: its key is enough.
          published.map((name) => ({ name, identity: name === "events" ? "d" : "f" })),
        );
      },
    },
  ];
}

function triggers(): Proof[] {
  const hole = { code: "AE001" };
  return [
    {
      name: "events: have no holes, however they are inserted",
      holds: async (stage) => {
        const row = { ...tables["events"]!.row("a"), seq: 3 };
        await expect(stage.insertAs("ann", "events", row)).rejects.toMatchObject(hole);
        await stage.insertAs("ann", "events", { ...row, seq: 2 });
        await stage.insertAs("ann", "events", row);
      },
    },
    {
      name: "events: are removed from the end",
      holds: async (stage) => {
        await stage.insertAs("ann", "events", { ...tables["events"]!.row("a"), seq: 2 });
        const remove = (seq: number) => `delete from public.events where seq = ${seq}`;
        await expect(stage.as("ann", remove(1))).rejects.toMatchObject(hole);
        await stage.as("ann", remove(2));
      },
    },
    {
      name: "an account that is deleted: leaves no rows",
      holds: async (stage) => {
        await stage.root(`delete from auth.users where id = '${ann}'`);
        for (const table of tableNames)
          expect([table, await rowsOf(stage, table, ann)]).toEqual([table, 0]);
      },
    },
    {
      name: "devices: stay revoked",
      holds: async (stage) => {
        await stage.as("ann", "update public.devices set revoked_at = '2020-01-01'");
        await stage.as("ann", "update public.devices set revoked_at = null, card = 'new'");
        expect(await rowsOf(stage, "devices", ann, "revoked_at = '2020-01-01'")).toBe(1);
      },
    },
    {
      name: "sessions: of a deleted one nothing stays",
      holds: async (stage) => {
        const emptied = "head = '', open = null, seq = 0, deleted_at = now()";
        await stage.as("ann", `update public.sessions set ${emptied}`);
        await expect(
          stage.as("ann", "update public.sessions set head = 'still there'"),
        ).rejects.toMatchObject({ code: "23514" });
      },
    },
  ];
}
