// Two accounts and nobody on a real PostgreSQL, each with rows of its own in every table: where what the
// migrations allow and refuse is tried out. Everything happens in one transaction that is rolled back.
import pg from "pg";
import { beginAs, type Database, type Rows } from "../database.ts";

export const ann = "00000000-0000-4000-8000-00000000000a";
export const bob = "00000000-0000-4000-8000-00000000000b";
export type Who = "ann" | "bob" | "nobody";

const claimsOf = {
  ann: { role: "authenticated", sub: ann },
  bob: { role: "authenticated", sub: bob },
  nobody: { role: "anon" },
};

export type Row = Record<string, unknown>;

/** One row of each table, told apart by `tag`; `change` is an update that keeps it valid. */
export const tables: Record<string, { row(tag: string): Row; change: string }> = {
  devices: {
    row: (tag) => ({
      device_id: `device-${tag}`,
      kind: "host",
      ...sealed("card"),
      public_key: "k",
    }),
    change: "card = 'changed'",
  },
  account_keys: {
    row: (tag) => ({
      ...{ generation: tag.length, salt: "s", memory_kib: 65_536, passes: 3, lanes: 1 },
      wrapped: "sealed",
    }),
    change: "wrapped = 'changed'",
  },
  sessions: {
    row: (tag) => ({ session_id: `session-${tag}`, host_id: "host", ...sealed("head"), seq: 0 }),
    change: "head = 'changed'",
  },
  events: {
    row: (tag) => ({ session_id: `session-${tag}`, seq: 1, ...sealed("payload") }),
    change: "payload = 'changed'",
  },
  commands: {
    row: (tag) => ({
      ...{ command_id: `command-${tag}`, device_id: `device-${tag}`, host_id: "host" },
      ...{ session_id: `session-${tag}`, number: 1, ...sealed("payload"), signature: "s" },
    }),
    change: "answer = 'changed'",
  },
  attachments: {
    row: (tag) => ({
      ...{ attachment_id: `attachment-${tag}`, session_id: `session-${tag}`, ...sealed("card") },
      ...{ pieces: 2, stored_pieces: 1, size_bytes: 3 },
    }),
    change: "card = 'changed'",
  },
  push_endpoints: {
    row: (tag) => ({ device_id: `device-${tag}`, ...sealed("payload") }),
    change: "payload = 'changed'",
  },
};
export const tableNames = Object.keys(tables);

const sealed = (column: string): Row => ({ generation: 1, [column]: "sealed" });

export interface Stage {
  /** Also when the statement fails, nothing of it but its error stays. */
  as(who: Who, text: string, params?: unknown[]): Promise<Rows>;
  insertAs(who: Who, table: string, row: Row): Promise<Rows>;
  root(text: string, params?: unknown[]): Promise<Rows>;
  /** Runs `work` and takes back whatever it did. */
  undone<Value>(work: () => Promise<Value>): Promise<Value>;
  close(): Promise<void>;
}

export async function openStage(database: Database): Promise<Stage> {
  const client = await database.connect();
  const root = async (text: string, params?: unknown[]): Promise<Rows> =>
    (await client.query(text, params)).rows;
  let depth = 0;

  async function undone<Value>(work: () => Promise<Value>): Promise<Value> {
    const point = `undone_${++depth}`;
    await root(`savepoint ${point}`);
    try {
      return await work();
    } finally {
      await root(`rollback to ${point}; release ${point}`);
      depth -= 1;
    }
  }

  async function as(who: Who, text: string, params?: unknown[]): Promise<Rows> {
    await root(`savepoint one; ${beginAs(claimsOf[who]).replace("begin;", "")}`);
    try {
      const rows = await root(text, params);
      await root("reset role; release one");
      return rows;
    } catch (error) {
      await root("rollback to one; release one");
      throw error;
    }
  }

  const stage: Stage = {
    as,
    root,
    undone,
    insertAs(who, table, row) {
      const columns = Object.keys(row).map(pg.escapeIdentifier).join(", ");
      const statement = `insert into public.${table} (${columns})
        select ${columns} from jsonb_populate_record(null::public.${table}, $1)`;
      return as(who, statement, [JSON.stringify(row)]);
    },
    async close() {
      await root("rollback");
      await client.end();
    },
  };
  await root("begin");
  await prepare(stage);
  return stage;
}

async function prepare(stage: Stage): Promise<void> {
  await stage.root("insert into auth.users (id, email) values ($1, 'ann'), ($2, 'bob')", [
    ann,
    bob,
  ]);
  for (const [user_id, tag] of [
    [ann, "a"],
    [bob, "bb"],
  ]) {
    for (const [table, { row }] of Object.entries(tables)) {
      const given = { ...row(tag ?? ""), user_id };
      const columns = Object.keys(given).join(", ");
      await stage.root(
        `insert into public.${table} (${columns})
         select ${columns} from jsonb_populate_record(null::public.${table}, $1)`,
        [JSON.stringify(given)],
      );
    }
    await stage.root(
      `insert into storage.objects (bucket_id, name, metadata) values ('mirror', $1, '{"size": 7}')`,
      [`${user_id}/attachment/0`],
    );
  }
  await stage.root(
    "insert into storage.buckets (id, name, public) values ('other', 'other', true)",
  );
}
