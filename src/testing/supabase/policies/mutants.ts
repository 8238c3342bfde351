// Ways to weaken the migrations, each with the proof that must notice: every policy dropped, widened and
// left without its check, row-level security off, every grant that matters given or taken.
import { calls } from "./function-proofs.ts";
import { tableNames } from "./stage.ts";
import { neverUpdated } from "./table-proofs.ts";

export type Mutant = { name: string; sql: string; noticedBy: string };

type Command = "select" | "insert" | "update" | "delete";
const commands: Command[] = ["select", "insert", "update", "delete"];
const does = { select: "reads", insert: "inserts", update: "updates", delete: "deletes" };

function commandsOf(table: string): Command[] {
  return commands.filter((command) => command !== "update" || !neverUpdated.includes(table));
}

function ofPolicy(table: string, command: Command): Mutant[] {
  const policy = `policy ${table}_${command} on public.${table}`;
  const checked = command === "insert" ? "nobody else inserts it" : "is not given away";
  return [
    {
      name: `without ${policy}`,
      sql: `drop ${policy}`,
      noticedBy: `${table}: its account ${does[command]} its own`,
    },
    ...(command === "insert"
      ? []
      : [
          {
            name: `using (true): ${policy}`,
            sql: `alter ${policy} using (true)`,
            noticedBy: `${table}: nobody else ${does[command]} it`,
          },
        ]),
    ...(command === "insert" || command === "update"
      ? [
          {
            name: `with check (true): ${policy}`,
            sql: `alter ${policy} with check (true)`,
            noticedBy: `${table}: ${checked}`,
          },
        ]
      : []),
    {
      name: `for everybody: ${policy}`,
      sql: `alter ${policy} to public`,
      noticedBy: "every policy: is for who is signed in",
    },
    {
      name: `revoked ${command} on ${table}`,
      sql: `revoke ${command} on public.${table} from authenticated`,
      noticedBy: `${table}: its account ${does[command]} its own`,
    },
  ];
}

function ofTable(table: string): Mutant[] {
  const alter = `alter table public.${table}`;
  const off = (noticedBy: string): Mutant => ({
    name: `${table} without row-level security: ${noticedBy}`,
    sql: `${alter} disable row level security`,
    noticedBy,
  });
  return [
    off("every table: row-level security is on"),
    ...commandsOf(table).map((command) => off(`${table}: nobody else ${does[command]} it`)),
    {
      name: `${table} without row-level security for its owner`,
      sql: `${alter} no force row level security`,
      noticedBy: "every table: row-level security holds for its owner too",
    },
    ...[...commands, "truncate"].map((command) => ({
      name: `${command} on ${table} for who is not signed in`,
      sql: `grant ${command} on public.${table} to anon`,
      noticedBy: `${table}: who is not signed in cannot ${command}`,
    })),
    {
      name: `truncate on ${table}`,
      sql: `grant truncate on public.${table} to authenticated`,
      noticedBy: `${table}: nobody truncates it`,
    },
    ...(neverUpdated.includes(table)
      ? [
          {
            name: `update on ${table}`,
            sql: `grant update on public.${table} to authenticated`,
            noticedBy: `${table}: is written once`,
          },
        ]
      : []),
  ];
}

const own = "(storage.foldername(name))[1] = (select auth.uid())::text";

function ofFiles(command: Command): Mutant[] {
  const policy = `policy mirror_objects_${command} on storage.objects`;
  const mutant = (name: string, sql: string, noticedBy: string): Mutant => ({
    name: `${name}: ${policy}`,
    sql,
    noticedBy: `files: ${noticedBy}`,
  });
  const using = [
    mutant("using (true)", `alter ${policy} using (true)`, `nobody else ${does[command]} them`),
  ];
  const [foreign, elsewhere] =
    command === "insert"
      ? ["nobody else inserts them", "nothing is inserted into another bucket"]
      : ["are not moved to another account", "are not moved to another bucket"];
  const checks = [
    mutant("any folder", `alter ${policy} with check (bucket_id = 'mirror')`, foreign),
    mutant("any bucket", `alter ${policy} with check (${own})`, elsewhere),
    mutant("with check (true)", `alter ${policy} with check (true)`, foreign),
  ];
  return [
    mutant("dropped", `drop ${policy}`, `an account ${does[command]} its own`),
    ...(command === "insert" ? [] : using),
    ...(command === "insert" || command === "update" ? checks : []),
  ];
}

function ofFunction(name: string): Mutant[] {
  const signature = `public.${name}${calls[name]?.endsWith("()") ? "()" : argumentsOf(name)}`;
  return [
    {
      name: `${name} for everybody`,
      sql: `grant execute on function ${signature} to public`,
      noticedBy: `${name}: who is not signed in cannot call it`,
    },
    {
      name: `${name} for who is not signed in`,
      sql: `grant execute on function ${signature} to anon`,
      noticedBy: `${name}: who is not signed in cannot call it`,
    },
    {
      name: `${name} for nobody`,
      sql: `revoke execute on function ${signature} from authenticated`,
      noticedBy: `${name}: who is signed in calls it`,
    },
    {
      name: `${name} as its owner`,
      sql: `alter function ${signature} security definer`,
      noticedBy: "functions: run as who calls them",
    },
  ];
}

const argumentsOf = (name: string): string => (name === "mirror_commands" ? "(text)" : "(jsonb)");

function others(): Mutant[] {
  const mutant = (sql: string, noticedBy: string): Mutant => ({ name: sql, sql, noticedBy });
  const onCommands = (grant: string, noticedBy: string) =>
    mutant(`grant ${grant} on public.commands to authenticated`, `commands: ${noticedBy}`);
  return [
    mutant("update storage.buckets set public = true", "files: the bucket is private"),
    mutant(
      "create policy wide on storage.objects for select to anon using (true)",
      "files: who is not signed in reads none",
    ),
    mutant(
      "create policy wide on storage.objects for insert to anon with check (true)",
      "files: who is not signed in inserts none",
    ),
    mutant(
      "alter policy mirror_objects_insert on storage.objects with check (starts_with(name, auth.uid()::text))",
      "files: nothing is inserted outside of a folder",
    ),
    mutant(
      "drop policy schema_version_select on public.schema_version",
      "schema_version: who is signed in reads it",
    ),
    mutant(
      "grant select on public.schema_version to anon",
      "schema_version: who is not signed in cannot select",
    ),
    ...commands
      .slice(1)
      .map((command) =>
        mutant(
          `grant ${command} on public.schema_version to authenticated`,
          `schema_version: nobody can ${command}`,
        ),
      ),
    ...["payload", "signature", "created_at", "number", "host_id"].map((column) =>
      onCommands(`update (${column})`, `${column} stays`),
    ),
    ...["created_at", "answer"].map((column) =>
      onCommands(`insert (${column})`, `${column} does not come from the sender`),
    ),
    ...["devices", "commands"].map((table) =>
      mutant(
        `grant update (user_id) on public.${table} to authenticated`,
        `${table}: whose it is stays`,
      ),
    ),
    mutant(
      "drop trigger events_without_holes on public.events",
      "events: have no holes, however they are inserted",
    ),
    mutant(
      "drop trigger events_removed_from_the_end on public.events",
      "events: are removed from the end",
    ),
    mutant(
      "alter table public.commands drop constraint commands_user_id_fkey",
      "an account that is deleted: leaves no rows",
    ),
    mutant("drop trigger devices_stay_revoked on public.devices", "devices: stay revoked"),
    mutant(
      "alter table public.commands replica identity default",
      "news: are told of what devices wait for, whole",
    ),
    mutant(
      "alter publication supabase_realtime drop table public.commands",
      "news: are told of what devices wait for, whole",
    ),
    mutant(
      "alter publication supabase_realtime add table public.account_keys",
      "news: are told of what devices wait for, whole",
    ),
  ];
}

export const mutants: Mutant[] = [
  ...tableNames.flatMap((table) => [
    ...commandsOf(table).flatMap((command) => ofPolicy(table, command)),
    ...ofTable(table),
  ]),
  ...commands.flatMap(ofFiles),
  ...Object.keys(calls).flatMap(ofFunction),
  ...others(),
];
