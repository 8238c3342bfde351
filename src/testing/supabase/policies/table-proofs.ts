// Every table, every command: an account its own rows, nobody else any. Statements name no row (no
// `where`), so that only the policy of the very command stands in between, and not the one of reading.
import { expect } from "vitest";
import { count, noRow, noWay, refused, rowsOf, type Proof } from "./proof.ts";
import { ann, bob, tableNames, tables, type Stage, type Who } from "./stage.ts";

/** These are written once. */
export const neverUpdated = ["events", "account_keys"];
const writtenOnce = (table: string) => neverUpdated.includes(table);

export const tableProofs = (): Proof[] => tableNames.flatMap(proofsOf);

function proofsOf(table: string): Proof[] {
  const { row, change } = tables[table]!;
  const proof = (name: string, holds: Proof["holds"]): Proof => ({
    name: `${table}: ${name}`,
    holds,
  });
  const commands = (tag: string): [string, (stage: Stage, who: Who) => Promise<unknown>][] => [
    ["select", (stage, who) => stage.as(who, `select from public.${table}`)],
    ["insert", (stage, who) => stage.insertAs(who, table, row(tag))],
    ["update", (stage, who) => stage.as(who, `update public.${table} set ${change}`)],
    ["delete", (stage, who) => stage.as(who, `delete from public.${table}`)],
    ["truncate", (stage, who) => stage.as(who, `truncate public.${table}`)],
  ];
  const updates = writtenOnce(table)
    ? [proof("is written once", (stage) => refused(commands("")[2]![1](stage, "ann"), noWay))]
    : [
        proof("its account updates its own", async (stage) => {
          await stage.as("ann", `update public.${table} set ${change}`);
          expect(await rowsOf(stage, table, ann, change)).toBe(1);
        }),
        proof("nobody else updates it", async (stage) => {
          await stage.as("bob", `update public.${table} set ${change}`);
          expect(await rowsOf(stage, table, ann, change)).toBe(0);
        }),
        proof("is not given away", async (stage) => {
          // Whatever columns may be updated: the policy holds by itself.
          await stage.root(`grant update on public.${table} to authenticated`);
          await refused(stage.as("bob", `update public.${table} set user_id = '${ann}'`), noRow);
        }),
      ];
  return [
    ...commands("other").map(([command, run]) =>
      proof(`who is not signed in cannot ${command}`, (stage) =>
        notFor(stage, table, command, run(stage, "nobody")),
      ),
    ),
    proof("nobody truncates it", (stage) => refused(commands("")[4]![1](stage, "ann"), noWay)),
    proof("its account reads its own", async (stage) =>
      expect(await count(stage.as("ann", `select from public.${table}`))).toBe(1),
    ),
    proof("nobody else reads it", async (stage) => {
      const seen = await stage.as("bob", `select user_id from public.${table}`);
      expect(seen).toEqual([{ user_id: bob }]);
    }),
    proof("its account inserts its own", async (stage) => {
      await stage.insertAs("ann", table, row("other"));
      expect(await rowsOf(stage, table, ann)).toBe(2);
    }),
    proof("nobody else inserts it", (stage) =>
      refused(stage.insertAs("bob", table, { ...row("other"), user_id: ann }), noRow),
    ),
    ...updates,
    proof("its account deletes its own", async (stage) => {
      await stage.as("ann", `delete from public.${table}`);
      expect(await rowsOf(stage, table, ann)).toBe(0);
    }),
    proof("nobody else deletes it", async (stage) => {
      await stage.as("bob", `delete from public.${table}`);
      expect(await rowsOf(stage, table, ann)).toBe(1);
    }),
    ...Object.keys(row("a"))
      .filter((column) => column.endsWith("_id"))
      .map((column) =>
        proof(`${column} has 64 characters at most`, async (stage) => {
          const long = { ...row("other"), [column]: "x".repeat(65) };
          await expect(stage.insertAs("ann", table, long)).rejects.toMatchObject({ code: "23514" });
          await stage.insertAs("ann", table, { ...long, [column]: "x".repeat(64) });
        }),
      ),
  ];
}

async function notFor(stage: Stage, table: string, command: string, run: Promise<unknown>) {
  await refused(run, noWay);
  const [row] = await stage.root("select has_table_privilege('anon', $1, $2) as may", [
    `public.${table}`,
    command,
  ]);
  expect(row).toEqual({ may: false });
}
